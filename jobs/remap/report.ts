/**
 * What a remap would do: which codes in use the vocabulary answers otherwise now, from what to what, for how many
 * resources of which connections; and where the lines are no longer kept, so that only a full sync can map them again.
 * Numbers of resources are upper bounds: of each chunk it is known how many asked for a code, not which of them came
 * anew in another chunk since.
 */
import type { Sql, Tx } from '../../sql/connect.ts';
import { GONE } from '../load/reasons.ts';
import type { Resolution } from '../map/types.ts';
import type { Clock } from '../step/clock.ts';
import type { Answer } from '../vocabulary/resolve/questions.ts';
import { readState } from '../vocabulary/resolve/state.ts';
import { canBeMappedAgain } from './due-chunks.ts';
import { type StaleAnswer, staleAnswers } from './stale-answers.ts';

export interface RemapReport {
  readonly release_id: number;
  readonly version: string;
  readonly connections: readonly ConnectionChange[];
  /** The codes that most resources use come first. */
  readonly changes: readonly CodeChange[];
}

export interface ConnectionChange {
  readonly connection_id: number;
  readonly site_key: string;
  readonly codes: number;
  readonly chunks: number;
  readonly chunks_gone: number;
  /** Chunks mapped before answers were kept: all of them would be mapped again. */
  readonly chunks_unknown: number;
  readonly records: number;
  readonly records_gone: number;
  /** Left by an earlier remap for want of their lines. */
  readonly records_to_send_again: number;
  readonly needs_full_sync: boolean;
}

export interface CodeChange {
  readonly kind: StaleAnswer['question']['kind'];
  readonly system: string;
  readonly code: string;
  readonly display: string | null;
  readonly change: 'newly-mapped' | 'newly-unmapped' | 'domain-moved' | 'other-concept' | 'details';
  readonly domain_move: boolean;
  readonly before: Side;
  readonly after: Side;
  readonly records: number;
  readonly chunks: number;
  readonly chunks_gone: number;
  readonly site_keys: readonly string[];
}

export interface Side {
  readonly source_concept_id: number;
  readonly concepts: readonly Named[];
  /** Of `Maps to value`. */
  readonly values: readonly Named[];
}

export interface Named {
  readonly concept_id: number;
  readonly name: string | null;
  readonly domain: string;
}

/** Of one connection, or of all; with `among` only of those of them. */
export async function reportRemap(
  { sql, clock }: { readonly sql: Sql; readonly clock: Clock },
  connectionId?: number,
  among: readonly number[] | null = null,
): Promise<RemapReport> {
  return await sql.begin((tx) => reportRemapInTx(tx, clock, connectionId, among));
}

export async function reportRemapInTx(
  tx: Tx,
  clock: Clock,
  connectionId?: number,
  among: readonly number[] | null = null,
): Promise<RemapReport> {
  const { releaseId, day } = await readState(tx, clock());
  const [release] = await tx<{ version: string }[]>`
    select version from vocabulary_release where release_id = ${releaseId}`;
  const connections = await tx<{ connection_id: number; site_key: string }[]>`
    select connection_id, site_key from connection
    where (${connectionId ?? null}::int is null or connection_id = ${connectionId ?? null})
      and (${among}::int[] is null or connection_id = any (${among}))
    order by site_key`;
  const ids = connections.map((one) => one.connection_id);
  const stale = await staleAnswers(tx, { connections: ids }, day);
  await gatherUses(tx, ids, stale);
  return {
    release_id: releaseId,
    version: release?.version ?? '',
    connections: await byConnection(tx, connections),
    changes: await byCode(tx, stale),
  };
}

/** Mapped before answers were kept (sql/migrations/0056-remap.sql). */
const UNKNOWN = '00000000-0000-0000-0000-000000000000';

/** Which chunk uses which of these answers; chunks of which nothing is loaded any more are passed over. */
async function gatherUses(tx: Tx, connections: number[], stale: readonly StaleAnswer[]): Promise<void> {
  await tx`
    create temporary table remap_use (
      connection_id int, chunk_id bigint, answer_key uuid, resources bigint, loaded bigint, gone boolean
    ) on commit drop`;
  if (stale.length === 0) return;
  await tx`
    insert into remap_use
    select r.connection_id, c.chunk_id, a.answer_key, a.resources, 0, b.chunk_id is null
    from chunk_answer c
    join chunk k using (chunk_id)
    join run r using (run_id)
    cross join lateral unnest(c.answers, c.resources) as a(answer_key, resources)
    join unnest(${stale.map((one) => one.key)}::uuid[]) as s(answer_key) on s.answer_key = a.answer_key
    left join chunk_body b on b.chunk_id = c.chunk_id
    where r.connection_id = any(${connections}::int[])`;
  await tx`
    update remap_use u set loaded = l.loaded
    from (
      select r.chunk_id, count(*) as loaded from resource r
      where r.connection_id = any(${connections}::int[]) and ${canBeMappedAgain(tx)}
        and r.chunk_id in (select chunk_id from remap_use)
      group by r.chunk_id
    ) l
    where l.chunk_id = u.chunk_id`;
  await tx`delete from remap_use where loaded = 0`;
}

async function byConnection(
  tx: Tx,
  connections: readonly { connection_id: number; site_key: string }[],
): Promise<ConnectionChange[]> {
  type Counts = Omit<ConnectionChange, 'site_key' | 'needs_full_sync' | 'records_to_send_again'>;
  const counted = await tx<Counts[]>`
    select connection_id, count(*)::int as chunks, (count(*) filter (where gone))::int as chunks_gone,
      (count(*) filter (where unknown))::int as chunks_unknown,
      (select count(distinct answer_key) from remap_use u
        where u.connection_id = c.connection_id and answer_key <> ${UNKNOWN}::uuid)::int as codes,
      coalesce(sum(records) filter (where not gone), 0)::bigint as records,
      coalesce(sum(records) filter (where gone), 0)::bigint as records_gone
    from (
      select connection_id, chunk_id, gone, bool_or(answer_key = ${UNKNOWN}::uuid) as unknown,
        least(max(loaded), sum(resources)) as records
      from remap_use group by connection_id, chunk_id, gone
    ) c
    group by connection_id`;
  const left = await tx<{ connection_id: number; records: number }[]>`
    select connection_id, count(*) as records from resource
    where connection_id = any(${connections.map((one) => one.connection_id)}::int[]) and length(content_hash) = 0
      and outcome in ('loaded', 'excluded', 'failed') and (reason is null or reason <> all(${Object.values(GONE)}))
    group by connection_id`;
  return connections.map(({ connection_id, site_key }) => {
    const counts = counted.find((one) => one.connection_id === connection_id);
    const again = left.find((one) => one.connection_id === connection_id)?.records ?? 0;
    const { codes = 0, chunks = 0, chunks_gone = 0, chunks_unknown = 0 } = counts ?? {};
    const { records = 0, records_gone = 0 } = counts ?? {};
    return {
      ...{ connection_id, site_key, codes, chunks, chunks_gone, chunks_unknown, records, records_gone },
      records_to_send_again: again,
      needs_full_sync: chunks_gone > 0 || again > 0,
    };
  });
}

async function byCode(tx: Tx, stale: readonly StaleAnswer[]): Promise<CodeChange[]> {
  type Sums = Pick<CodeChange, 'records' | 'chunks' | 'chunks_gone' | 'site_keys'> & { key: string };
  const sums = await tx<Sums[]>`
    select answer_key as key, sum(least(resources, loaded))::bigint as records, count(*)::int as chunks,
      (count(*) filter (where gone))::int as chunks_gone, array_agg(distinct site_key order by site_key) as site_keys
    from remap_use join connection using (connection_id)
    where answer_key <> ${UNKNOWN}::uuid
    group by answer_key
    order by records desc, answer_key`;
  const byKey = new Map(stale.map((one) => [one.key, one]));
  const names = await namesOf(tx, stale);
  return sums.flatMap(({ key, ...sum }): CodeChange[] => {
    const one = byKey.get(key);
    if (!one) return [];
    const { kind, system, code } = one.question;
    const before = sideOf(one.before, names);
    const after = sideOf(one.after, names);
    const display = names.get(after.source_concept_id || before.source_concept_id) ?? null;
    return [{ kind, system, code, display, ...compare(before, after), before, after, ...sum }];
  });
}

function sideOf(answer: Answer, names: ReadonlyMap<number, string>): Side {
  const resolution = resolutionOf(answer);
  const named = (targets: Resolution['targets']) =>
    targets.map((one) => ({
      concept_id: one.conceptId,
      name: names.get(one.conceptId) ?? null,
      domain: one.domain,
    }));
  return {
    source_concept_id: resolution.sourceConceptId,
    concepts: named(resolution.targets),
    values: named(resolution.values),
  };
}

function resolutionOf(answer: Answer): Pick<Resolution, 'sourceConceptId' | 'targets' | 'values'> {
  if (answer === null || typeof answer === 'boolean') return { sourceConceptId: 0, targets: [], values: [] };
  if ('targets' in answer) return answer;
  return { sourceConceptId: answer.conceptId, targets: [answer], values: [] };
}

function compare(before: Side, after: Side): Pick<CodeChange, 'change' | 'domain_move'> {
  const domains = (side: Side) => [...new Set(side.concepts.map((one) => one.domain))].sort().join();
  const ids = (side: Side) => side.concepts.map((one) => one.concept_id).join();
  const mapped = [before.concepts.length > 0, after.concepts.length > 0];
  if (!mapped[0] && mapped[1]) return { change: 'newly-mapped', domain_move: false };
  if (mapped[0] && !mapped[1]) return { change: 'newly-unmapped', domain_move: false };
  if (domains(before) !== domains(after)) return { change: 'domain-moved', domain_move: true };
  return { change: ids(before) === ids(after) ? 'details' : 'other-concept', domain_move: false };
}

/** Concepts that the release of now no longer has remain without a name. */
async function namesOf(tx: Tx, stale: readonly StaleAnswer[]): Promise<ReadonlyMap<number, string>> {
  const ids = new Set<number>();
  for (const { before, after } of stale) {
    for (const { sourceConceptId, targets, values } of [before, after].map(resolutionOf)) {
      ids.add(sourceConceptId);
      for (const one of [...targets, ...values]) ids.add(one.conceptId);
    }
  }
  const rows = await tx<{ concept_id: number; concept_name: string }[]>`
    select concept_id, concept_name from concept where concept_id = any(${[...ids]}::int[]) and concept_id <> 0`;
  return new Map(rows.map((row) => [row.concept_id, row.concept_name]));
}
