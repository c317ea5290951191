/** A copy of the CDM for a study, as Parquet files or a DuckDB file. */

import { commandLine } from '../../jobs/record/actor.ts';
import { recordInTx } from '../../jobs/record/record.ts';
import { type Format, takeSnapshot } from '../../jobs/snapshot/snapshot.ts';
import { ownerOf } from '../../jobs/step/deps.ts';
import about from '../../package.json' with { type: 'json' };
import { noun } from '../../sql/noun.ts';
import type { Local } from './local.ts';
import { osUser } from './os-user.ts';
import { say, sayJson } from './terminal.ts';

export interface SnapshotFlags {
  readonly out: string;
  readonly schema?: string | undefined;
  readonly format: Format;
  readonly tables?: readonly string[] | undefined;
  readonly json: boolean;
}

export async function snapshot(
  { engine: { deps } }: Local,
  { out, schema, format, tables, json }: SnapshotFlags,
): Promise<void> {
  const { sql, schemas, clock } = deps;
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
    // What researchers may see only its owner and they may read.
    { sql: ownerOf(deps), schemas, clock },
    {
      ...{ folder: out, schema: from, format, program: `${about.name} ${about.version}` },
      ...(tables ? { tables } : {}),
      onTable: (name, written, at, of) => {
        if (written && !json)
          say(`${String(at + 1).padStart(2)}/${of}  ${name}: ${written.rows} ${noun(written.rows, 'row')}`);
      },
    },
  );
  if (json) {
    sayJson(taken);
    return;
  }
  const rows = taken.tables.reduce((sum, one) => sum + one.rows, 0);
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  const kept = taken.kept > 0 ? `, ${taken.kept} of them kept from the try before` : '';
  say(
    `\n${out}: ${taken.tables.length} ${noun(taken.tables.length, 'table')}${kept}, ${rows} ${noun(rows, 'row')}, as of ${taken.taken_at}, in ${seconds} s.`,
  );
}
