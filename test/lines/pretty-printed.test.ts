import { afterAll, describe, expect, it } from 'vitest';
import { cutLines } from '../../jobs/lines/chunker.ts';
import { readLines, splitLines } from '../../jobs/lines/read-lines.ts';
import { few, inLongRun } from '../long-run.ts';
import { observation, patient } from '../world/record.ts';
import { openTestWorld, type Site } from '../world/world.ts';

const world = await openTestWorld();
afterAll(() => world.close());
const { sql } = world;

const LINES = 40;
async function site(): Promise<Site> {
  const made = await world.site({ gzip: false, config: { limits: { chunk_bytes: 4096 } } });
  made.ehr.put(patient('p'));
  for (let n = 0; n < LINES; n++)
    made.ehr.put(observation(`o${n}`, 'p', { note: [{ text: 'a { in "quotes" [' }] }));
  return made;
}
const pretty = (line: string) => `${JSON.stringify(JSON.parse(line), null, 2)}\n`;
const reasons = (run: Record<string, unknown>) =>
  sql`select reason, count(*)::int as n from failures where run_id = ${Number(run['run_id'])} group by reason`;
const watermark = async (one: Site) =>
  (await sql`select watermark from connection where connection_id = ${one.id}`)[0]?.['watermark'];

async function* stream(text: string, part: number): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += part) yield bytes.subarray(at, at + part);
}

describe('a pretty-printed file', () => {
  it('is read as if each resource had a line of its own, also after a break', async () => {
    const one = await site();
    const every = { on: 'file', times: 99, do: { rewrite: pretty } } as const;
    one.ehr.faults.push({ on: 'file', skip: 1, do: { cut: 9000, headers: { connection: 'close' } } }, every);
    const run = await one.sync();
    expect(run).toMatchObject({
      status: 'completed',
      records_extracted: LINES + 1,
      records_loaded: LINES + 1,
    });
    expect(await reasons(run)).toEqual([]);
    const [chunks] =
      await sql`select count(*)::int as n from chunk where run_id = ${run['run_id']} and file_id is not null`;
    expect(chunks?.['n']).toBeGreaterThan(3);
    one.ehr.faults.length = 0;
    expect(await one.sync()).toMatchObject({ status: 'completed', records_failed: 0 });
  });

  inLongRun(it)(
    'keeps the lines of a resource together when it must wait for its Patient again',
    async () => {
      const one = await site();
      one.ehr.faults.push({ on: 'file', times: 2, do: { rewrite: pretty } });
      await one.sync();
      world.clock.advance(60);
      const gone = one.ehr.get('Patient', 'p');
      one.ehr.remove('Patient', 'p');
      await one.sync();
      world.clock.advance(60);
      if (gone) one.ehr.put(gone);
      expect(await one.sync()).toMatchObject({
        status: 'completed',
        records_redriven: LINES,
        records_failed: 0,
      });
    },
  );

  it.each([1, 7, 100, 100_000])(
    'has the same resources however the stream was split (%i bytes)',
    async (part) => {
      const resources = [...Array(30).keys()].map((n) =>
        observation(`o${n}`, 'p', { n: [[{}], []], text: '\\"{' }),
      );
      const text = resources.map((resource) => JSON.stringify(resource, null, 1)).join('\n');
      const ids: string[] = [];
      let lines = 0;
      for await (const cut of cutLines(stream(text, part), { chunkBytes: 600, maxLineBytes: 100_000 })) {
        const read = readLines(splitLines(cut.text, 0, cut.text.length < cut.size));
        expect(read.unreadable).toEqual([]);
        ids.push(...read.entries.map(({ id }) => id));
        lines += cut.lines;
      }
      expect(ids).toEqual(resources.map(({ id }) => id));
      expect(lines).toBe(text.split('\n').length);
    },
  );

  it('does not confuse a broken line with one: what follows is read', () => {
    const broken = '{"resourceType":"Observation","code":{\n';
    const good = `${JSON.stringify(observation('good', 'p'))}\n`;
    const read = readLines(splitLines(Buffer.from(broken + good + broken + good), 0, false));
    expect(read.unreadable.map(({ line, reason }) => [line, reason])).toEqual([
      [0, 'not-json'],
      [2, 'not-json'],
    ]);
    expect(read.entries.map(({ line }) => line)).toEqual([1, 3]);
  });
});

describe('a document of many lines and no resources', () => {
  it('is one failure and not one for each line', async () => {
    const text = `${'  "value": 1,\n'.repeat(3000)}`;
    const read = readLines(splitLines(Buffer.from(text), 0, false));
    expect(read).toEqual({
      entries: [],
      unreadable: [{ line: 0, type: null, id: null, reason: 'json-document-instead-of-ndjson' }],
    });
  });
});

describe('a file that is one JSON document', () => {
  few(it, 1).each([
    ['an array', (lines: string[]) => `[${lines.join(',')}]`],
    [
      'a pretty-printed array',
      (lines: string[]) => JSON.stringify(JSON.parse(`[${lines.join(',')}]`), null, 2),
    ],
    [
      'a Bundle',
      (lines: string[]) =>
        `{"resourceType":"Bundle","id":"b","type":"searchset","entry":[${lines.map((line) => `{"resource":${line}}`)}]}`,
    ],
  ])('(%s) is named for what it is, and holds the watermark', async (_, document) => {
    const one = await site();
    const lines: string[] = [];
    const collect = (line: string) => {
      lines.push(line.trim());
      return lines.length % LINES === 0 ? document(lines.slice(-LINES)) : '';
    };
    one.ehr.faults.push({
      on: 'file',
      match: ({ path }) => path.includes('Observation'),
      times: 9,
      do: { rewrite: collect },
    });
    const run = await one.sync();
    expect(run).toMatchObject({ status: 'completed', records_loaded: 1, records_failed: 1 });
    expect(await reasons(run)).toEqual([{ reason: 'json-document-instead-of-ndjson', n: 1 }]);
    expect(await watermark(one)).toBeNull();
  });
});

describe('what the server says of its own export', () => {
  few(it, 1).each([
    ['a line each', (line: string) => line],
    ['pretty-printed', pretty],
    ['pretty-printed with BOM and CRLF', (line: string) => `\uFEFF${pretty(line)}`.replaceAll('\n', '\r\n')],
  ])(
    '(%s) is shown with the run: errors as failures, of their type where they name one, remarks counted',
    async (_, rewrite) => {
      const one = await world.site({ connection: { export_resource_types: ['Patient', 'Observation'] } });
      one.ehr.load([patient('p')]);
      const issue = (severity: string, code: string, diagnostics?: string) => ({
        resourceType: 'OperationOutcome',
        issue: [{ severity, code, ...(diagnostics ? { diagnostics } : {}) }],
      });
      one.ehr.faults.push({
        on: 'kick-off',
        do: {
          errors: [
            issue('error', 'exception', 'Observation/123 of Jane Doe could not be written'),
            issue('fatal', 'timeout'),
            issue('warning', 'too-costly', 'some Patient was slow'),
            issue('warning', 'too-costly', 'another Patient was slow'),
            issue('information', 'informational'),
          ],
        },
      });
      const isOfErrors = ({ path }: { path: string }) => path.includes('error.OperationOutcome');
      one.ehr.faults.push({ on: 'file', match: isOfErrors, times: 9, do: { rewrite } });
      const run = await one.sync();
      expect(
        await sql`select resource_type, reason, field from failures where run_id = ${run['run_id']} order by 1`,
      ).toEqual([
        { resource_type: 'Observation', reason: 'server-reported-error', field: 'exception' },
        { resource_type: 'OperationOutcome', reason: 'server-reported-error', field: 'timeout' },
      ]);
      expect(
        await sql`select subject, amount from run_notice where run_id = ${run['run_id']} order by 1`,
      ).toEqual([
        { subject: 'information informational', amount: 1 },
        { subject: 'warning too-costly Patient', amount: 2 },
      ]);
      expect(await watermark(one)).toBeNull();
    },
  );
});
