/** `cli snapshot`: a copy of the CDM for a study, as Parquet files or a DuckDB file. */

import { commandLine } from '../../jobs/record/actor.ts';
import { recordInTx } from '../../jobs/record/record.ts';
import { type Format, takeSnapshot } from '../../jobs/snapshot/snapshot.ts';
import { ownerOf } from '../../jobs/step/deps.ts';
import about from '../../package.json' with { type: 'json' };
import { openLocal } from './local.ts';
import { osUser } from './os-user.ts';
import { complain, say } from './terminal.ts';

export interface SnapshotFlags {
  readonly out: string;
  readonly schema?: string | undefined;
  readonly format?: string | undefined;
  readonly tables?: string | undefined;
}

export async function snapshot({ out, schema, format = 'parquet', tables }: SnapshotFlags): Promise<boolean> {
  if (!isFormat(format)) {
    complain(`--format: expected parquet or duckdb, got "${format}".`);
    return false;
  }
  const local = await openLocal({ withWorkers: false });
  try {
    const { sql, schemas, clock } = local.engine.deps;
    // What researchers may see only its owner and they may read.
    const owner = ownerOf(local.engine.deps);
    const from = schema ?? schemas.cdm;
    // Recorded before: whoever takes rows out leaves a trace even when the rest fails.
    await sql.begin((tx) =>
      recordInTx(tx, {
        ...{ at: clock(), actor: commandLine(osUser()), action: 'snapshot.take', object: `schema/${from}` },
        details: { format },
      }),
    );
    const began = performance.now();
    const taken = await takeSnapshot(
      { sql: owner, schemas, clock },
      {
        ...{ folder: out, schema: from, format, program: `${about.name} ${about.version}` },
        ...(tables ? { tables: tables.split(',').map((name) => name.trim().toLowerCase()) } : {}),
        onTable: (table, written, at, of) => {
          if (written) say(`${String(at + 1).padStart(2)}/${of}  ${table}: ${written.rows} rows`);
        },
      },
    );
    const rows = taken.tables.reduce((sum, one) => sum + one.rows, 0);
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    const kept = taken.kept > 0 ? `, ${taken.kept} of them kept from the try before` : '';
    say(
      `\n${out}: ${taken.tables.length} tables${kept}, ${rows} rows, as of ${taken.taken_at}, in ${seconds} s.`,
    );
    return true;
  } finally {
    await local.close();
  }
}

const isFormat = (text: string): text is Format => text === 'parquet' || text === 'duckdb';
