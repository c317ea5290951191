/**
 * The context that golden cases are mapped in: a vocabulary of real concept ids small enough to read
 * (vocabulary.json), answered at once and without a database.
 */

import { readFileSync } from 'node:fs';
import type { Moment } from '../../../jobs/map/cdm/dates.ts';
import { map } from '../../../jobs/map/index.ts';
import { DEFAULT_SETTINGS, type MappingSettings } from '../../../jobs/map/settings.ts';
import {
  type AttachmentContent,
  type DeviceContent,
  type EncounterContent,
  type MapContext,
  type MedicationContent,
  NOTHING,
  type OrganizationContent,
  type Outcome,
  type PersonContent,
  type Resource,
  type Row,
  type Target,
} from '../../../jobs/map/types.ts';
import type { CdmVersion } from '../../../sql/cdm-version.ts';

interface Vocabulary {
  readonly concepts: readonly {
    id: number;
    name: string;
    domain: string;
    vocabulary: string;
    class: string;
    standard: boolean;
  }[];
  readonly codes: readonly {
    system: string;
    code: string;
    source: number;
    targets: number[];
    values?: number[];
  }[];
  readonly ancestors: readonly (readonly [descendant: number, ancestor: number])[];
}

export const EXTRACTION_DATE = '2024-06-30';

const vocabulary: Vocabulary = JSON.parse(
  readFileSync(new URL('./vocabulary.json', import.meta.url), 'utf8'),
);
const concepts = new Map(vocabulary.concepts.map((one) => [one.id, one]));
const codes = new Map(vocabulary.codes.map((one) => [`${one.system}|${one.code}`, one]));
const ancestors = new Set(vocabulary.ancestors.map((pair) => pair.join('<')));

export function conceptOf(id: number): Vocabulary['concepts'][number] {
  const found = concepts.get(id);
  if (!found) throw new Error(`vocabulary.json has no concept ${id}: add it there`);
  return found;
}

function target(id: number): Target {
  const { domain, vocabulary: name, class: conceptClass } = conceptOf(id);
  return { conceptId: id, domain, vocabulary: name, conceptClass };
}

export function newContext(
  settings: Partial<MappingSettings> = {},
  resources: readonly Resource[] = [],
  withoutConcepts: readonly number[] = [],
  cdm: CdmVersion = '5.4',
): MapContext {
  const medications = new Map<string, MedicationContent>();
  const organizations = new Map<string, OrganizationContent>();
  const devices = new Map<string, DeviceContent>();
  const attachments = new Map<string, AttachmentContent>();
  const encounters = new Map<string, EncounterContent>();
  const persons = new Map<string, PersonContent>();
  const context: MapContext = {
    settings: { ...DEFAULT_SETTINGS, ...settings },
    cdm,
    extractionDate: EXTRACTION_DATE,
    resolve(system, code) {
      const found = codes.get(`${system}|${code}`);
      if (!found) return NOTHING;
      return {
        sourceConceptId: found.source,
        sourceDomain: concepts.get(found.source)?.domain ?? '',
        targets: found.targets.map(target),
        values: (found.values ?? []).map(target),
      };
    },
    standard: (id) => (concepts.get(id)?.standard && !withoutConcepts.includes(id) ? target(id) : undefined),
    medication: (ref) =>
      ref.types.map((type) => medications.get(`${type}/${ref.id}`)).find((one) => one !== undefined),
    organization: (ref) => organizations.get(ref.id),
    device: (ref) => devices.get(ref.id),
    attachment: (ref) => attachments.get(ref.id),
    encounter: (ref) => encounters.get(ref.id),
    person: (ref) => persons.get(ref.id),
    descends: (conceptId, ancestorId) => ancestors.has(`${conceptId}<${ancestorId}`),
  };
  for (const resource of resources) {
    if (!CONTENTS.has(resource.resourceType)) continue;
    const outcome = map(resource, context);
    if (resource.resourceType === 'Encounter' && outcome.kind !== 'failed') {
      encounters.set(resource.id, { start: startOf(outcome) });
    }
    if (outcome.kind !== 'rows') continue;
    if (resource.resourceType === 'Patient') persons.set(resource.id, lifeOf(outcome.rows));
    const content = outcome.medication ?? outcome.substance;
    if (content) medications.set(`${resource.resourceType}/${resource.id}`, content);
    const [site] = outcome.rows;
    if (site?.table === 'care_site') organizations.set(resource.id, { name: site.values.care_site_name });
    if (outcome.device) devices.set(resource.id, outcome.device);
    if (outcome.attachment) attachments.set(resource.id, outcome.attachment);
  }
  return context;
}

const CONTENTS = new Set([
  ...['Medication', 'Substance', 'Organization', 'Device', 'Binary', 'Patient', 'Encounter'],
]);

function startOf(outcome: Outcome): Moment | undefined {
  const [row] = outcome.kind === 'rows' ? outcome.rows : [];
  const start =
    row?.table === 'visit_occurrence'
      ? row.values.visit_start_datetime
      : row?.table === 'visit_detail'
        ? row.values.visit_detail_start_datetime
        : undefined;
  if (start === undefined) return undefined;
  return { date: start.slice(0, 10), datetime: start.endsWith(' 00:00:00') ? undefined : start };
}

function lifeOf(rows: readonly Row[]): PersonContent {
  const [person] = rows.flatMap((row) => (row.table === 'person' ? [row.values] : []));
  const [death] = rows.flatMap((row) => (row.table === 'death' ? [row.values] : []));
  const part = (n = 1) => String(n).padStart(2, '0');
  return {
    born: person && `${person.year_of_birth}-${part(person.month_of_birth)}-${part(person.day_of_birth)}`,
    died: death?.death_date,
  };
}
