/**
 * Step remap: maps one chunk's lines again, in one transaction, as far as they are what is loaded: a line whose resource
 * came anew in another chunk is passed over. In a remap for the vocabulary's sake only resources that asked for what is
 * answered otherwise now are written; the others are not touched. Delivered twice, the second finds the chunk done.
 *
 * A resource is decided by its line and the answers it got: if all are as before, so are its rows. The first answer that
 * differs is to a question that it asked before as well, so the questions that it asks now tell whether it differs.
 */

import type { Tx } from '../../sql/connect.ts';
import { type Connection, readConnection } from '../connection/connection.ts';
import type { Keyring } from '../connection/keyring.ts';
import { openBody } from '../connection/sealed-data.ts';
import { mappingSettings } from '../connection/sync-config.ts';
import { unpack } from '../lines/chunk-text.ts';
import { position } from '../lines/line.ts';
import { type Entry, readLines, splitLines } from '../lines/read-lines.ts';
import type { Known } from '../load/compare/known.ts';
import { knownColumns } from '../load/compare/known.ts';
import type { LoadContext } from '../load/context.ts';
import { type Again, loadAgain } from '../load/load-chunk.ts';
import { mapEntries } from '../load/map-entries.ts';
import { type MappingVersion, mappingVersionInTx } from '../load/mapping-version.ts';
import { mapBesideOthersInTx } from '../load/take-turns.ts';
import { commitThroughCollisions } from '../load/through-collisions.ts';
import { isKept, keyOfGiven, replaceAnswersInTx } from '../load/write/write-answers.ts';
import { advanceInTx } from '../run/advance.ts';
import type { Deps } from '../step/deps.ts';
import type { Handler } from '../step/handler.ts';
import { extractionDate, isLive, type Run, readRun } from '../step/run.ts';
import { nameOf, stored } from '../vocabulary/resolve/questions.ts';
import type { Given } from '../vocabulary/resolve/resolver.ts';
import { canBeMappedAgain } from './due-chunks.ts';
import { keptAnswers, namesOf, staleAnswers } from './stale-answers.ts';

export const remapStep: Handler<'remap'> = async (deps, step) => {
  const { sql, queue, clock } = deps;
  const { run_id, chunk_id } = step.payload;
  const run = await readRun(sql, run_id);
  const chunk = await readChunk(deps, chunk_id);
  if (!run || !chunk || !isLive(run)) return step.commit(async () => {});
  const connection = await readConnection(sql, run.connection_id);
  const entries = chunk.body ? await readEntries(deps.keyring, chunk, chunk.body) : [];
  await commitThroughCollisions(step.commit, async (tx) => {
    // Beside a run of some patients, which must not close in the middle of this.
    await mapBesideOthersInTx(tx, run.connection_id);
    const claimed =
      await tx`select 1 from chunk where chunk_id = ${chunk_id} and state = 'queued' for update`;
    if (claimed.length === 0) return;
    const version = await mappingVersionInTx(tx, deps.resolver, connection);
    // Let go meanwhile: it stays due, and is dealt with as such when this run settles.
    if (chunk.body) await mapAgainInTx(tx, deps, { run, connection, chunk, version }, entries);
    await tx`
      update chunk set state = 'done', mapped_at = ${clock()}, mapping_version_id = ${version.mappingVersionId}
      where chunk_id = ${chunk_id}`;
    await advanceInTx(tx, queue, { run_id, limits: connection.config.limits }, clock());
  });
};

interface Chunk {
  readonly chunk_id: number;
  readonly phase: number;
  readonly origin: number;
  readonly first_line: number;
  readonly file_no: number;
  readonly body: Buffer | null;
}

async function readChunk(deps: Deps, chunkId: number): Promise<Chunk | undefined> {
  const [chunk] = await deps.sql<Chunk[]>`
    select c.chunk_id, c.phase, o.chunk_id as origin, o.first_line, f.file_no, b.body
    from chunk c
    join chunk o on o.chunk_id = c.origin_chunk_id
    join export_file f on f.file_id = o.file_id
    left join chunk_body b on b.chunk_id = o.chunk_id
    where c.chunk_id = ${chunkId} and c.state = 'queued'`;
  return chunk;
}

async function readEntries(keyring: Keyring, chunk: Chunk, body: Buffer): Promise<readonly Entry[]> {
  const text = await unpack(await openBody(keyring, chunk.origin, body));
  const lines = splitLines(text, position(chunk.file_no, chunk.first_line), false);
  return readLines(lines).entries;
}

interface Loaded extends Again {
  readonly known: Known;
}

interface Work {
  readonly run: Run;
  readonly connection: Connection;
  readonly chunk: Chunk;
  readonly version: MappingVersion;
}

async function mapAgainInTx(tx: Tx, deps: Deps, work: Work, entries: readonly Entry[]): Promise<void> {
  const { run, connection, chunk, version } = work;
  const context: LoadContext = {
    ...{ connectionId: connection.connection_id, connection, runId: run.run_id, chunkId: chunk.chunk_id },
    keyring: deps.keyring,
    ...{ phase: chunk.phase, fileType: null, now: deps.clock(), extractionDate: extractionDate(run) },
    ...version,
  };
  const items = await loadedFrom(tx, work, entries);
  const settings = mappingSettings(connection);
  const { given } = await mapEntries(
    tx,
    deps.resolver,
    { ...context, settings },
    items,
    (item) => item.entry.line,
  );
  const differs =
    run.kind === 'remap' && run.mode === 'full'
      ? isOfOtherVersion(version)
      : await asksOtherwise(tx, work, given);
  const again = items.filter(differs);
  await loadAgain(tx, { resolver: deps.resolver }, context, again);
  await replaceAnswersInTx(tx, chunk.origin, sumOf(given));
}

/** The resources of which this chunk holds the version that is loaded. */
async function loadedFrom(tx: Tx, { run, chunk }: Work, entries: readonly Entry[]): Promise<Loaded[]> {
  const byLine = new Map(entries.map((entry) => [entry.line, entry]));
  const known = await tx<(Known & { chunk_line: number })[]>`
    select ${knownColumns(tx)}, r.chunk_line
    from unnest(${entries.map((one) => one.type)}::text[], ${entries.map((one) => one.id)}::text[],
      ${entries.map((one) => one.line)}::int[]) as e(type, id, line)
    cross join lateral (
      select * from resource
      where connection_id = ${run.connection_id} and resource_type = e.type and fhir_id = e.id limit 1
    ) r
    where r.chunk_id = ${chunk.origin} and r.chunk_line = e.line and ${canBeMappedAgain(tx)}
    order by r.chunk_line`;
  return known.flatMap((one): Loaded[] => {
    const entry = byLine.get(one.chunk_line);
    return entry ? [{ entry, known: one, origin: chunk.origin, sinceRun: NO_RUN }] : [];
  });
}

/** They count as re-driven, also what this very run had mapped before the vocabulary changed. */
const NO_RUN = 0;

type ByLine = ReadonlyMap<number, ReadonlyMap<Given, number>>;

function isOfOtherVersion({ mappingVersionId, alsoCurrent }: MappingVersion) {
  const current = new Set([mappingVersionId, ...alsoCurrent]);
  return ({ known }: Loaded): boolean => !current.has(known.mapping_version_id);
}

async function asksOtherwise(tx: Tx, { chunk, version }: Work, given: ByLine) {
  const of = { chunks: [chunk.origin] };
  const kept = new Set((await keptAnswers(tx, of)).map((one) => one.key));
  const changed = namesOf(await staleAnswers(tx, of, version.vocabulary.day));
  const isOther = (one: Given): boolean =>
    (isKept(one) && !kept.has(keyOfGiven(one))) || changed.has(nameOf(stored(one.question)));
  const others = new Map<Given, boolean>();
  return ({ entry, known }: Loaded): boolean => {
    if (known.mapping_version_id === version.mappingVersionId) return false;
    for (const one of given.get(entry.line)?.keys() ?? []) {
      const other = others.get(one) ?? isOther(one);
      others.set(one, other);
      if (other) return true;
    }
    return false;
  };
}

function sumOf(given: ByLine): ReadonlyMap<Given, number> {
  const sum = new Map<Given, number>();
  for (const answers of given.values()) {
    for (const [one, count] of answers) sum.set(one, (sum.get(one) ?? 0) + count);
  }
  return sum;
}
