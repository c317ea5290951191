/**
 * A file with a patient a line: the id of a Patient, or an identifier `system|value`. With a system each line is a value
 * of that. Of CSV the first column counts; blank lines, and a first line that says "mrn", "id" or "identifier", do not.
 */
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
