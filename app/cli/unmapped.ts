/**
 * `cli unmapped` lists the codes in use that have no Standard concept, as a table or as CSV. `cli unmapped
 * suggest` lists concepts that one of them may mean, and `cli unmapped map` maps it to a concept.
 */
import type { ApiClient } from '../../openapi/client/index.ts';
import { connectionOf } from './connection-of.ts';
import { conceptRow, print, withApi } from './look-up.ts';
import { table } from './table.ts';
import { say, sayFile } from './terminal.ts';

export interface UnmappedFlags {
  readonly site: string | undefined;
  readonly search: string | undefined;
  readonly domain: string | undefined;
  readonly csv: boolean;
  readonly json: boolean;
}

export function showUnmapped(flags: UnmappedFlags): Promise<boolean> {
  return withApi(async (api) => {
    const query = await scopeOf(api, flags);
    if (flags.csv) {
      const { data, error } = await api.GET('/api/v1/admin/vocabulary/unmapped/export', {
        params: { query },
        parseAs: 'text',
      });
      if (data === undefined) throw new Error(error?.detail ?? 'the worklist cannot be read');
      sayFile(data);
      return;
    }
    const { data, error } = await api.GET('/api/v1/admin/vocabulary/unmapped', {
      params: { query: { ...query, limit: 50 } },
    });
    if (!data) throw new Error(error?.detail ?? 'the worklist cannot be read');
    if (flags.json) return print(data);
    const rows = data.items.map((one) => ({
      ...{ id: one.code_id === null ? '' : String(one.code_id), system: one.system },
      ...{ code: one.code ?? `(${one.codes_withheld} of few persons)`, display: one.display },
      ...{ in: `${one.resource_type}.${one.element}`, records: one.records, persons: one.persons },
      ...{ 'together %': one.cumulative_share, 'mapped since': one.has_map ? 'yes' : '' },
    }));
    say(table(rows));
    if (data.more) say('\nThe 50 most frequent. All of them: npm run cli -- unmapped --csv');
  });
}

async function scopeOf(api: ApiClient, { site, search, domain }: UnmappedFlags) {
  const connection = site === undefined ? undefined : await connectionOf(api, site);
  return {
    ...(connection ? { connection_id: connection.connection_id } : {}),
    ...(search ? { q: search } : {}),
    ...(domain ? { domain } : {}),
  };
}

export function suggestFor(codeId: string, { json }: { readonly json: boolean }): Promise<boolean> {
  return withApi(async (api) => {
    const params = { path: { code_id: Number(codeId) } };
    const { data, error } = await api.GET('/api/v1/admin/vocabulary/unmapped/{code_id}/suggestions', {
      params,
    });
    if (!data) throw new Error(error?.detail ?? 'no concepts can be suggested');
    if (json) return print(data);
    say(`"${data.text}" in ${data.domains.length > 0 ? data.domains.join(', ') : 'any domain'}`);
    const rows = data.items.map(({ concept, similarity, matched_text }) => {
      const { standard: _, invalid: __, ...row } = conceptRow(concept);
      return { alike: similarity, ...row, by: matched_text === concept.concept_name ? '' : matched_text };
    });
    say(table(rows));
    if (data.index === 'building') say('\nThe search is not built yet: ask again in a few minutes.');
    say(`\nTo take one: npm run cli -- unmapped map ${codeId} CONCEPT`);
  });
}

export function mapUnmapped(codeId: string, conceptId: string): Promise<boolean> {
  return withApi(async (api) => {
    const { data, error } = await api.POST('/api/v1/admin/vocabulary/unmapped/{code_id}/map', {
      params: { path: { code_id: Number(codeId) } },
      body: { target_concept_id: Number(conceptId) },
    });
    if (!data) throw new Error(error?.detail ?? 'the code cannot be mapped');
    const { map } = data;
    say(
      `${map.source_code} is mapped to ${map.target_concept_id} ${map.target_name ?? ''} (${map.target_domain}).`,
    );
    for (const warning of data.warnings) say(`Warning: ${warning.message}`);
    for (const one of data.remaps) {
      say(
        one.run_id === null
          ? `Connection ${one.connection_id} is not mapped again now (${one.note}); its next remap or full sync does it.`
          : `Connection ${one.connection_id}: run ${one.run_id} maps again what uses it, as soon as a worker runs.`,
      );
    }
  });
}
