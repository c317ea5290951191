/**
 * Procedure → procedure_occurrence, or the table of the concept's domain (many "procedures" are measurements,
 * observations or vaccinations).
 *
 * The devices that it put in or took out (focalDevice) are device exposures from its day on, one each.
 *
 * Only what was completed happened (f2o-060); with `unknownProcedures` also what has status unknown. A performer that a modifierExtension takes back is not the provider.
 */

import { TYPE } from '../cdm/concepts.ts';
import { project } from '../cdm/project.ts';
import { mainCode } from '../read/coding.ts';
import { choiceOfDates, datedBy, endAfter, undated } from '../read/event-dates.ts';
import { objects } from '../read/fhir.ts';
import { encounter, isSelfReported, patient, performer, provider } from '../read/links.ts';
import { excluded, read, result } from '../read/reading.ts';
import { relatedTo } from '../read/related.ts';
import { unrealized } from '../read/status.ts';
import type { MapContext, Outcome, Resource } from '../types.ts';
import { deviceOf } from './device--device-exposure.ts';

const DONE = new Set(['completed']);
/** FHIR says that "unknown" means that the source does not know which status applies: perhaps it was not done. */
const DONE_OR_UNKNOWN = new Set(['completed', 'unknown']);

export function mapProcedure(resource: Resource, context: MapContext): Outcome {
  const { unknownProcedures } = context.settings;
  const refusal = unrealized(resource, unknownProcedures ? DONE_OR_UNKNOWN : DONE);
  if (refusal) return refusal;
  const reading = read(resource, context);
  const person = patient(reading, 'subject');
  const code = mainCode(reading, resource['code'], 'procedure');
  const { start: performed, end } = choiceOfDates(reading, resource, 'performed');
  const start = datedBy(reading, performed, resource['encounter']);
  if (reading.refusal) return reading.refusal;
  if (!code) return excluded('no-code');
  if (!start) return undated(reading);
  const rows = project({
    person: { ref: person },
    visit: encounter(reading, resource['encounter']),
    provider:
      performer(reading, objects(resource['performer']), 'actor') ?? provider(reading, resource['asserter']),
    start,
    end: endAfter(reading, start, end),
    typeConceptId: isSelfReported(reading, resource['asserter']) ? TYPE.selfReport.id : TYPE.ehr.id,
    code,
    fallback: 'procedure_occurrence',
  });
  const devices = objects(resource['focalDevice']).flatMap(
    (one) => deviceOf(reading, one['manipulated']) ?? [],
  );
  const exposures = devices.flatMap(({ event }) =>
    project({
      person: { ref: person },
      visit: encounter(reading, resource['encounter']),
      provider: performer(reading, objects(resource['performer']), 'actor'),
      start,
      typeConceptId: TYPE.ehr.id,
      fallback: 'device_exposure',
      ...event,
    }),
  );
  const awaits = devices.find((one) => one.awaits)?.awaits;
  return result(reading, [...rows, ...exposures], {
    person,
    awaits,
    relations: { links: relatedTo(reading) },
  });
}
