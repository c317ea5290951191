/** What a run leaves behind when it closes (close.ts): what holds its watermark, its source, and what is let go of. */
import { afterAll, describe, expect, it } from 'vitest';
import { newChunk } from '../derive/chart.ts';
import { observation, patient } from '../world/record.ts';
import { drain, openTestWorld, runOf, type Site, type SiteOptions } from '../world/world.ts';

const NOW = new Date('2026-03-10T12:00:00Z');
const DAY = 24 * 3600 * 1000;
/** It stands still, so that what is let go of is known to the millisecond. */
const clock = Object.assign(() => NOW, { advance: () => {} });
const world = await openTestWorld({ clock });
afterAll(() => world.close());
const { sql, deps } = world;

async function site(options: SiteOptions = {}): Promise<Site> {
  const made = await world.site(options);
  made.ehr.load([patient('p'), observation('o', 'p')]);
  return made;
}

async function ended(runId: number) {
  await drain(deps, clock);
  return await runOf(sql, runId);
}

const fail = (connectionId: number, runId: number, reason: string, more: { resolved_at?: Date } = {}) =>
  sql`insert into failure ${sql({
    ...{ connection_id: connectionId, run_id: runId, chunk_id: 0, chunk_line: 0, reason, ...more },
  })}`;
const failures = async (runId: number) =>
  Object.fromEntries(
    (
      await sql<{ reason: string; resolved_at: Date | null }[]>`
        select reason, resolved_at from failure where run_id = ${runId}`
    ).map((row) => [row.reason, row.resolved_at]),
  );
const connectionOf = async (one: Site) =>
  (
    await sql`
      select watermark, watermark_scope, watermark_not_granted from connection where connection_id = ${one.id}`
  )[0];

describe('the watermark', () => {
  it('is held by each reason once, in order, and by none that is resolved or holds nothing', async () => {
    const one = await site();
    const runId = await one.start();
    for (const reason of ['not-json', 'file-lost', 'not-json', 'no-id']) await fail(one.id, runId, reason);
    await fail(one.id, runId, 'file-cut-short', { resolved_at: NOW });
    expect(await ended(runId)).toMatchObject({
      status: 'completed',
      held_by: ['file-lost', 'not-json'],
    });
    expect(await connectionOf(one)).toEqual({
      ...{ watermark: null, watermark_scope: null, watermark_not_granted: [] },
    });
  });

  it('is not held by what another run did not receive, which it settles where that is of its own past', async () => {
    const [one, other] = [await site(), await site()];
    const past = await one.sync();
    const theirs = await other.sync();
    const runId = await one.start();
    await fail(one.id, past['run_id'], 'file-lost');
    await fail(one.id, past['run_id'], 'file-cut-short', { resolved_at: new Date('2026-01-01T00:00:00Z') });
    await fail(one.id, past['run_id'], 'Expected a status');
    await fail(other.id, theirs['run_id'], 'file-lost');
    await fail(one.id, runId, 'Expected a status');
    await fail(one.id, runId + 1, 'file-lost');
    const run = await ended(runId);
    expect(run).toMatchObject({ status: 'completed', held_by: [] });
    expect(await connectionOf(one)).toEqual({
      watermark: run['transaction_time'],
      watermark_scope: run['export_scope'],
      watermark_not_granted: run['scopes_not_granted'],
    });
    expect(await failures(past['run_id'])).toEqual({
      'file-lost': NOW,
      'file-cut-short': new Date('2026-01-01T00:00:00Z'),
      'Expected a status': null,
    });
    expect(await failures(theirs['run_id'])).toEqual({ 'file-lost': null });
    expect(await failures(runId)).toEqual({ 'Expected a status': null });
    expect(await failures(runId + 1)).toEqual({ 'file-lost': null });
  });
});

describe('the source', () => {
  it('has a row with all that the CDM asks for, as long as its columns', async () => {
    const one = await site({
      connection: { site_key: 'a-key-of-more-than-25-letters', site_name: `North ${'x'.repeat(250)}` },
    });
    const run = await one.sync();
    const [source] = await sql`select * from cdm_source where cdm_source_name like 'North %'`;
    const [vocabulary] = await sql<
      { version: string }[]
    >`select version from vocabulary_release where is_current`;
    const name = `North ${'x'.repeat(250)}`;
    expect(source).toEqual({
      cdm_source_name: name.slice(0, 255),
      cdm_source_abbreviation: 'a-key-of-more-than-25-let',
      cdm_holder: name.slice(0, 255),
      source_description: `FHIR R4 Bulk Data of ${name}`,
      source_documentation_reference: null,
      cdm_etl_reference: 'fhir-omop-sync',
      source_release_date: run['transaction_time'].slice(0, 10),
      cdm_release_date: '2026-03-10',
      cdm_version: 'v5.4',
      cdm_version_concept_id: 756265,
      vocabulary_version: vocabulary?.version.slice(0, 20),
    });
  });
});

describe('lines', () => {
  const BEFORE = new Date(NOW.getTime() - 3 * DAY);
  const LATER = new Date(BEFORE.getTime() + 1);
  const chunks: Record<string, number> = {};

  interface Kept {
    readonly of: Site;
    readonly created_at?: Date;
    readonly state?: string;
    readonly status?: string;
    readonly failure?: { resolved_at?: Date };
  }
  async function keep(name: string, { of, failure, status = 'completed', ...chunk }: Kept): Promise<void> {
    const [run] = await sql<{ run_id: number }[]>`
      insert into run (connection_id, kind, mode, status, triggered_by, finished_at)
      values (${of.id}, 'redrive', 'full', ${status}, 'test', now()) returning run_id`;
    const values = { state: 'done', created_at: BEFORE, ...chunk };
    const chunkId = await newChunk(sql, run?.run_id ?? 0, values);
    await sql`insert into chunk_body (chunk_id, body) values (${chunkId}, '')`;
    if (failure) {
      await sql`insert into failure ${sql({
        ...{ connection_id: of.id, run_id: run?.run_id ?? 0, chunk_id: chunkId, chunk_line: 0, reason: 'x' },
        ...failure,
      })}`;
    }
    chunks[name] = chunkId;
  }
  const kept = async () => {
    const rows = await sql<{ chunk_id: number }[]>`select chunk_id from chunk_body`;
    const left = new Set(rows.map((row) => row.chunk_id));
    return Object.keys(chunks).filter((name) => left.has(chunks[name] ?? 0));
  };

  it('are let go of after the days that the connection keeps them, unless somebody may still need them', async () => {
    const one = await site({ config: { retention: { chunks_days: 3 } } });
    const other = await site();
    await keep('as old as that', { of: one });
    await keep('a millisecond younger', { of: one, created_at: LATER });
    await keep('with a failure', { of: one, failure: {} });
    await keep('with a failure that is resolved', { of: one, failure: { resolved_at: NOW } });
    await keep('not mapped', { of: one, state: 'queued' });
    await keep('of a run that failed', { of: one, status: 'failed' });
    await keep('of another connection', { of: other });
    await one.sync();
    expect(await kept()).toEqual([
      'a millisecond younger',
      'with a failure',
      'not mapped',
      'of a run that failed',
      'of another connection',
    ]);
  });

  it('stay where the connection keeps all', async () => {
    const one = await site({ config: { retention: { chunks_days: 'keep' } } });
    await keep('kept', { of: one, created_at: new Date(0) });
    await one.sync();
    expect(await kept()).toContain('kept');
  });
});

describe('what chunks have seen unchanged', () => {
  it('is forgotten of this run, where it is long', async () => {
    const one = await site();
    await one.sync();
    const runId = await one.start();
    const note = async (run: number, ranges: number) => {
      const [row] = await sql<{ chunk_id: number }[]>`
        insert into chunk (run_id, seq, phase, byte_start, byte_end, first_line, lines, sha256, state, seen_unchanged)
        select ${run}, 99, 0, 0, 1, 0, 1, '', 'done', range_agg(int8range(3 * n, 3 * n + 1))
        from generate_series(1, ${ranges}::int) n returning chunk_id`;
      return row?.chunk_id ?? 0;
    };
    const [long, short, others] = [await note(runId, 60), await note(runId, 40), await note(runId - 1, 60)];
    expect(await ended(runId)).toMatchObject({ status: 'completed' });
    const rows = await sql<{ chunk_id: number }[]>`
      select chunk_id from chunk where chunk_id in (${long}, ${short}, ${others}) and seen_unchanged is not null`;
    expect(rows.map((row) => row.chunk_id).sort()).toEqual([short, others].sort());
  });
});

describe('the checks', () => {
  it('are made of a run that touched somebody, and of no other', async () => {
    const one = await site();
    const assessments = async (run: number) =>
      (await sql`select persons from quality_assessment where run_id = ${run}`).map((row) => row['persons']);
    const first = await one.sync();
    expect(await assessments(first['run_id'])).toEqual([1]);
    const again = await one.sync();
    expect(again).toMatchObject({ status: 'completed', records_loaded: 0 });
    expect(await assessments(again['run_id'])).toEqual([]);
  });
});
