/** What an import reads, and how far the reading of what must be made lines first (1-unpack) is. */
import type { Tx } from '../../sql/connect.ts';
import type { FileEntry } from '../run/staged-files.ts';
import type { Queue } from '../step/queue.ts';

export interface Source {
  /** Of the file on this machine. */
  readonly url: string;
  /** In an archive, its name and its number there; null and 0 for the file itself. */
  readonly part: string | null;
  readonly part_no: number;
  readonly form: 'ndjson' | 'bundles';
  /** Whether it is made lines first; all others are read where they are, as files of an export. */
  readonly unpacked: boolean;
  readonly kind: FileEntry['kind'];
  readonly resource_type: string | null;
  readonly phase: number;
}

/** identities: who is who in the Bundles; versions: of histories; lines: all that there is, as chunks. */
export type Stage = 'identities' | 'versions' | 'lines';

export async function storeSourcesInTx(tx: Tx, runId: number, sources: readonly Source[]): Promise<void> {
  const BATCH = 5000;
  for (let from = 0; from < sources.length; from += BATCH) {
    const batch = sources.slice(from, from + BATCH).map((one, n) => ({ ...one, source_no: from + n }));
    await tx`
      insert into import_source (run_id, source_no, url, part, part_no, form, unpacked, kind, resource_type, phase)
      select ${runId}, s.source_no, s.url, s.part, s.part_no, s.form, s.unpacked, s.kind, s.resource_type, s.phase
      from jsonb_to_recordset(${tx.json(batch)}) as s(source_no integer, url text, part text, part_no integer,
        form text, unpacked boolean, kind text, resource_type text, phase smallint)`;
  }
}

/** Begins the reading, or begins it anew: nothing that it made has been mapped yet. */
export async function beginReadingInTx(tx: Tx, queue: Queue, runId: number): Promise<void> {
  await tx`delete from export_file where run_id = ${runId}`;
  await tx`delete from import_identity where run_id = ${runId}`;
  await tx`delete from import_version where run_id = ${runId}`;
  await tx`delete from run_notice where run_id = ${runId} and code like 'import-%'`;
  await tx`update import_source set version = null, histories = '{}', broken = null where run_id = ${runId}`;
  await tx`
    insert into import_reading (run_id, stage, source_no, entry_no) values (${runId}, 'identities', 0, 0)
    on conflict (run_id) do update set stage = excluded.stage, source_no = 0, entry_no = 0`;
  await queue.sendInTx(tx, 'unpack', { run_id: runId });
}
