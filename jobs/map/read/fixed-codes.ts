/**
 * Elements that are read against a fixed set of codes: status, class, interpretation, route, category and so on. The
 * order of codings says nothing in FHIR, and a code says nothing outside its system. So any coding of a system of the
 * set counts, wherever it stands. One of another system never does, though it has the same letters.
 *
 * A code without a system is taken for one of the set's, where the set says so: the code systems of HL7 that FHIR binds
 * the element to. It is not where the codes are bare numbers, which every site has (`20`).
 */

import type { Vendor } from '../settings.ts';
import { systemKey } from './code-systems.ts';
import { type Coding, codings, list } from './fhir.ts';
import { vendorCategory } from './vendor-presets.ts';

/** A set of codes: where several of one element are met, the one that stands first in the set counts. */
export interface CodeSet<Value> {
  /** Undefined when the coding is none of the set. */
  valueOf(coding: Coding): Value | undefined;
  rankOf(coding: Coding): number;
}

interface Table<Value> {
  readonly systems: readonly string[];
  readonly codes: Readonly<Record<string, Value>>;
  /** Codes without a system are of this table. */
  readonly bare?: boolean;
  /** Capitals or not. FHIR's codes differ in them; those of v2 and v3 are met either way. */
  readonly anyCase?: boolean;
}

interface Entry<Value> {
  readonly value: Value;
  readonly rank: number;
}

interface Codes<Value> {
  readonly entries: Map<string, Entry<Value>>;
  anyCase: boolean;
}

/** The key of codes without a system. */
const NO_SYSTEM = '';

export function codeSet<Value>(...tables: readonly Table<Value>[]): CodeSet<Value> {
  const known = new Map<string, Codes<Value>>();
  const codesOfSystem = (system: string): Codes<Value> => {
    const codes = known.get(system) ?? { entries: new Map(), anyCase: false };
    known.set(system, codes);
    return codes;
  };
  let rank = 0;
  for (const { systems, codes, bare = false, anyCase = false } of tables) {
    for (const [code, value] of Object.entries(codes)) {
      const entry = { value, rank: rank++ };
      const name = anyCase ? code.toUpperCase() : code;
      for (const system of bare ? [...systems, NO_SYSTEM] : systems) {
        const of = codesOfSystem(system);
        if (!of.entries.has(name)) of.entries.set(name, entry);
        of.anyCase ||= anyCase;
      }
    }
  }
  const find = ({ system, code }: Coding): Entry<Value> | undefined => {
    const codes = known.get(system === undefined ? NO_SYSTEM : systemKey(system));
    if (!codes) return undefined;
    return codes.entries.get(code) ?? (codes.anyCase ? codes.entries.get(code.toUpperCase()) : undefined);
  };
  return {
    valueOf: (coding) => find(coding)?.value,
    rankOf: (coding) => find(coding)?.rank ?? Number.POSITIVE_INFINITY,
  };
}

/** The coding that counts, of one or several CodeableConcepts. */
export function codingOf<Value>(set: CodeSet<Value>, ...codeables: readonly unknown[]): Coding | undefined {
  let best: Coding | undefined;
  for (const codeable of codeables) {
    for (const coding of codings(codeable)) {
      if (set.valueOf(coding) === undefined) continue;
      if (best === undefined || set.rankOf(coding) < set.rankOf(best)) best = coding;
    }
  }
  return best;
}

export function valueIn<Value>(set: CodeSet<Value>, ...codeables: readonly unknown[]): Value | undefined {
  const found = codingOf(set, ...codeables);
  return found && set.valueOf(found);
}

/** What any of these CodeableConcepts says, in a set of which several may hold. */
export function valuesIn<Value>(set: CodeSet<Value>, codeables: unknown): ReadonlySet<Value> {
  const found = new Set<Value>();
  for (const codeable of list(codeables)) {
    for (const coding of codings(codeable)) {
      const value = set.valueOf(coding);
      if (value !== undefined) found.add(value);
    }
  }
  return found;
}

/** Categories, in which vendors have codes of their own (vendor-presets.ts). */
export function categoriesIn<Code extends string>(
  set: CodeSet<Code>,
  codeables: unknown,
  vendor: Vendor,
): ReadonlySet<string> {
  const found = new Set<string>();
  for (const codeable of list(codeables)) {
    for (const coding of codings(codeable)) {
      const { system, code } = coding;
      const said =
        set.valueOf(coding) ??
        vendorCategory(vendor, system === undefined ? undefined : systemKey(system), code);
      if (said !== undefined) found.add(said);
    }
  }
  return found;
}

/** A set of codes that stand for themselves, in the order in which they count. */
export function codesOf<const Code extends string>(
  systems: readonly string[],
  ...codes: readonly Code[]
): CodeSet<Code> {
  const table: Partial<Record<string, Code>> = Object.fromEntries(codes.map((code) => [code, code]));
  return codeSet({ systems, codes: table as Readonly<Record<string, Code>>, bare: true });
}
