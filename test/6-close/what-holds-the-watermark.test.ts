import { readFile } from 'node:fs/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { FAILURES, type FailureRule, holding } from '../../jobs/lines/failure-reasons.ts';
import { few, inLongRun } from '../long-run.ts';
import { observation, patient } from '../world/record.ts';
import { openTestWorld, type RunRow, type Site, type SiteOptions } from '../world/world.ts';

const world = await openTestWorld();
afterAll(() => world.close());
const { sql, clock } = world;

const rules = Object.entries<FailureRule>(FAILURES);

async function site(options: SiteOptions = {}): Promise<Site> {
  const made = await world.site({ gzip: false, ...options });
  made.ehr.load([patient('p'), observation('o', 'p'), observation('q', 'p')]);
  return made;
}

const watermarkOf = async (one: Site) =>
  (await sql`select watermark from connection where connection_id = ${one.id}`)[0]?.['watermark'];
const failuresOf = (run: RunRow) => sql`
  select reason, resolved_at is not null as resolved from failures where run_id = ${run['run_id']} order by line`;

/** Put in the place of one Observation. */
function replaceLine(one: Site, text: string): void {
  one.ehr.faults.push({
    ...{ on: 'file', match: ({ path }) => path.includes('Observation') },
    do: { rewrite: (line, index) => (index === 0 ? `${text}\n` : line) },
  });
}

describe('jobs/TROUBLESHOOTING.md', () => {
  it('has the table of reasons that the code has', async () => {
    const page = await readFile(new URL('../../jobs/TROUBLESHOOTING.md', import.meta.url), 'utf8');
    const [, table = ''] =
      /## What holds the watermark\n[\s\S]*?\| --- \| --- \| --- \|\n((?:\|.*\n)+)/.exec(page) ?? [];
    const words = { yes: 'yes', no: 'no', unreadable_lines: 'yes, unless `unreadable_lines: "warn"`' };
    expect(table.trimEnd().split('\n')).toEqual(
      rules.map(([reason, { holds, why }]) => `| \`${reason}\` | ${words[holds]} | ${why} |`),
    );
  });
});

describe('a line that is no resource', () => {
  const id = 'x'.repeat(1001);
  few(it, 1).each<[reason: string, text: string]>([
    ['not-json', '{"resourceType":"Observation","id":"cut","sta'],
    ['operation-outcome-note', '{"resourceType":"OperationOutcome","issue":[{"severity":"warning"}]}'],
    ['not-a-resource', '17'],
    ['no-resource-type', '{"id":"x","status":"final"}'],
    ['line-too-long', JSON.stringify(observation('long', 'p', { note: [{ text: 'x'.repeat(3000) }] }))],
    ['json-document-instead-of-ndjson', '[{"resourceType":"Observation","id":"o"}]'],
    ['operation-outcome-in-data', '{"resourceType":"OperationOutcome","issue":[{"severity":"error"}]}'],
    ['no-id', '{"resourceType":"Observation","status":"final"}'],
    ['id-too-long', `{"resourceType":"Observation","id":"${id}"}`],
    ['Expected a status', '{"resourceType":"Observation","id":"x"}'],
  ])('holds the watermark as the table says: %s', async (reason, text) => {
    const one = await site({ config: { limits: { max_line_bytes: 2000 } } });
    replaceLine(one, text);
    const run = await one.sync();
    expect(await failuresOf(run)).toEqual([{ reason, resolved: false }]);
    const [, { holds }] = rules.find(([name]) => name === reason) ?? ['', FAILURES['Expected …']];
    expect((await watermarkOf(one)) === null).toBe(holds !== 'no');
    clock.advance(60);
    // Asked again it comes whole, and nothing is left to be told. What was not held is not asked for again.
    const next = await one.sync();
    expect(next).toMatchObject({ mode: holds === 'no' ? 'incremental' : 'full', records_failed: 0 });
    expect(await watermarkOf(one)).toBe(next['transaction_time']);
    expect(await failuresOf(run)).toEqual([{ reason, resolved: holds !== 'no' }]);
  });
});

describe('a line that is cut in two, with bytes lost between', () => {
  inLongRun(it)('is two failures, and the next sync asks for the same time again', async () => {
    const one = await site();
    await one.sync();
    const watermark = await watermarkOf(one);
    clock.advance(60);
    one.ehr.put(observation('r', 'p'));
    replaceLine(one, '{"resourceType":"Observation","id":"r","sta\neDateTime":"2026-03-01"}');
    const run = await one.sync();
    expect(run).toMatchObject({ status: 'completed', records_extracted: 2, records_failed: 2 });
    expect(await failuresOf(run)).toEqual([
      { reason: 'not-json', resolved: false },
      { reason: 'not-json', resolved: false },
    ]);
    expect(await watermarkOf(one)).toBe(watermark);
    clock.advance(60);
    expect(await one.sync()).toMatchObject({ since: watermark, records_loaded: 1, records_failed: 0 });
    expect((await failuresOf(run)).every(({ resolved }) => resolved)).toBe(true);
  });

  inLongRun(it)(
    'lets the watermark go where the connection wants that, and stays listed until all is asked for',
    async () => {
      const one = await site({ config: { unreadable_lines: 'warn' } });
      replaceLine(one, '{"cut');
      const run = await one.sync();
      expect(await watermarkOf(one)).toBe(run['transaction_time']);
      clock.advance(60);
      await one.sync();
      expect(await failuresOf(run)).toEqual([{ reason: 'not-json', resolved: false }]);
      clock.advance(60);
      await one.sync({ full: true });
      expect(await failuresOf(run)).toEqual([{ reason: 'not-json', resolved: true }]);
    },
  );

  it('holds in the same way whatever else the connection lets go', () => {
    expect(holding({ unreadable_lines: 'warn' })).toContain('file-lost');
    expect(holding({ unreadable_lines: 'warn' })).not.toContain('not-json');
  });
});
