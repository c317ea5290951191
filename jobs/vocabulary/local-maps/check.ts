/**
 * Checks proposed maps before they are written: their faults, and their conflicts among themselves, with what
 * is stored and with the vocabulary. It asks the database three questions, however many maps there are.
 */
import type { Tx } from '../../../sql/connect.ts';
import { type Finding, finding, type NamedMap } from './local-map.ts';
import { NAME_WIDTH } from './name-system.ts';

export interface StoredMap {
  readonly map_id: string;
  readonly source_vocabulary_id: string;
  readonly source_code: string;
  readonly target_concept_id: number;
  readonly valid_start_date: string;
  readonly valid_end_date: string;
}

export interface Checked {
  readonly findings: readonly Finding[];
  /** Maps that are neither stored already nor refused. */
  readonly fresh: readonly (NamedMap & { readonly target_vocabulary_id: string })[];
  readonly unchanged: number;
  /** Stored maps that the new ones replace; empty unless `replace` is set. */
  readonly replaced: readonly StoredMap[];
}

export interface CheckOptions {
  /** Whether stored maps of the same codes give way, instead of being conflicts. */
  readonly replace: boolean;
  /** Whether a target of 0 is written: somebody has decided that no concept fits. Files have it for what is undecided. */
  readonly none?: boolean;
}

const WIDTHS = { source_code: 50, source_vocabulary_id: NAME_WIDTH } as const;

export async function checkMaps(
  tx: Tx,
  proposed: readonly NamedMap[],
  { replace, none = false }: CheckOptions,
): Promise<Checked> {
  const facts = await readFacts(tx, proposed);
  const findings: Finding[] = [];
  const fresh: (NamedMap & { target_vocabulary_id: string })[] = [];
  const replaced = new Map<string, StoredMap>();
  const earlier = new Map<string, NamedMap[]>();
  let unchanged = 0;
  for (const map of proposed) {
    const own = map.target_concept_id === 0 && none ? widthFaults(map) : faultsOf(map, facts);
    findings.push(...own);
    if (own.some((one) => one.level !== 'warning')) continue;
    const before = earlier.get(codeOf(map)) ?? [];
    earlier.set(codeOf(map), [...before, map]);
    const among = amongThemselves(map, before);
    findings.push(...among);
    if (among.some((one) => one.level !== 'warning')) continue;
    const stored = facts.stored.get(codeOf(map)) ?? [];
    if (stored.some((one) => same(one, map))) {
      unchanged++;
      continue;
    }
    const against = stored.filter((one) => overlap(one, map));
    if (replace) for (const one of against) replaced.set(one.map_id, one);
    else findings.push(...against.map((one) => conflict(map, one)));
    fresh.push({
      ...map,
      target_vocabulary_id:
        map.target_concept_id === 0
          ? 'None'
          : (facts.concepts.get(map.target_concept_id)?.vocabulary_id ?? ''),
    });
  }
  // A stored map that the file has as well is not replaced by the file's other maps.
  const kept = [...replaced.values()].filter(
    (one) => !(earlier.get(codeOf(one)) ?? []).some((map) => same(one, map)),
  );
  return { findings: findings.toSorted((a, b) => a.line - b.line), fresh, unchanged, replaced: kept };
}

interface Facts {
  readonly concepts: ReadonlyMap<number, ConceptFacts>;
  readonly stored: ReadonlyMap<string, readonly StoredMap[]>;
  /** Codes that the vocabulary has itself, with the concept. */
  readonly inVocabulary: ReadonlyMap<string, number>;
}

interface ConceptFacts {
  readonly concept_id: number;
  readonly vocabulary_id: string;
  readonly domain_id: string;
  readonly standard: boolean;
  readonly valid: boolean;
}

/**
 * SQL for the id of a stored map, since source_to_concept_map has no key. It is a hash, since codes may be
 * words.
 */
export const MAP_ID = `left(encode(sha256(convert_to(concat_ws(E'\\x1f',
  m.source_vocabulary_id, m.source_code, m.target_concept_id, m.valid_start_date, m.valid_end_date, m.invalid_reason), 'UTF8')), 'hex'), 24)`;

async function readFacts(tx: Tx, proposed: readonly NamedMap[]): Promise<Facts> {
  const ids = [...new Set(proposed.flatMap((map) => [map.target_concept_id, map.source_concept_id]))];
  const codes = new Map(proposed.map((map) => [codeOf(map), map]));
  const vocabularies = [...codes.values()].map((map) => map.source_vocabulary_id);
  const values = [...codes.values()].map((map) => map.source_code);
  const concepts = await tx<ConceptFacts[]>`
    select concept_id, vocabulary_id, domain_id, standard_concept is not distinct from 'S' as standard,
      invalid_reason is null as valid
    from concept where concept_id = any(${ids}::int[])`;
  const stored = await tx<StoredMap[]>`
    select ${tx.unsafe(MAP_ID)} as map_id, m.source_vocabulary_id, m.source_code, m.target_concept_id,
      m.valid_start_date, m.valid_end_date
    from unnest(${vocabularies}::text[], ${values}::text[]) as c(vocabulary_id, code)
    join source_to_concept_map m on m.source_vocabulary_id = c.vocabulary_id and m.source_code = c.code
    where m.invalid_reason is null
    order by m.target_concept_id, m.valid_start_date`;
  const known = await tx<{ vocabulary_id: string; code: string; concept_id: number }[]>`
    select c.vocabulary_id, c.code, t.concept_id
    from unnest(${vocabularies}::text[], ${values}::text[]) as c(vocabulary_id, code)
    join concept t on t.vocabulary_id = c.vocabulary_id and t.concept_code = c.code`;
  return {
    concepts: new Map(concepts.map((row) => [row.concept_id, row])),
    stored: Map.groupBy(stored, codeOf),
    inVocabulary: new Map(
      known.map((row) => [
        codeOf({ source_vocabulary_id: row.vocabulary_id, source_code: row.code }),
        row.concept_id,
      ]),
    ),
  };
}

function faultsOf(map: NamedMap, facts: Facts): Finding[] {
  const { line, target_concept_id: target, source_concept_id: source } = map;
  const faults = widthFaults(map);
  if (map.valid_end_date < map.valid_start_date) faults.push(finding(line, 'error', 'validity-reversed'));
  if (target === 0) return [...faults, finding(line, 'skipped', 'target-none')];
  const concept = facts.concepts.get(target);
  if (!concept) faults.push(finding(line, 'error', 'target-unknown', `Concept ${target}.`));
  else if (!concept.valid) faults.push(finding(line, 'error', 'target-invalid', `Concept ${target}.`));
  else if (!concept.standard)
    faults.push(finding(line, 'error', 'target-not-standard', `Concept ${target}.`));
  if (
    concept &&
    map.target_vocabulary_id !== undefined &&
    map.target_vocabulary_id !== concept.vocabulary_id
  ) {
    faults.push(
      finding(
        line,
        'warning',
        'target-vocabulary-differs',
        `Concept ${target} is of ${concept.vocabulary_id}.`,
      ),
    );
  }
  if (source !== 0 && !facts.concepts.has(source)) {
    faults.push(finding(line, 'warning', 'source-concept-unknown', `Concept ${source}.`));
  }
  const itself = facts.inVocabulary.get(codeOf(map));
  if (itself !== undefined)
    faults.push(finding(line, 'warning', 'vocabulary-has-code', `Concept ${itself}.`));
  if ([...(map.source_code_description ?? '')].length > 255)
    faults.push(finding(line, 'warning', 'description-cut'));
  return faults;
}

function widthFaults(map: NamedMap): Finding[] {
  const faults: Finding[] = [];
  for (const [column, width] of Object.entries(WIDTHS)) {
    const length = [...(column === 'source_code' ? map.source_code : map.source_vocabulary_id)].length;
    if (length > width) {
      faults.push(
        finding(
          map.line,
          'error',
          'value-too-long',
          `${column}: ${width} characters at most, got ${length}.`,
        ),
      );
    }
  }
  return faults;
}

function amongThemselves(map: NamedMap, before: readonly NamedMap[]): Finding[] {
  const overlapping = before.filter((one) => overlap(one, map));
  const twin = overlapping.find((one) => one.target_concept_id === map.target_concept_id);
  if (twin && same(twin, map)) return [finding(map.line, 'skipped', 'twice-in-file', `Line ${twin.line}.`)];
  if (twin) return [finding(map.line, 'error', 'overlapping-validity', `Line ${twin.line}.`)];
  const [other] = overlapping;
  return other
    ? [finding(map.line, 'warning', 'several-targets', `Line ${other.line} has ${other.target_concept_id}.`)]
    : [];
}

function conflict(map: NamedMap, stored: StoredMap): Finding {
  const when = `Stored from ${stored.valid_start_date} to ${stored.valid_end_date}`;
  return stored.target_concept_id === map.target_concept_id
    ? finding(map.line, 'error', 'overlapping-validity', `${when}.`)
    : finding(
        map.line,
        'error',
        'other-target-stored',
        `${when}: ${stored.target_concept_id}. End it, or replace what is stored.`,
      );
}

type Code = Pick<NamedMap, 'source_vocabulary_id' | 'source_code'>;
type Period = Pick<NamedMap, 'target_concept_id' | 'valid_start_date' | 'valid_end_date'>;

const codeOf = (map: Code): string => `${map.source_vocabulary_id}\n${map.source_code}`;

const overlap = (one: Period, other: Period): boolean =>
  one.valid_start_date <= other.valid_end_date && other.valid_start_date <= one.valid_end_date;

const same = (one: Period, other: Period): boolean =>
  one.target_concept_id === other.target_concept_id &&
  one.valid_start_date === other.valid_start_date &&
  one.valid_end_date === other.valid_end_date;
