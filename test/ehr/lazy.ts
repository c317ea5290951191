/**
 * Files of a population too big to be stored: each holds one type of a stretch of patients and is made from the seed
 * while it is read. Reading all types makes every patient once per type; that is time for memory, on purpose.
 */

import type { Resource } from '../../jobs/map/types.ts';
import { type ExportFile, file } from './export-job.ts';
import { createFacility } from './population/facility.ts';
import { type PopulationOptions, patientRecord } from './population.ts';

const OF_PATIENTS = [
  'Patient',
  'Encounter',
  'Condition',
  'Observation',
  'DiagnosticReport',
  'MedicationRequest',
  'Procedure',
  'Immunization',
  'AllergyIntolerance',
];
const OF_FACILITY = ['Organization', 'Location', 'Practitioner', 'Medication'];

export const LAZY_TYPES: readonly string[] = [...OF_FACILITY, ...OF_PATIENTS];

export function lazyFiles(
  options: PopulationOptions,
  types: readonly string[],
  patientsPerFile: number,
  lastUpdated: string,
): ExportFile[] {
  const facility = createFacility(String(options.seed));
  const line = (resource: Resource) =>
    `${JSON.stringify({ ...resource, meta: { versionId: '1', lastUpdated } })}\n`;

  function* facilityLines(type: string): Generator<string> {
    for (const resource of facility.resources) if (resource.resourceType === type) yield line(resource);
  }
  function* patientLines(type: string, first: number, end: number): Generator<string> {
    for (let n = first; n < end; n++) {
      for (const resource of patientRecord(options, facility, n)) {
        if (resource.resourceType === type) yield line(resource);
      }
    }
  }

  const files: ExportFile[] = [];
  for (const type of types) {
    if (OF_FACILITY.includes(type)) {
      files.push(file(`lazy-1.${type}.ndjson`, type, undefined, () => facilityLines(type)));
    }
    if (!OF_PATIENTS.includes(type)) continue;
    for (let first = 0; first < options.patients; first += patientsPerFile) {
      const end = Math.min(options.patients, first + patientsPerFile);
      const name = `lazy-${first / patientsPerFile + 1}.${type}.ndjson`;
      files.push(file(name, type, undefined, () => patientLines(type, first, end)));
    }
  }
  return files;
}
