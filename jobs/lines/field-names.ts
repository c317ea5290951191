/**
 * The names of an object's fields in the order of RFC 8785, each as it is written. Resources come in few shapes, so a
 * tree of names, walked in the order in which they were sent, remembers the sorted ones: sorting and quoting names
 * again for each object took a third of a canonical JSON's time (jobs/PERFORMANCE.md).
 */
import { ByteWriter, specials } from './byte-writer.ts';

export interface FieldName {
  readonly name: string;
  /** `"name":` */
  readonly bytes: Uint8Array;
}

class Shape {
  readonly #path: readonly string[];
  readonly #next = new Map<string, Shape>();
  /** What came last is mostly what comes next. */
  #lastName: string | undefined;
  #last: Shape | undefined;
  #names: readonly FieldName[] | undefined;

  constructor(path: readonly string[]) {
    this.#path = path;
  }

  /** The shape with one name more. */
  with(name: string): Shape {
    if (name === this.#lastName && this.#last) return this.#last;
    let next = this.#next.get(name);
    if (!next) {
      next = new Shape([...this.#path, name]);
      this.#next.set(name, next);
      shapes++;
    }
    this.#lastName = name;
    this.#last = next;
    return next;
  }

  get names(): readonly FieldName[] {
    this.#names ??= inOrder(this.#path).map(shared);
    return this.#names;
  }
}

/** Names are a server's, so what is remembered of them is bounded: then the tree begins anew. */
const MOST_SHAPES = 5000;
const MOST_FIELDS = 60;
const LONGEST_NAME = 60;
let shapes = 0;
let root = new Shape([]);
/** Each once, whatever the shapes that have it: shapes are many, names are few. */
const quoted = new Map<string, FieldName>();

export function fieldNames(fields: Readonly<Record<string, unknown>>): readonly FieldName[] {
  if (shapes >= MOST_SHAPES) {
    root = new Shape([]);
    quoted.clear();
    shapes = 0;
  }
  let shape = root;
  let count = 0;
  for (const name in fields) {
    if (++count > MOST_FIELDS || name.length > LONGEST_NAME) return inOrder(Object.keys(fields)).map(named);
    shape = shape.with(name);
  }
  return shape.names;
}

/** By UTF-16 code units, as the RFC requires and JavaScript compares. */
const inOrder = (names: readonly string[]): string[] => [...names].sort();

const named = (name: string): FieldName => ({ name, bytes: written(name) });

function shared(name: string): FieldName {
  let field = quoted.get(name);
  if (!field) {
    field = named(name);
    quoted.set(name, field);
  }
  return field;
}

const QUOTED = specials('"\\');
const [QUOTE, COLON] = [0x22, 0x3a];

const out = new ByteWriter();

function written(name: string): Uint8Array {
  out.length = 0;
  out.byte(QUOTE);
  if (out.plain(name, QUOTED)) out.byte(QUOTE);
  else {
    out.length = 0;
    out.text(JSON.stringify(name));
  }
  out.byte(COLON);
  return Uint8Array.from(out.bytes.subarray(0, out.length));
}
