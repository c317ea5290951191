/**
 * `npm run errors [-- --check]`: writes the tables of jobs/TROUBLESHOOTING.md that say what each error and each notice of a run
 * means and what to do, or says that they are out of date. The tables come from the catalogue; parameters appear by
 * name, in italics.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PARTS } from './catalogue.ts';
import { DATABASE } from './database.ts';
import type { About } from './entry.ts';
import { NOTICES, type NoticeEntry } from './notice.ts';

const PAGE = join(import.meta.dirname, '../../TROUBLESHOOTING.md');
const HEAD = '| code | it means | do |\n| --- | --- | --- |';

const HEADINGS: Partial<Record<About, string>> = {
  connection: 'Settings and credentials of the connection',
  server: 'The EHR',
  file: 'One file of an export (the others are loaded; the run fails with it when no file can be read)',
  vocabulary: 'The vocabulary',
  disk: 'Room',
  database: 'The database',
  program: 'This program',
};

interface Row {
  readonly about: About;
  readonly codes: string;
  readonly says: string;
  readonly todo: string;
}

export function rows(): Row[] {
  const own = PARTS.filter(({ endsRuns }) => endsRuns).flatMap(({ about, errors }) =>
    Object.entries(errors).map(([code, { says, todo }]) => ({ about, codes: `\`${code}\``, says, todo })),
  );
  const database = Object.values(DATABASE).map(({ says, todo, ...kind }) => {
    const states = kind.states.map((state) => `\`postgres-${state}${state.length < 5 ? '…' : ''}\``);
    const codes = 'codes' in kind ? kind.codes.map((code) => `\`${code}\``) : [];
    return { about: 'database' as const, codes: [...states, ...codes].join(', '), says, todo };
  });
  return [...own, ...database];
}

export function tables(): string {
  return Object.entries(HEADINGS)
    .map(([about, heading]) => {
      const lines = rows()
        .filter((row) => row.about === about)
        .map(
          ({ codes, says, todo }) => `| ${codes || 'other `postgres-…`'} | ${cell(says)} | ${cell(todo)} |`,
        );
      return [`**${heading}**`, '', HEAD, ...lines].join('\n');
    })
    .join('\n\n');
}

function cell(template: string): string {
  return template
    .replace(/\s+/g, ' ')
    .replace(/[|*]/g, '\\$&')
    .replace(/\{(\w+)\}/g, (_, name: string) => `*${name.replaceAll('_', ' ')}*`);
}

/** The notices of a run; several that share a code stand below each other. */
export function noticeTable(): string {
  const lines = Object.entries<NoticeEntry>(NOTICES).map(
    ([name, { code = name, says, todo }]) => `| \`${code}\` | ${cell(says)} | ${todo ? cell(todo) : '–'} |`,
  );
  return [HEAD, ...lines].join('\n');
}

/** The page with up-to-date tables. */
export function withTables(page: string): string {
  return between(between(page, 'errors', tables()), 'notices', noticeTable());
}

function between(page: string, mark: string, text: string): string {
  const head = `<!-- ${mark}: written by \`npm run errors\` from jobs/step/catalogue -->`;
  const foot = `<!-- /${mark} -->`;
  const [begin, end] = [page.indexOf(head), page.indexOf(foot)];
  if (begin < 0 || end < begin)
    throw new Error(`jobs/TROUBLESHOOTING.md lacks the marks ${head} and ${foot}.`);
  return `${page.slice(0, begin + head.length)}\n\n${text}\n\n${page.slice(end)}`;
}

async function main(check: boolean): Promise<void> {
  const page = await readFile(PAGE, 'utf8');
  const wanted = withTables(page);
  if (!check) return writeFile(PAGE, wanted);
  if (page === wanted) return;
  console.error(
    'jobs/TROUBLESHOOTING.md does not show the errors and notices of the catalogue. Run "npm run errors" and commit it.',
  );
  process.exitCode = 1;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await main(process.argv.includes('--check'));
}
