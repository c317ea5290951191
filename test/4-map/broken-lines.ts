/**
 * Lines as no server should send them, for the whole load: what mutate() does to a resource, and what only text can do
 * (keys twice, half characters, numbers beyond a double, depth, width, length, names that JavaScript knows, lost bytes).
 */
import { readdirSync, readFileSync } from 'node:fs';
import type { Resource } from '../../jobs/map/types.ts';
import { population } from '../ehr/population.ts';
import { createRandom, type Random } from '../ehr/random.ts';
import { mutate } from '../map/cases/mutate.ts';
import { patient } from '../world/record.ts';

/** Whole ones of all types that are mapped: those that the broken ones refer to, and what they are made from. */
export function wholeOnes(): { readonly referredTo: Resource[]; readonly all: Resource[] } {
  const folder = new URL('../map/cases/', import.meta.url);
  const cases = readdirSync(folder)
    .filter((name) => name.includes('--'))
    .flatMap((name) => JSON.parse(readFileSync(new URL(name, folder), 'utf8')).cases ?? [])
    .flatMap(({ fhir }: { fhir?: Resource[] }) => fhir ?? []);
  const people = [...population({ seed: 'broken lines', patients: 3 })];
  return { referredTo: [...people, patient('p1')], all: [...people, ...cases] };
}

export function* brokenLines(seed: string, resources: readonly Resource[], count: number): Generator<Buffer> {
  const random = createRandom(seed);
  for (let n = 0; n < count; n++) {
    const resource = random.pick(resources);
    const broken = random.chance(0.6) ? mutate(random, resource) : resource;
    // Each is a resource of its own, but for one in ten.
    const id = random.chance(0.9) ? `broken-${n}` : broken.id;
    const text = JSON.stringify(
      random.chance(0.6) ? breakValue(random, { ...broken, id }) : { ...broken, id },
    );
    yield random.chance(0.4) ? random.pick(IN_TEXT)(text, random) : Buffer.from(text);
  }
}

/** Puts something else in the place of one value, at any depth. */
function breakValue(random: Random, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || random.chance(0.15)) {
    return random.pick(IN_PLACE)(value, random);
  }
  const keys = Object.keys(value).filter((key) => key !== 'resourceType');
  if (keys.length === 0) return value;
  const key = random.pick(keys);
  if (Array.isArray(value))
    return value.map((item, n) => (String(n) === key ? breakValue(random, item) : item));
  return { ...value, [key]: breakValue(random, Reflect.get(value, key)) };
}

/** Members of every object, which look-ups by what a line says must not find. */
const KNOWN_NAMES = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf', 'length', ''];
const DEPTHS = [10, 190, 201, 3711, 12_000];
const WIDTHS = [100, 2000];

const IN_PLACE: readonly ((value: unknown, random: Random) => unknown)[] = [
  (_, random) => random.pick(KNOWN_NAMES),
  (value, random) =>
    JSON.parse(`{${JSON.stringify(random.pick(KNOWN_NAMES))}:${JSON.stringify(value ?? null)}}`),
  (value, random) => Array(random.pick(WIDTHS)).fill(value),
  (_, random) => Object.fromEntries(Array.from({ length: random.pick(WIDTHS) }, (_, n) => [`key${n}`, n])),
  (_, random) => letters(random, 20_000),
  (_, random) => letters(random, 3000),
  (_, random) => random.pick([0, -1, 1.5, 2 ** 31, 2 ** 53, -(2 ** 63), 1e21, 1e300, Number.MIN_VALUE]),
  (_, random) => random.pick([true, false, null, [], {}, [[]], [null], { resourceType: 'Patient' }]),
  (_, random) =>
    random.pick(['\u0000', 'a\u0000b', '\ud83d', '\udc00x', '\u202e', '\ufffd', '\u2028', '😀'.repeat(50)]),
  (_, random) => random.pick(["'; drop table person; --", '\\N', '\\.', '"', '\t', '\r\n', '{}', '%s', '$1']),
];

/** Such as no compression makes shorter. */
function letters(random: Random, length: number): string {
  let text = '';
  while (text.length < length) text += random.int(0, 2 ** 31 - 1).toString(36);
  return text.slice(0, length);
}

const IN_TEXT: readonly ((text: string, random: Random) => Buffer)[] = [
  // Keys twice: the second counts, wherever it stands.
  (text, random) => Buffer.from(text.replace('{', `{"id":"${random.pick(['twice', ''])}","status":"final",`)),
  (text) => Buffer.from(text.replace(/\}$/, ',"resourceType":"Observation","id":"other"}')),
  (text, random) =>
    replaceOne(
      text,
      /"(?=[^"\\]*")/g,
      `"${random.pick(['\\ud800', '\\udfff', '\\u0000', '\\ud83d\\ud83d'])}`,
      random,
    ),
  (text, random) =>
    replaceOne(
      text,
      /(?<=[:,[])-?\d+(\.\d+)?/g,
      random.pick([
        '1e400',
        '-1e400',
        '1e-400',
        `1${'0'.repeat(400)}`,
        '-0',
        `0.${'3'.repeat(400)}`,
        '1E5',
        '9'.repeat(30),
      ]),
      random,
    ),
  (text, random) => {
    const depth = random.pick(DEPTHS);
    const [open, close] = random.pick([
      ['[', ']'],
      ['{"extension":[', ']}'],
      ['{"__proto__":', '}'],
    ] as const);
    const inside = open.endsWith(':') ? 'null' : '';
    const deep = `${open.repeat(depth)}${inside}${close.repeat(depth)}`;
    return Buffer.from(text.replace('{', `{"extension":${deep},`));
  },
  // Bytes lost, changed, or put in between.
  (text, random) => Buffer.from(text.slice(0, random.int(1, text.length - 1))),
  (text, random) => {
    const at = random.int(1, text.length - 1);
    return Buffer.from(`${text.slice(0, at)}${text.slice(at + random.int(1, 40))}`);
  },
  (text, random) => {
    const bytes = Buffer.from(text);
    const change = random.pick([0xff, 0xc3, 0x00, 0x01, 0x80]);
    bytes[random.int(1, bytes.length - 1)] = change;
    return bytes;
  },
  (text) => Buffer.from(`${text}${text}`),
  (text) => Buffer.from(`\ufeff  ${text}\t\r`),
  (_, random) =>
    Buffer.from(
      random.pick([
        ...[
          'null',
          '17',
          '"text"',
          '[]',
          '[[1]]',
          '{}',
          '{"resourceType":17}',
          '{"resourceType":"Observation"}',
        ],
        ...[
          '{"resourceType":"Parameters"}',
          '{"resourceType":"Binary","contentType":{"toString":1,"valueOf":1}}',
        ],
        ...['{"resourceType":"Bundle","type":"searchset"}', '{"resourceType":"OperationOutcome","issue":{}}'],
      ]),
    ),
];

function replaceOne(text: string, what: RegExp, by: string, random: Random): Buffer {
  const places = [...text.matchAll(what)];
  if (places.length === 0) return Buffer.from(text);
  const place = random.pick(places);
  const { index } = place;
  return Buffer.from(`${text.slice(0, index)}${by}${text.slice(index + place[0].length)}`);
}
