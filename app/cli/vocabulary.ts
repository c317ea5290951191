/** `cli vocabulary load DIR|ZIP`: loads an Athena download as the new release. */
import { loadVocabulary } from '../../jobs/vocabulary/load.ts';
import { openLocal } from './local.ts';
import { table } from './table.ts';

export async function loadVocabularyFrom(source: string): Promise<boolean> {
  const local = await openLocal({ withWorkers: false });
  const { deps } = local.world;
  const started = Date.now();
  try {
    const loaded = await loadVocabulary({
      ...{ sql: deps.sql, source, clock: deps.clock, log: deps.log },
      onProgress: process.stdout.isTTY
        ? (progress) => process.stdout.write(`\r\x1b[2K${progressText(progress, started)}`)
        : undefined,
    });
    if (process.stdout.isTTY) process.stdout.write('\r\x1b[2K');
    console.log(
      `Vocabulary ${loaded.version} is release ${loaded.release_id}, loaded in ${loaded.seconds.toFixed(1)} s.`,
    );
    console.log(table(loaded.tables.map((one) => ({ table: one.name, rows: one.rows }))));
    for (const warning of loaded.warnings) console.log(`Warning: ${warning}`);
    return true;
  } finally {
    await local.close();
  }
}

interface Progress {
  readonly step: string;
  readonly table: string | undefined;
  readonly rows: number;
  readonly fraction: number;
}

function progressText(progress: Progress, started: number): string {
  const full = Math.round(progress.fraction * 20);
  const seconds = (Date.now() - started) / 1000;
  const left =
    progress.fraction > 0.02
      ? `, ${Math.ceil((seconds / progress.fraction) * (1 - progress.fraction))} s left`
      : '';
  const rows = progress.rows.toLocaleString('en-US');
  return `${'█'.repeat(full)}${'░'.repeat(20 - full)} ${progress.step} ${progress.table ?? ''} ${rows} rows, ${seconds.toFixed(0)} s${left}`;
}
