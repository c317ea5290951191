/**
 * `npm pack` of the whole program: Node runs no TypeScript below node_modules, so the package holds JavaScript, in the
 * folders of the sources, with the files that are read beside them. The checkout needs none of this.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');
const OUT = join(ROOT, 'dist');
/** What is read when the program runs. */
const READ = /\.(?:sql|css|svg|js|json)$/;
const FOLDERS = ['app', 'jobs', 'sql'];

/** A package has no scripts: what the texts say of these it does by its command. */
const COMMAND = 'fhir-omop-sync';
const WORDS: readonly (readonly [RegExp, string])[] = [
  [/npm run (?:--silent )?cli --/g, COMMAND],
  [/npm run (serve|work|tick|migrate)(?: --)?(?![\w:])/g, `${COMMAND} $1`],
  [/npm start\b/g, `${COMMAND} start`],
];

rmSync(OUT, { recursive: true, force: true });
execFileSync(join(ROOT, 'node_modules', '.bin', 'tsc'), ['-p', join(import.meta.dirname, 'tsconfig.json')], {
  stdio: 'inherit',
});
for (const folder of FOLDERS) {
  for (const name of readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })) {
    if (READ.test(name) && !name.endsWith('tsconfig.json'))
      cpSync(join(ROOT, folder, name), join(OUT, folder, name));
  }
}
for (const name of readdirSync(OUT, { recursive: true, encoding: 'utf8' })) {
  if (!name.endsWith('.js')) continue;
  const text = readFileSync(join(OUT, name), 'utf8');
  const changed = WORDS.reduce((all, [from, to]) => all.replace(from, to), text);
  if (changed !== text) writeFileSync(join(OUT, name), changed);
}
