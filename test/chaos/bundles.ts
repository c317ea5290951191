/**
 * What the EHR holds, as a folder of Bundles: a transaction for each patient and one for what is nobody's (compressed), whose
 * references are urns of entries in any of the files, and a history with what was deleted.
 */
import { createHash } from 'node:crypto';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Resource } from '../../jobs/map/types.ts';
import type { Ehr } from '../ehr/server.ts';

export async function writeBundles(ehr: Ehr): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'fhir-omop-sync-bundles-'));
  const deleted: object[] = [];
  const files = new Map<string, object[]>();
  for (const { type, id, resource, patient } of ehr.everything()) {
    if (resource === undefined) {
      deleted.push({ request: { method: 'DELETE', url: `${type}/${id}` } });
      continue;
    }
    const name = patient === undefined ? 'others.json.gz' : `patient-${patient}.json`;
    const entry = {
      fullUrl: urn(type, id),
      resource: withUrns(resource, ehr),
      request: { method: 'POST', url: type },
    };
    files.set(name, [...(files.get(name) ?? []), entry]);
  }
  for (const [name, entry] of files) await write(join(folder, name), 'transaction', entry);
  if (deleted.length > 0) await write(join(folder, 'history.json'), 'history', deleted);
  return folder;
}

async function write(path: string, type: string, entry: readonly object[]): Promise<void> {
  const text = JSON.stringify({ resourceType: 'Bundle', type, entry });
  await writeFile(path, path.endsWith('.gz') ? gzipSync(text) : text);
}

/** The same for both sides. */
function urn(type: string, id: string): string {
  const hex = createHash('sha256').update(`${type}/${id}`).digest('hex');
  return `urn:uuid:${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** Every reference that leads to something that is there, by the fullUrl of its entry. */
function withUrns(resource: Resource, ehr: Ehr): unknown {
  return JSON.parse(JSON.stringify(resource), (key, value: unknown) => {
    const [, type = '', id = ''] =
      key === 'reference' ? (/(?:^|\/)([A-Z]\w+)\/([^/]+)$/.exec(String(value)) ?? []) : [];
    return type !== '' && ehr.get(type, id) !== undefined ? urn(type, id) : value;
  });
}
