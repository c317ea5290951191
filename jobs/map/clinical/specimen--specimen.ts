/** Specimen → specimen (by domain). The day of collection is required; specimen_source_id is the resource's id. */

import { TYPE } from '../cdm/concepts.ts';
import { project } from '../cdm/project.ts';
import { concept, mainCode } from '../read/coding.ts';
import { choiceOfDates } from '../read/event-dates.ts';
import { object, text } from '../read/fhir.ts';
import { patient, performer } from '../read/links.ts';
import { exactAmount } from '../read/quantities.ts';
import { excluded, read, result } from '../read/reading.ts';
import { unitOf } from '../read/units.ts';
import type { MapContext, Outcome, Resource } from '../types.ts';

export function mapSpecimen(resource: Resource, context: MapContext): Outcome {
  if (resource['status'] === 'entered-in-error') return excluded('entered-in-error');
  const reading = read(resource, context);
  const person = patient(reading, 'subject');
  const code = mainCode(reading, resource['type'], 'clinical');
  const collection = object(resource['collection']);
  const { start } = collection ? choiceOfDates(reading, collection, 'collected') : { start: undefined };
  if (reading.refusal) return reading.refusal;
  if (!code) return excluded('no-code');
  if (!start) return excluded('no-date');
  const amount = object(collection?.['quantity']);
  const rows = project({
    person: { ref: person },
    provider: collection && performer(reading, [collection], 'collector'),
    start,
    typeConceptId: TYPE.lab.id,
    code,
    fallback: 'specimen',
    value: amount && { number: exactAmount(reading, amount), unit: unitOf(reading, amount) },
    anatomicSite: concept(reading, collection?.['bodySite'], 'body-site', { domain: 'Spec Anatomic Site' }),
    specimenId: text(resource.id),
  });
  return result(reading, rows, { person });
}
