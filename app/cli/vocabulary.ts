/** `cli vocabulary load DIR|ZIP`: loads an Athena download as the new release. */
import { loadVocabulary } from '../../jobs/vocabulary/load.ts';
import { buildSearch } from '../../jobs/vocabulary/search-index.ts';
import { drawProgress } from './load-progress.ts';
import { openLocal } from './local.ts';
import { builtText } from './search.ts';
import { table } from './table.ts';

export async function loadVocabularyFrom(source: string): Promise<boolean> {
  const local = await openLocal({ withWorkers: false });
  const { deps } = local.world;
  const drawn = drawProgress(process.stdout, Date.now);
  try {
    const loaded = await loadVocabulary({
      ...{ sql: deps.sql, source, clock: deps.clock, log: deps.log },
      onProgress: drawn.tell,
    });
    drawn.end();
    console.log(
      `Vocabulary ${loaded.version} is release ${loaded.release_id}, loaded in ${loaded.seconds.toFixed(1)} s.`,
    );
    console.log(table(loaded.tables.map((one) => ({ table: one.name, rows: one.rows }))));
    const { sql, clock, log } = deps;
    console.log(builtText(await buildSearch({ sql, clock, log })));
    for (const warning of loaded.warnings) console.log(`Warning: ${warning}`);
    console.log('What it changes for the codes in use: npm run cli -- remap --report');
    return true;
  } finally {
    await local.close();
  }
}
