/**
 * `npm run settings`: writes .env.example and the table of README.md of this folder from the schema. `-- --check` only says whether
 * they are current.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { fileOf } from './files.ts';
import { ALL } from './schema.ts';
import { type About, GROUPS } from './setting.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const BEGIN = '<!-- settings: written by `npm run settings` from sql/settings -->';
const END = '<!-- settings: end -->';
const WIDTH = 118;

type Setting = About & { readonly name: string };

const shown = (group: string): Setting[] => ALL.filter((one) => one.group === group && !one.retired);

function table(): string {
  const rows = GROUPS.flatMap((group) => [
    `| **${group}** | | |`,
    ...shown(group).map(
      (one) => `| \`${one.name}\`${one.secret ? ' 🔒' : ''} | ${one.default ?? '–'} | ${one.description} |`,
    ),
  ]);
  return [BEGIN, '', '| setting | default | |', '| --- | --- | --- |', ...rows, '', END].join('\n');
}

function exampleFile(): string {
  const head = [
    'Every setting of fhir-omop-sync, written by `npm run settings`. Copy it to .env, which only you may open (chmod 600),',
    'and take away the # of what you set. All of it can also be set in the environment, which goes before this file.',
    `A secret may come from a file instead: ${fileOf('<NAME>')}=/run/secrets/… in its place.`,
  ].map((line) => `# ${line}`);
  const parts = GROUPS.flatMap((group) => ['', `# --- ${group} ---`, ...shown(group).flatMap(entry)]);
  return `${[...head, ...parts].join('\n')}\n`;
}

function entry({ name, description, default: standard, example, secret }: Setting): string[] {
  const words = description.replaceAll(/\[([^\]]+)\]\([^)]*\)/g, '$1');
  const fromFile = secret ? ` Or ${fileOf(name)}.` : '';
  return ['', ...wrapped(words + fromFile), `#${name}=${standard ?? example ?? ''}`];
}

function wrapped(words: string): string[] {
  const lines: string[] = [];
  for (const word of words.split(' ')) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + word.length < WIDTH) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(`# ${word}`);
  }
  return lines;
}

function withTable(readme: string): string {
  const [start, end] = [readme.indexOf(BEGIN), readme.indexOf(END)];
  if (start < 0 || end < start) throw new Error(`sql/settings/README.md: expected "${BEGIN}" and "${END}"`);
  return readme.slice(0, start) + table() + readme.slice(end + END.length);
}

/** Each file that is made from the schema, as it should be. */
export function documents(): { readonly path: string; readonly text: string }[] {
  const readme = join(ROOT, 'sql/settings/README.md');
  return [
    { path: join(ROOT, '.env.example'), text: exampleFile() },
    { path: readme, text: withTable(readFileSync(readme, 'utf8')) },
  ];
}

function current(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const stale = documents().filter(({ path, text }) => current(path) !== text);
  const check = process.argv.includes('--check');
  for (const { path, text } of stale) {
    if (check) console.error(`${path} is not current: run \`npm run settings\`.`);
    else writeFileSync(path, text);
  }
  if (check && stale.length > 0) process.exitCode = 1;
}
