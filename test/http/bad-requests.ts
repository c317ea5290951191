/** Bad requests to operations of the document, generated: the same again for the same seed. */
import { apiDocument } from '../../app/document.ts';
import { createRandom } from '../ehr/random.ts';
import { type TestApi, TOKEN } from '../routes/api.ts';

export const SEED = process.env['SEED'] ?? 'bad-requests';
const random = createRandom(SEED);

export const operations = Object.entries(apiDocument().paths ?? {}).flatMap(([path, methods]) =>
  (['get', 'put', 'post', 'delete'] as const).flatMap((method) => {
    const operation = methods[method];
    if (!operation || operation.operationId === 'test-fhir-connection') return [];
    const fields = namesIn(operation.requestBody);
    const query = (operation.parameters ?? []).flatMap((one) => ('name' in one ? [one.name] : []));
    return [{ id: operation.operationId ?? '', method: method.toUpperCase(), path, query, fields }];
  }),
);

const NASTY = [
  ...[
    '',
    ' ',
    '0',
    '-1',
    '1.5',
    '1e308',
    '1e999',
    '99999999999999999999',
    'NaN',
    'null',
    'true',
    'undefined',
  ],
  ...[
    "'",
    "'; drop table run; --",
    '" or 1=1',
    '#{7*7}',
    '{{7*7}}',
    '%',
    '%00',
    '_',
    '\\',
    '\\u0000',
    '../../etc/passwd',
  ],
  ...['\0', 'a\0b', '\u001b]0;x\u0007', '\ud800', '\udc00x', '\u202e\u2066', '\ufeff', 'é'.repeat(300)],
  ...['<script>', '=1+1', 'constructor', '__proto__', 'toString', '2026-13-45', 'x'.repeat(20_000)],
  ...['9'.repeat(15), '2147483648', '9223372036854775808', '(((((', '[a-', '::1', 'http://x'],
];

function value(depth: number): unknown {
  const kind = random.int(0, depth > 4 ? 4 : 7);
  if (kind <= 1) return random.pick(NASTY);
  if (kind === 2) return random.pick([0, -1, 1.5, 1e308, -1e308, 2 ** 31, 2 ** 53, 2 ** 63, 1, 999_999]);
  if (kind === 3) return random.pick([null, true, false]);
  if (kind === 4) return random.pick([[], {}, [[]], [null]]);
  if (kind === 5) return Array.from({ length: random.int(1, 4) }, () => value(depth + 1));
  return Object.fromEntries(
    Array.from({ length: random.int(1, 4) }, () => [random.pick(NASTY), value(depth + 1)]),
  );
}

function body(fields: readonly string[]): string {
  const way = random.int(0, 9);
  if (way === 0) return `${'['.repeat(random.int(1, 100_000))}`;
  if (way === 1) return `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`;
  if (way === 2)
    return random.pick(['', '{', '[]', 'null', '"x"', '1e999', '{"a":1}}', '\0', '{"__proto__":{"a":1}}']);
  const given = fields.filter(() => random.chance(0.6)).map((name) => [name, value(0)] as const);
  return JSON.stringify(Object.fromEntries(given));
}

function request(one: (typeof operations)[number]) {
  const path = one.path.replaceAll(/\{\w+\}/g, () =>
    random.chance(0.5) ? '1' : encode(random.pick(NASTY) || 'x'),
  );
  const query = one.query
    .filter((name) => !one.path.includes(`{${name}}`) && random.chance(0.5))
    .map((name) => `${name}=${encode(random.pick(NASTY))}`);
  const reads = one.method === 'GET';
  const type = random.chance(0.9)
    ? one.path.endsWith('/import')
      ? 'text/csv'
      : 'application/json'
    : random.pick(['text/plain', 'application/xml', '', 'application/json; charset=utf-16', 'x']);
  return {
    method: one.method,
    path: query.length > 0 ? `${path}?${query.join('&')}` : path,
    ...(reads ? {} : { body: body(one.fields) }),
    headers: {
      ...(random.chance(0.95) ? { authorization: `Bearer ${TOKEN}` } : { authorization: 'Bearer x' }),
      ...(reads ? {} : { 'content-type': type }),
      ...(random.chance(0.1) ? { 'x-request-id': 'x'.repeat(random.int(1, 5000)) } : {}),
    },
  };
}

/** Sends so many, to each operation in turn; says what was not answered as a problem of the sender's. */
export async function sendBad(
  api: TestApi,
  among: readonly (typeof operations)[number][],
  count: number,
): Promise<string[]> {
  const failed: string[] = [];
  for (let n = 0; n < count; n++) {
    const one = among[n % among.length];
    if (!one) throw new Error('there is no operation');
    const { method, path, headers, body: sent } = request(one);
    const answer = await api.send(method, path, { headers, body: sent });
    // A 503 that the operation names is an answer: it says what is missing, such as a tick.
    if (answer.status >= 500)
      failed.push(`${one.id} ${answer.status}: ${method} ${path} ${(sent ?? '').slice(0, 300)}`);
    if (/\bat (?:async )?[\w.]+ \(|node_modules|postgres/i.test(answer.text) && answer.status >= 400)
      failed.push(`${one.id} tells of the program: ${answer.text.slice(0, 300)}`);
  }
  return failed;
}

/** As a query or path segment; halves of characters cannot be encoded and are sent as the bytes they would be. */
function encode(text: string): string {
  return text.isWellFormed() ? encodeURIComponent(text) : '%ED%A0%80';
}

/** Names of the fields that a body may have, at any depth. */
function namesIn(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const reference: unknown = Reflect.get(schema, '$ref');
  const target =
    typeof reference === 'string'
      ? Reflect.get(apiDocument().components?.schemas ?? {}, reference.split('/').at(-1) ?? '')
      : undefined;
  const properties: unknown = Reflect.get(target ?? schema, 'properties');
  const own = typeof properties === 'object' && properties !== null ? Object.keys(properties) : [];
  return [...own, ...Object.values(schema).flatMap(namesIn)];
}
