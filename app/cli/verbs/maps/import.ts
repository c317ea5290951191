/** `maps import FILE`: checks a CSV file of local maps, and writes it with --apply. */
import { readFile } from 'node:fs/promises';
import { type ApiClient, must, type Schemas } from '../../../../openapi/client/index.ts';
import { noun } from '../../../../sql/noun.ts';
import { withApi } from '../../session.ts';
import { table } from '../../table.ts';
import { say, sayJson } from '../../terminal.ts';
import { ended, verb } from '../../verb.ts';

const SHOWN = 40;

export const importMaps = verb(
  'import',
  'Check a CSV file of local maps (also what USAGI saves); --apply writes all of it or nothing.',
  [
    'maps import house-lab.csv --system https://hospital.example/lab',
    'maps import house-lab.csv --system https://hospital.example/lab --apply',
  ],
)
  .argument('<file>', 'CSV: the columns of source_to_concept_map, or what USAGI saves')
  .option('--apply', 'write it')
  .option('--replace', 'let stored maps of the same codes end')
  .option('--system <uri>', 'code system of the codes, where the file does not say')
  .action((file, options) =>
    withApi(options, async (api) => {
      const text = await readFile(file);
      const apply = options.apply === true;
      const flags = { replace: options.replace === true, system: options.system };
      const report = await send(api, text, { ...flags, apply: false });
      const fine = report.errors === 0;
      ended(fine);
      const written = fine && apply ? await send(api, text, { ...flags, apply }) : undefined;
      if (options.json) return sayJson(written ?? report);
      tell(report);
      if (!fine)
        say(
          `${report.errors} ${noun(report.errors, 'line cannot be taken as it is', 'lines cannot be taken as they are')}: nothing was written.`,
        );
      else if (written)
        say(`Written: ${written.new} ${noun(written.new, 'map')}. The next chunk is mapped with them.`);
      else say('Nothing was written yet: add --apply.');
    }),
  );

function tell(report: Schemas['MapImportReport']): void {
  say(
    `${report.lines} ${noun(report.lines, 'line')} as ${report.format === 'usagi' ? 'USAGI saves them' : 'source_to_concept_map'}.`,
  );
  if (report.kinds.length > 0) say(`\n${table(report.kinds)}`);
  // Skipped lines are intended, and there may be thousands of them, so they are counted but not listed.
  const told = report.findings.filter((one) => one.level !== 'skipped');
  if (told.length > 0) say(`\n${table(told.slice(0, SHOWN))}`);
  if (told.length > SHOWN) say(`\nThe first ${SHOWN} of ${report.errors + report.warnings}.`);
  say(
    `\n${report.new} new, ${report.unchanged} stored already, ${report.replaced} replaced, ${report.skipped} skipped.`,
  );
}

async function send(
  api: ApiClient,
  text: Buffer,
  { system, ...flags }: { apply: boolean; replace: boolean; system: string | undefined },
): Promise<Schemas['MapImportReport']> {
  return must(
    await api.POST('/api/v1/admin/vocabulary/local-maps/import', {
      params: { query: { ...flags, ...(system ? { system } : {}) } },
      headers: { 'content-type': 'text/csv' },
      // The bytes are sent as they are; the server checks whether they are UTF-8.
      body: '',
      bodySerializer: () => text,
    }),
  );
}
