/**
 * Values at the edges of what a number, a time or a place in a list can be, in each parameter and each field of the
 * document: what a request holds is refused by the operation and never by the database. The long version gives each of
 * them every value; the short one every third, of a parameter's values that are no numbers every sixth, beginning with
 * another from one to the next: each gets a number that is too large for an integer of the database, and each value
 * meets dozens of them.
 */
import { pino } from 'pino';
import { afterAll, expect, it } from 'vitest';
import { apiDocument } from '../../app/document.ts';
import { cursorOf } from '../../app/schemas/page.ts';
import { loadVocabulary } from '../../jobs/vocabulary/load/load.ts';
import { LONG_RUN } from '../long-run.ts';
import { startApi } from '../routes/api.ts';
import { bundle, temporaryFolder, writeFolder } from '../vocabulary/bundle.ts';

const api = await startApi();
afterAll(() => api.close());

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly example?: unknown;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
}

const NUMBERS = ['0', '2147483647', '2147483648', '999999999999999', '9007199254740991'];
const DAYS = ['0000-01-01', '0001-01-01', '9999-12-31'];
const TIMES = [
  ...['0000-01-01T00:00:00Z', '0001-01-01T00:00:00+14:00', '9999-12-31T23:59:59-14:00'],
  ...['2026-01-01T00:00:00+23:59', '2026-13-45'],
];
const PLACES = [
  ...['a\0', '\ud800', 'a\u001b[0m'].flatMap((text) => [
    cursorOf([1, 1, text, 'b', 'c']),
    cursorOf([text, 'b', 1, '2026-01-01', '0123456789abcdef01234567']),
  ]),
  cursorOf(['a', 'b', 1, '0000-01-01', '0123456789abcdef01234567']),
  cursorOf([Number.MAX_SAFE_INTEGER, null, '', '', '']),
];
const OTHERS = [...DAYS, ...TIMES, ...PLACES];

const STEP = LONG_RUN ? 1 : 3;
let turns = 0;

function some<T>(values: readonly T[], turn: number, step = STEP): T[] {
  return values.filter((_, i) => i % step === turn % step);
}

const document = apiDocument();

function schemaOf(given: unknown): Schema {
  const schema = (given ?? {}) as Schema;
  const name = schema.$ref?.split('/').at(-1);
  return name === undefined ? schema : ((document.components?.schemas?.[name] ?? {}) as Schema);
}

const is = ({ type }: Schema, one: string) => [type].flat().includes(one);

/** What fits the schema, so that one field at a time may be wrong. */
function fitting(given: unknown): unknown {
  const schema = schemaOf(given);
  if (schema.example !== undefined) return schema.example;
  if (schema.enum) return schema.enum[0];
  if (is(schema, 'integer') || is(schema, 'number')) return schema.minimum ?? 1;
  if (is(schema, 'boolean')) return false;
  if (is(schema, 'array')) return [fitting(schema.items)];
  if (is(schema, 'object')) {
    return Object.fromEntries(
      (schema.required ?? []).map((name) => [name, fitting(schema.properties?.[name])]),
    );
  }
  return 'text';
}

/** Bodies that differ from one that fits in one number, day or time. */
function bodiesOf(given: unknown): unknown[] {
  const schema = schemaOf(given);
  if (is(schema, 'integer')) return NUMBERS.map(Number);
  if (is(schema, 'string')) return schema.format?.startsWith('date') ? [...DAYS, ...TIMES] : [];
  if (is(schema, 'array')) return bodiesOf(schema.items).map((one) => [one]);
  const whole = fitting(schema);
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) =>
    bodiesOf(field).map((one) => ({ ...(whole as object), [name]: one })),
  );
}

interface Request {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
}

const requests = Object.entries(document.paths ?? {}).flatMap(([path, methods]) =>
  (['get', 'put', 'post', 'delete'] as const).flatMap((method): Request[] => {
    const operation = methods[method];
    if (!operation || operation.operationId === 'test-fhir-connection') return [];
    const plain = path.replaceAll(/\{\w+\}/g, '1');
    const parameters = (operation.parameters ?? []).flatMap((one) => ('name' in one ? [one] : []));
    const content =
      operation.requestBody && 'content' in operation.requestBody && operation.requestBody.content;
    const schema = content ? content['application/json']?.schema : undefined;
    const whole = schema === undefined ? {} : { body: fitting(schema) };
    return [
      ...parameters.flatMap(({ name, in: where }) => {
        if (where !== 'path' && where !== 'query') return [];
        const turn = turns++;
        const texts = [...some(NUMBERS, turn), ...some(OTHERS, turn, LONG_RUN ? 1 : 6)];
        return texts.map((text) => {
          const asked =
            where === 'query'
              ? `${plain}?${name}=${encodeURIComponent(text)}`
              : path.replaceAll(/\{(\w+)\}/g, (_, of) => (of === name ? encodeURIComponent(text) : '1'));
          return { method: method.toUpperCase(), path: asked, ...whole };
        });
      }),
      ...some(schema === undefined ? [] : bodiesOf(schema), turns++).map((body) => ({
        ...{ method: method.toUpperCase(), path: plain, body },
      })),
    ];
  }),
);

it('are refused by the operation, and never by the database', async () => {
  await api.connect({ fhir_base_url: null });
  // Without one, what asks it is refused before it reads what it was given.
  const folder = await temporaryFolder();
  const source = await writeFolder(folder.path, bundle({}));
  await loadVocabulary({ sql: api.sql, source, clock: () => new Date(), log: pino({ level: 'silent' }) });
  await folder.remove();
  const failed: string[] = [];
  for (const { method, path, body } of requests) {
    const { status } = await api.call(method, path, body);
    if (status >= 500) failed.push(`${status}: ${method} ${path} ${JSON.stringify(body) ?? ''}`);
  }
  expect(failed).toEqual([]);
  expect(requests.length).toBeGreaterThan(LONG_RUN ? 3600 : 800);
});
