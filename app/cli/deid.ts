/** The de-identified copy of the CDM for researchers, made and dropped over the database here. */
import { deidSchemas, dropCopy, hasCopy, refreshCopy } from '../../jobs/deid/copy.ts';
import { commandLine } from '../../jobs/record/actor.ts';
import { type Facts, recordInTx } from '../../jobs/record/record.ts';
import { type Deps, ownerOf } from '../../jobs/step/deps.ts';
import { noun } from '../../sql/noun.ts';
import type { Local } from './local.ts';
import { osUser } from './os-user.ts';
import { table } from './table.ts';
import { complain, say, sayJson } from './terminal.ts';

export async function makeCopy(
  { engine: { deps: ours } }: Local,
  verb: 'create' | 'refresh',
  { json }: { readonly json: boolean },
): Promise<boolean> {
  const deps = asOwner(ours);
  const { views } = deidSchemas(deps.schemas);
  const isThere = await hasCopy(deps.sql, deps.schemas);
  if (isThere !== (verb === 'refresh')) {
    complain(
      isThere ? 'There is a copy already: deid refresh makes it anew.' : 'There is no copy yet: deid create.',
    );
    return false;
  }
  const made = await refreshCopy(deps, {
    record: (tx, { persons }) => recordInTx(tx, eventOf(deps, `deid.${verb}`, { persons })),
  });
  if (json) {
    sayJson({ schema: views, ...made });
    return true;
  }
  say(table(made.tables.map(({ table: name, rows }) => ({ table: name, rows }))));
  say(
    `\nSchema ${views}: ${made.persons} ${noun(made.persons, 'person')}, made in ${made.seconds} s.` +
      '\nIt is a limited data set, not a certified de-identification: see sql/deid/README.md.',
  );
  if (verb === 'create') {
    say(
      `\nResearchers need: grant usage on schema ${views} to ROLE; grant select on all tables in schema ${views} to ROLE;`,
    );
  }
  return true;
}

export async function dropDeidCopy(
  { engine: { deps: ours } }: Local,
  { forgetKey, json }: { readonly forgetKey: boolean; readonly json: boolean },
): Promise<void> {
  const deps = asOwner(ours);
  const { views } = deidSchemas(deps.schemas);
  await dropCopy(deps, {
    forgetKey,
    record: (tx) => recordInTx(tx, eventOf(deps, 'deid.drop', { forget_key: forgetKey })),
  });
  if (json) return sayJson({ schema: views, key_forgotten: forgetKey });
  say(
    `Schema ${views} is dropped${forgetKey ? ', and its key forgotten' : '. Its key is kept: a new copy has the same ids'}.`,
  );
}

/** The schemas of the copy are made by the owner of the tables. */
const asOwner = (deps: Deps): Deps => ({ ...deps, sql: ownerOf(deps) });

const eventOf = ({ clock }: Deps, action: string, details: Facts) => ({
  ...{ at: clock(), actor: commandLine(osUser()), action, object: 'cdm_deid', details },
});
