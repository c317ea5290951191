/** Imports of files that a test writes. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { startImport } from '../../jobs/operator/start-import.ts';
import { commandLine } from '../../jobs/record/actor.ts';
import { drain, runOf, type World } from '../world/world.ts';

export type Files = Readonly<Record<string, string | Buffer | object>>;

/** Objects are written as JSON. */
export async function folderOf(files: Files): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'fhir-omop-sync-folder-'));
  for (const [name, content] of Object.entries(files)) {
    const isText = typeof content === 'string' || Buffer.isBuffer(content);
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), isText ? content : JSON.stringify(content, null, 2));
  }
  return folder;
}

export const start = (world: World, site_key: string, ...paths: string[]) =>
  startImport(world.deps, { paths, site_key, new_site: true, actor: commandLine('test') });

/** Imports the files, or the paths among them that are named, to the end of the run. */
export async function importFiles(
  world: World,
  site: string,
  files: Files,
  paths: readonly string[] = ['.'],
) {
  const folder = await folderOf(files);
  try {
    const found = await start(world, site, ...paths.map((path) => join(folder, path)));
    await drain(world.deps, world.clock);
    return { found, run: await runOf(world.sql, found.run_id) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
