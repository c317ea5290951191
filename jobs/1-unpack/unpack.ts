/**
 * Step 1 of an import of Bundles or archives: makes lines of what they hold, by type, so that all steps after it work as
 * on an export. All is read for who is who (identities.ts) before anything is written, so a Bundle that is cut short stops
 * the import while nothing of it is loaded. Then the histories among them are read for the newest versions, and at last
 * all of it for the lines. Each commit holds what a stretch brought and the place where it ended; a step that dies goes on
 * there, and reads no more again than the file that it was in.
 */
import type { Tx } from '../../sql/connect.ts';
import { type Connection, readConnection } from '../connection/connection.ts';
import { mappingSettings } from '../connection/sync-config.ts';
import type { Stage } from '../import/sources.ts';
import { stageSourcesInTx } from '../import/stage-sources.ts';
import { DocumentBroken } from '../lines/documents.ts';
import { identityOf } from '../lines/line.ts';
import type { MappingSettings } from '../map/settings.ts';
import { countInTx, notice } from '../run/notices.ts';
import type { Deps } from '../step/deps.ts';
import { syncError } from '../step/errors.ts';
import type { Handler, StepContext } from '../step/handler.ts';
import { inWords } from '../step/in-words.ts';
import { isLive, readRun } from '../step/run.ts';
import {
  type Asked,
  askedBy,
  type Identity,
  identitiesOf,
  resolveAsked,
  storeIdentitiesInTx,
} from './identities.ts';
import { type Item, itemsOf } from './items.ts';
import { nameOf, type Place, type Read, type ReadSource, readSources } from './read-sources.ts';
import { olderOf, storeVersionsInTx, type Version, versionOf } from './versions.ts';
import { type NewLine, packLines, typeOfFile, writeChunksInTx } from './write-lines.ts';

/** What is held before it is written, in chunks: a stretch is of many types. As objects it takes some ten times its text. */
const STRETCH_CHUNKS = 4;
const STRETCH_ENTRIES = 20_000;

interface Reading extends Place {
  readonly stage: Stage;
}

interface Unpacking {
  readonly deps: Deps;
  readonly step: StepContext<'unpack'>;
  readonly runId: number;
  readonly connection: Connection;
  readonly settings: MappingSettings;
}

export const unpackStep: Handler<'unpack'> = async (deps, step) => {
  const { run_id } = step.payload;
  const run = await readRun(deps.sql, run_id);
  const [reading] = await deps.sql<Reading[]>`
    select stage, source_no, entry_no from import_reading where run_id = ${run_id}`;
  if (!run || !isLive(run) || !reading) return step.commit(async () => {});
  const connection = await readConnection(deps.sql, run.connection_id);
  const settings = mappingSettings(connection);
  await readOn({ deps, step, runId: run_id, connection, settings }, reading);
};

/** Reads a stage to its end, or as far as there is time. The next stage is a job of its own. */
async function readOn(unpacking: Unpacking, reading: Reading): Promise<void> {
  const { deps, step, runId, connection } = unpacking;
  const { stage } = reading;
  let at = reading;
  let stretch = newStretch();
  const run = { run_id: runId, stage, maxLineBytes: connection.config.limits.max_line_bytes };
  const again = (tx: Tx) => deps.queue.sendInTx(tx, 'unpack', { run_id: runId });
  for await (const read of readSources(deps.sql, run, at)) {
    const to = take(stretch, read, stage);
    if (
      stretch.bytes < STRETCH_CHUNKS * connection.config.limits.chunk_bytes &&
      stretch.entries < STRETCH_ENTRIES
    )
      continue;
    await deps.disk?.check();
    const write = await prepare(unpacking, stage, stretch);
    const yields = step.shouldYield();
    const from = at;
    await step.checkpoint(async (tx) => {
      await moveOnInTx(tx, runId, from, { stage, ...to });
      await write(tx);
      if (!yields) return;
      await again(tx);
      await step.completeInTx(tx);
    });
    if (yields) return;
    at = { stage, ...to };
    stretch = newStretch();
  }
  const write = await prepare(unpacking, stage, stretch);
  const broken = [...(await brokenOf(unpacking)), ...stretch.broken.map(({ source }) => nameOf(source))];
  if (stage === 'identities' && broken.length > 0)
    throw syncError('import-files-broken', { files: inWords([...new Set(broken)]) });
  await step.commit(async (tx) => {
    const next = await nextStageInTx(tx, runId, stage, stretch);
    await moveOnInTx(tx, runId, at, { stage: next ?? stage, source_no: 0, entry_no: 0 });
    await write(tx);
    if (next) return again(tx);
    await endInTx(tx, unpacking);
  });
}

interface Stretch {
  readonly items: { readonly item: Item; readonly within: Within }[];
  readonly lines: NewLine[];
  readonly histories: { readonly source_no: number; readonly document_no: number }[];
  readonly broken: { readonly source: ReadSource; readonly reason: string }[];
  readonly notApplied: Map<string, number>;
  bytes: number;
  entries: number;
}

interface Within {
  readonly source_no: number;
  readonly document_no: number;
  readonly entry_no: number;
  readonly inHistory: boolean;
}

function newStretch(): Stretch {
  return { items: [], lines: [], histories: [], broken: [], notApplied: new Map(), bytes: 0, entries: 0 };
}

/** Takes one thing that was read into the stretch, and says where to go on after it. */
function take(stretch: Stretch, read: Read, stage: Stage): Place {
  const { source } = read;
  const { source_no } = source;
  stretch.entries++;
  if (read.kind === 'source') return { source_no: source_no + 1, entry_no: 0 };
  if (read.kind === 'broken') {
    stretch.broken.push(read);
    return { source_no: source_no + 1, entry_no: 0 };
  }
  const { document_no, entry_no } = read;
  if (read.kind === 'document') {
    if (read.type === 'history') stretch.histories.push({ source_no, document_no });
    return { source_no, entry_no };
  }
  stretch.bytes += read.size;
  if (read.kind === 'line') {
    const type = typeOfFile(source.resource_type ?? identityOf(read.bytes)?.type ?? null);
    const kind = source.kind;
    const { bytes, size } = read;
    if (stage === 'lines') {
      stretch.lines.push({ kind, type: kind === 'output' ? type : null, bytes, size, source_no, entry_no });
    }
  } else {
    const inHistory = source.histories.includes(document_no);
    const within = { source_no, document_no, entry_no, inHistory };
    const left = (method: string) =>
      stretch.notApplied.set(method, (stretch.notApplied.get(method) ?? 0) + 1);
    for (const item of taken(read.entry, left, stretch, source)) stretch.items.push({ item, within });
  }
  return { source_no, entry_no: entry_no + 1 };
}

function taken(entry: unknown, left: (method: string) => void, stretch: Stretch, source: ReadSource): Item[] {
  try {
    return itemsOf(entry, left);
  } catch (error) {
    if (!(error instanceof DocumentBroken)) throw error;
    stretch.broken.push({ source, reason: error.reason });
    return [];
  }
}

/** Does what needs no transaction, and gives back what does. */
async function prepare(
  unpacking: Unpacking,
  stage: Stage,
  stretch: Stretch,
): Promise<(tx: Tx) => Promise<void>> {
  const { deps, runId, connection, settings } = unpacking;
  if (stage === 'identities') {
    const found = stretch.items.flatMap(({ item, within }): Identity[] => identitiesOf(item, within));
    return async (tx) => {
      await storeIdentitiesInTx(tx, runId, found);
      await noteDocumentsInTx(tx, runId, stretch);
    };
  }
  if (stage === 'versions') {
    const found = stretch.items.flatMap(({ item, within }): Version[] =>
      within.inHistory ? versionOf(item, within) : [],
    );
    return (tx) => storeVersionsInTx(tx, runId, found);
  }
  const { items, older } = await newest(unpacking, stretch);
  const asked = items.flatMap(({ item, within }): Asked[] => askedBy(item, within, settings));
  const unknown = await resolveAsked(deps.sql, runId, asked);
  const lines = items.map(({ item, within: { source_no, entry_no } }): NewLine => {
    const bytes = Buffer.from(JSON.stringify(item.resource));
    const type = item.kind === 'output' ? typeOfFile(item.type) : null;
    return { kind: item.kind, type, bytes, size: bytes.length, source_no, entry_no };
  });
  const chunks = await packLines([...stretch.lines, ...lines], connection.config.limits.chunk_bytes);
  const now = deps.clock();
  return async (tx) => {
    await writeChunksInTx(tx, deps.keyring, runId, chunks);
    if (unknown > 0)
      await countInTx(tx, runId, now, notice('import-references-unknown', {}, { amount: unknown }));
    if (older > 0) await countInTx(tx, runId, now, notice('import-older-versions', {}, { amount: older }));
    for (const [subject, amount] of stretch.notApplied) {
      await countInTx(tx, runId, now, notice('import-entries-not-applied', {}, { subject, amount }));
    }
  };
}

async function newest({ deps, runId }: Unpacking, { items }: Stretch) {
  const inHistory = items.flatMap((one) => {
    const [version] = one.within.inHistory ? versionOf(one.item, one.within) : [];
    return version ? [{ one, version }] : [];
  });
  const places = await olderOf(
    deps.sql,
    runId,
    inHistory.map(({ version }) => version),
  );
  const older = new Set(inHistory.filter((_, n) => places.has(n)).map(({ one }) => one));
  return { items: items.filter((one) => !older.has(one)), older: older.size };
}

async function noteDocumentsInTx(tx: Tx, runId: number, { histories, broken }: Stretch): Promise<void> {
  for (const { source_no, document_no } of histories) {
    await tx`
      update import_source set histories = histories || ${document_no}::int
      where run_id = ${runId} and source_no = ${source_no} and ${document_no}::int <> all(histories)`;
  }
  for (const { source, reason } of broken) {
    await tx`
      update import_source set broken = ${reason} where run_id = ${runId} and source_no = ${source.source_no}`;
  }
}

/** Of two workers that read at once, the later finds the place moved. */
async function moveOnInTx(tx: Tx, runId: number, from: Reading, to: Reading): Promise<void> {
  const moved = await tx`
    update import_reading set stage = ${to.stage}, source_no = ${to.source_no}, entry_no = ${to.entry_no}
    where run_id = ${runId} and stage = ${from.stage} and source_no = ${from.source_no} and entry_no = ${from.entry_no}
    returning run_id`;
  if (moved.length === 0) throw new Error('another worker has read further');
}

async function nextStageInTx(
  tx: Tx,
  runId: number,
  stage: Stage,
  { histories }: Stretch,
): Promise<Stage | undefined> {
  if (stage === 'lines') return undefined;
  if (stage === 'versions') return 'lines';
  const [known] = await tx`
    select 1 from import_source where run_id = ${runId} and histories <> '{}' limit 1`;
  return known || histories.length > 0 ? 'versions' : 'lines';
}

/** Everything is lines: from here on the run is like that of an export. */
async function endInTx(tx: Tx, { deps, runId, connection }: Unpacking): Promise<void> {
  await tx`delete from import_identity where run_id = ${runId}`;
  await tx`delete from import_version where run_id = ${runId}`;
  await tx`delete from import_reading where run_id = ${runId}`;
  await stageSourcesInTx(tx, deps, { run_id: runId, connection_id: connection.connection_id });
}

async function brokenOf({ deps, runId }: Unpacking): Promise<string[]> {
  const rows = await deps.sql<Pick<ReadSource, 'url' | 'part'>[]>`
    select url, part from import_source where run_id = ${runId} and broken is not null order by source_no limit 100`;
  return rows.map(nameOf);
}
