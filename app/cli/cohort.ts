/**
 * `cli cohort SITE FILE [--system URI]`: whom searches of a site are about, from a file with a patient a line: the id of
 * a Patient, or an identifier `system|value`. With --system each line is a value of that system. Of CSV the first column
 * counts; blank lines, and a first line that says "mrn", "id" or "identifier", do not.
 */
import { readFile } from 'node:fs/promises';
import { connectionOf } from './connection-of.ts';
import { withApi } from './look-up.ts';
import { say } from './terminal.ts';

export function setCohort(site: string, file: string, system: string | undefined): Promise<boolean> {
  return withApi(async (api) => {
    const cohort = readCohort(await readFile(file, 'utf8'), system);
    const { connection_id: id, sync_config } = await connectionOf(api, site);
    const { error } = await api.PUT('/api/v1/admin/fhir-connections/{id}', {
      params: { path: { id } },
      body: { sync_config: { ...sync_config, cohort } },
    });
    if (error) throw new Error(error.detail ?? 'the cohort was not taken');
    const { patients, identifiers } = cohort;
    say(
      `Searches of "${site}" are about ${patients.length} patient ids and ${identifiers.length} identifiers.`,
    );
  });
}

const HEADINGS = ['mrn', 'id', 'patient_id', 'identifier'];

export function readCohort(text: string, system?: string): { patients: string[]; identifiers: string[] } {
  const lines = text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .map((line) => (line.split(/[,;\t]/, 1)[0] ?? '').trim().replace(/^"(.*)"$/, '$1'))
    .filter((line) => line !== '');
  const values = HEADINGS.includes(lines[0]?.toLowerCase() ?? '') ? lines.slice(1) : lines;
  if (system !== undefined) return { patients: [], identifiers: values.map((value) => `${system}|${value}`) };
  return {
    patients: values.filter((value) => !value.includes('|')),
    identifiers: values.filter((value) => value.includes('|')),
  };
}
