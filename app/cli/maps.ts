/** `cli maps import|list|export`: the local maps. */
import { readFile } from 'node:fs/promises';
import type { ApiClient, Schemas } from '../../openapi/client/index.ts';
import { print, withApi } from './look-up.ts';
import { table } from './table.ts';
import { say, sayFile } from './terminal.ts';

export interface ImportFlags {
  readonly apply: boolean;
  readonly replace: boolean;
  readonly system: string | undefined;
}

const SHOWN = 40;

/** Resolves to true when the file was written, or could be. */
export async function importMapsFrom(file: string, flags: ImportFlags): Promise<boolean> {
  const text = await readFile(file);
  let fine = false;
  await withApi(async (api) => {
    const report = await send(api, text, { ...flags, apply: false });
    say(
      `${report.lines} lines as ${report.format === 'usagi' ? 'USAGI saves them' : 'source_to_concept_map'}.`,
    );
    if (report.kinds.length > 0) say(`\n${table(report.kinds)}`);
    // Skipped lines are intended, and there may be thousands of them, so they are counted but not listed.
    const told = report.findings.filter((one) => one.level !== 'skipped');
    if (told.length > 0) say(`\n${table(told.slice(0, SHOWN))}`);
    if (told.length > SHOWN) say(`\nThe first ${SHOWN} of ${report.errors + report.warnings}.`);
    say(
      `\n${report.new} new, ${report.unchanged} stored already, ${report.replaced} replaced, ${report.skipped} skipped.`,
    );
    fine = report.errors === 0;
    if (!fine) {
      say(`${report.errors} lines cannot be taken as they are: nothing was written.`);
    } else if (flags.apply) {
      const done = await send(api, text, flags);
      say(`Written: ${done.new} maps. The next chunk is mapped with them.`);
    } else {
      say('Nothing was written yet: add --apply.');
    }
  });
  return fine;
}

async function send(api: ApiClient, text: Buffer, flags: ImportFlags): Promise<Schemas['MapImportReport']> {
  const { data, error } = await api.POST('/api/v1/admin/vocabulary/local-maps/import', {
    params: {
      query: {
        apply: flags.apply,
        replace: flags.replace,
        ...(flags.system ? { system: flags.system } : {}),
      },
    },
    headers: { 'content-type': 'text/csv' },
    // The bytes are sent as they are; the server checks whether they are UTF-8.
    body: '',
    bodySerializer: () => text,
  });
  if (!data) throw new Error(error?.detail ?? 'the file cannot be imported');
  return data;
}

export interface ListFlags {
  readonly system: string | undefined;
  readonly search: string | undefined;
  readonly state: string | undefined;
  readonly json: boolean;
}

const STATES = ['in-force', 'not-yet', 'ended', 'target-lost'] as const;

export function listMaps({ system, search, state, json }: ListFlags): Promise<boolean> {
  return withApi(async (api) => {
    const wanted = STATES.find((one) => one === state);
    if (state && !wanted) throw new Error(`--state: expected ${STATES.join(', ')}.`);
    const query = {
      limit: 200,
      ...(system ? { system } : {}),
      ...(search ? { q: search } : {}),
      ...(wanted ? { state: wanted } : {}),
    };
    const { data, error } = await api.GET('/api/v1/admin/vocabulary/local-maps', { params: { query } });
    if (!data) throw new Error(error?.detail ?? 'the maps cannot be read');
    if (json) return print(data);
    const rows = data.items.map((map) => ({
      ...{ system: map.systems[0] ?? map.source_vocabulary_id, code: map.source_code },
      ...{ description: map.source_code_description, concept_id: String(map.target_concept_id) },
      ...{ name: map.target_name, domain: map.target_domain, state: map.state },
    }));
    say(table(rows));
    if (data.more) say('\nThe first 200. All of them: npm run cli -- maps export');
  });
}

export function exportMaps({ system, search }: Pick<ListFlags, 'system' | 'search'>): Promise<boolean> {
  return withApi(async (api) => {
    const query = { ...(system ? { system } : {}), ...(search ? { q: search } : {}) };
    const { data, error } = await api.GET('/api/v1/admin/vocabulary/local-maps/export', {
      params: { query },
      parseAs: 'text',
    });
    if (data === undefined) throw new Error(error?.detail ?? 'the maps cannot be read');
    sayFile(data);
  });
}
