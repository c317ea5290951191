/** Loads an Athena download as the new release into the database here. */

import { commandLine } from '../../jobs/record/actor.ts';
import { recordInTx } from '../../jobs/record/record.ts';
import { ownerOf } from '../../jobs/step/deps.ts';
import { loadVocabulary } from '../../jobs/vocabulary/load/load.ts';
import { type BuiltSearch, buildSearch } from '../../jobs/vocabulary/search/search-index.ts';
import { drawProgress } from './load-progress.ts';
import type { Local } from './local.ts';
import { osUser } from './os-user.ts';
import { table } from './table.ts';
import { complain, say, sayJson } from './terminal.ts';

export async function loadVocabularyFrom(
  { engine: { deps } }: Local,
  source: string,
  { json }: { readonly json: boolean },
): Promise<boolean> {
  const drawn = drawProgress(json ? process.stderr : process.stdout, Date.now);
  let done = 'The vocabulary is as it was: loading begins anew next time.';
  const interrupted = (signal: NodeJS.Signals): void => {
    drawn.end();
    complain(`Interrupted. ${done}`);
    process.exit(signal === 'SIGINT' ? 130 : 143);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, interrupted);
  try {
    const loaded = await loadVocabulary({
      ...{ sql: ownerOf(deps), source, clock: deps.clock, disk: deps.disk },
      // The output below tells people what the log would.
      log: deps.log.child({}, { level: 'error' }),
      onProgress: drawn.tell,
      record: (tx, { release_id, version }) =>
        recordInTx(tx, {
          ...{ at: deps.clock(), actor: commandLine(osUser()), action: 'vocabulary.load' },
          ...{ object: `vocabulary-release/${release_id}`, details: { version } },
        }),
    });
    done = 'The release is loaded. What its search needs is built by: npm run cli -- vocabulary index';
    drawn.end();
    if (json) {
      await buildSearch({ sql: ownerOf(deps), clock: deps.clock, log: deps.log });
      sayJson(loaded);
      return true;
    }
    say(
      `Vocabulary ${loaded.version} is release ${loaded.release_id}, loaded in ${loaded.seconds.toFixed(1)} s.`,
    );
    say(table(loaded.tables.map((one) => ({ table: one.name, rows: one.rows }))));
    const { clock, log } = deps;
    say(builtText(await buildSearch({ sql: ownerOf(deps), clock, log })));
    for (const warning of loaded.warnings) say(`Warning: ${warning}`);
    say('What it changes for the codes in use: npm run cli -- remap --report');
    return true;
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, interrupted);
  }
}

export function builtText(built: BuiltSearch): string {
  const number = (n: number) => n.toLocaleString('en-US');
  if (built.state === 'built')
    return `Search built: ${number(built.texts)} names and synonyms, ${number(built.words)} words, ${built.seconds.toFixed(1)} s.`;
  if (built.state === 'there') return 'The search of this release is built already.';
  if (built.state === 'elsewhere') return 'Another process is building the search.';
  return 'No vocabulary is loaded: npm run cli -- vocabulary load DIR|ZIP';
}
