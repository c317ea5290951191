/** `cli deid create|refresh|drop`: the de-identified copy of the CDM for researchers. */
import { deidSchemas, dropCopy, hasCopy, refreshCopy } from '../../jobs/deid/copy.ts';
import { commandLine } from '../../jobs/record/actor.ts';
import { type Facts, recordInTx } from '../../jobs/record/record.ts';
import { type Deps, ownerOf } from '../../jobs/step/deps.ts';
import { openLocal } from './local.ts';
import { osUser } from './os-user.ts';
import { table } from './table.ts';
import { complain, say } from './terminal.ts';

export const DEID_VERBS = ['create', 'refresh', 'drop'] as const;
export type DeidVerb = (typeof DEID_VERBS)[number];

export async function deidentify(
  verb: DeidVerb,
  { forgetKey }: { readonly forgetKey: boolean },
): Promise<boolean> {
  const local = await openLocal({ withWorkers: false });
  try {
    const { deps: ours } = local.engine;
    // The schemas of the copy are made by the owner of the tables.
    const deps = { ...ours, sql: ownerOf(ours) };
    const { views } = deidSchemas(deps.schemas);
    const isThere = await hasCopy(deps.sql, deps.schemas);
    if (verb === 'drop') {
      await dropCopy(deps, { forgetKey });
      await record(ours, 'deid.drop', { forget_key: forgetKey });
      say(
        `Schema ${views} is dropped${forgetKey ? ', and its key forgotten' : '. Its key is kept: a new copy has the same ids'}.`,
      );
      return true;
    }
    if (isThere !== (verb === 'refresh')) {
      complain(
        isThere
          ? 'There is a copy already: deid refresh makes it anew.'
          : 'There is no copy yet: deid create.',
      );
      return false;
    }
    const made = await refreshCopy(deps);
    await record(ours, `deid.${verb}`, { persons: made.persons });
    say(table(made.tables.map(({ table: name, rows }) => ({ table: name, rows }))));
    say(
      `\nSchema ${views}: ${made.persons} persons, made in ${made.seconds} s.` +
        '\nIt is a limited data set, not a certified de-identification: see sql/deid/README.md.',
    );
    if (verb === 'create') {
      say(
        `\nResearchers need: grant usage on schema ${views} to ROLE; grant select on all tables in schema ${views} to ROLE;`,
      );
    }
    return true;
  } finally {
    await local.close();
  }
}

async function record({ sql, clock }: Deps, action: string, details: Facts): Promise<void> {
  await sql.begin((tx) =>
    recordInTx(tx, { at: clock(), actor: commandLine(osUser()), action, object: 'cdm_deid', details }),
  );
}
