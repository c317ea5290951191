/** Objects that note which of their elements are asked for, beside the declaration of what may be asked. */
import type { Elements, Expected, Kinds } from '../../jobs/map/read/wrong-type.ts';

export interface Reads {
  /** Paths of elements that were asked for and are not declared. */
  readonly undeclared: Set<string>;
  /** Of each declaration, the elements that were asked for. Data types are declared once and shared. */
  readonly asked: Map<Elements, Set<string>>;
}

/** The value as a mapper may read it; whatever it asks for is noted. */
export function noting(reads: Reads, value: unknown, expected: Expected, path: string): unknown {
  if (typeof value !== 'object' || value === null || typeof expected === 'string') return value;
  return new Proxy(value, {
    // Whether an element is there is a question about it too.
    has(target, key) {
      if (typeof key === 'string' && !Array.isArray(target) && !isList(expected) && !TELLS_KINDS.has(key)) {
        if (expected[key] === undefined) reads.undeclared.add(`${path}.${key}`);
        else reads.asked.set(expected, (reads.asked.get(expected) ?? new Set()).add(key));
      }
      return Reflect.has(target, key);
    },
    get(target, key) {
      const inner: unknown = Reflect.get(target, key);
      if (typeof key !== 'string') return inner;
      if (Array.isArray(target)) {
        return /^\d+$/.test(key) ? noting(reads, inner, ofItem(expected, inner), path) : inner;
      }
      if (isList(expected) || (TELLS_KINDS.has(key) && expected[key] === undefined)) return inner;
      const declared = expected[key];
      const at = `${path}.${key}`;
      if (declared === undefined) {
        reads.undeclared.add(at);
        return inner;
      }
      reads.asked.set(expected, (reads.asked.get(expected) ?? new Set()).add(key));
      return noting(reads, inner, declared, at);
    },
  });
}

/** Declared elements that nobody asked for. */
export function neverAsked(expected: Expected, path: string, { asked }: Reads): readonly string[] {
  if (typeof expected === 'string') return [];
  if (!isList(expected)) {
    return Object.entries(expected).flatMap(([name, inner]) => [
      ...(asked.get(expected)?.has(name) ? [] : [`${path}.${name}`]),
      ...neverAsked(inner, `${path}.${name}`, { undeclared: new Set(), asked }),
    ]);
  }
  if (expected.length === 1) return neverAsked(expected[0], path, { undeclared: new Set(), asked });
  return Object.entries(expected[1]).flatMap(([kind, inner]) =>
    neverAsked(inner, `${path}(${kind})`, { undeclared: new Set(), asked }),
  );
}

/** What is expected of one item of a list. */
export function ofItem(expected: Expected, item: unknown): Expected {
  if (typeof expected === 'string' || !isList(expected)) return expected;
  if (expected.length === 1) return expected[0];
  const [by, kinds] = expected;
  const kind: unknown = Object(item)[by];
  return kinds[String(kind)] ?? {};
}

/** What says which kind of thing it is: read of everything, and declared by the list. */
const TELLS_KINDS = new Set(['url', 'resourceType', 'id']);

export function isList(expected: Exclude<Expected, string>): expected is readonly [Expected] | Kinds {
  return Array.isArray(expected);
}
