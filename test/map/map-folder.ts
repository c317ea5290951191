/**
 * `node test/map/map-folder.ts DIR…`: maps the resources of JSON, YAML and NDJSON files, of the examples of a guide for
 * one, with the vocabulary of the golden cases, and tells file by file what each became. Ends with 1 where one broke
 * a mapper or gave what the CDM does not take.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { MAPPERS, map } from '../../jobs/map/index.ts';
import { DEFAULT_SETTINGS } from '../../jobs/map/settings.ts';
import type { Resource } from '../../jobs/map/types.ts';
import { newContext } from './cases/context.ts';
import { faultsOf } from './cases/faults.ts';

interface Found {
  readonly file: string;
  readonly resource: Resource;
}

function resourcesOf(folder: string): readonly Found[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(json|ya?ml|ndjson)$/.test(name))
    .sort()
    .flatMap((file) => documents(file, readFileSync(join(folder, file), 'utf8')))
    .flatMap(({ file, document }) => inside(document).map((resource) => ({ file, resource })));
}

function documents(file: string, text: string) {
  if (!file.endsWith('.ndjson'))
    return [{ file, document: file.endsWith('.json') ? JSON.parse(text) : parse(text) }];
  return text
    .split('\n')
    .flatMap((line) => (line.trim() === '' ? [] : [{ file, document: JSON.parse(line) }]));
}

function inside(document: unknown): readonly Resource[] {
  const { resourceType, entry } = Object(document);
  if (resourceType === 'Bundle') return [entry ?? []].flat().flatMap((one) => inside(Object(one).resource));
  return typeof resourceType === 'string' ? [document as Resource] : [];
}

function tell(
  resource: Resource,
  all: readonly Resource[],
): { readonly text: string; readonly broke: boolean } {
  const context = newContext({}, all);
  try {
    const outcome = map(resource, context);
    const faults =
      outcome.kind === 'rows' && outcome.rows.length === 0 ? [] : faultsOf(outcome, DEFAULT_SETTINGS);
    const broke = faults.length > 0;
    const wrong = broke ? ` !! ${faults.join('; ')}` : '';
    switch (outcome.kind) {
      case 'excluded':
        return { text: `excluded: ${outcome.rule}${wrong}`, broke };
      case 'failed':
        return { text: `failed: ${outcome.reason} ${outcome.field}${wrong}`, broke };
      case 'waits':
        return { text: `waits for ${outcome.awaits.types.join('|')}/${outcome.awaits.id}${wrong}`, broke };
      default: {
        const rows = outcome.rows.map(({ table }) => table);
        const unmapped = outcome.unmapped.map(({ system, code }) => `${system}|${code}`);
        const omitted = outcome.omitted ?? [];
        const lists = [
          unmapped.length > 0 ? ` unmapped ${unmapped}` : '',
          omitted.length > 0 ? ` omitted ${omitted}` : '',
        ];
        return { text: `${rows.join(', ') || 'known, no row'}${lists.join('')}${wrong}`, broke };
      }
    }
  } catch (error) {
    return { text: `BROKE: ${error instanceof Error ? error.stack : String(error)}`, broke: true };
  }
}

if (import.meta.main) {
  const found = process.argv.slice(2).flatMap(resourcesOf);
  const all = found.map(({ resource }) => resource);
  for (const { file, resource } of found) {
    const known = MAPPERS.has(resource.resourceType);
    const { text, broke } = known ? tell(resource, all) : { text: 'no mapper', broke: false };
    if (broke) process.exitCode = 1;
    console.log(`${file}\t${resource.resourceType}/${resource.id}\t${text}`);
  }
}
