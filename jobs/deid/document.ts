/**
 * `node jobs/deid/document.ts [--check]`: writes the table of sql/deid/README.md that says what becomes of each column, or
 * says that it is out of date.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { COPIED, TREATMENTS, type Treatment } from './decisions.ts';

const FILE = join(import.meta.dirname, '../../sql/deid/README.md');
const BEGIN = '<!-- columns: written by `node jobs/deid/document.ts` from jobs/deid/decisions.ts -->';
const END = '<!-- /columns -->';

/** A line for each table and treatment. */
export function columnTable(): string {
  const lines = Object.entries(COPIED).flatMap(([table, columns]) =>
    Object.entries(columns).map(
      ([treatment, names]) => `| \`${table}\` | ${names.split(' ').join(', ')} | ${meaning(treatment)} |`,
    ),
  );
  return ['| table | columns | |', '| --- | --- | --- |', ...lines].join('\n');
}

function meaning(treatment: string): string {
  return isTreatment(treatment) ? TREATMENTS[treatment] : treatment;
}

function isTreatment(text: string): text is Treatment {
  return Object.hasOwn(TREATMENTS, text);
}

/** The document with an up-to-date table. */
export function withColumns(text: string): string {
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`sql/deid/README.md lacks the marks ${BEGIN} and ${END}.`);
  return `${text.slice(0, begin + BEGIN.length)}\n\n${columnTable()}\n\n${text.slice(end)}`;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const text = await readFile(FILE, 'utf8');
  const wanted = withColumns(text);
  if (!process.argv.includes('--check')) await writeFile(FILE, wanted);
  else if (text !== wanted) {
    console.error('sql/deid/README.md is out of date. Run "node jobs/deid/document.ts" and commit it.');
    process.exitCode = 1;
  }
}
