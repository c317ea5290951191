/**
 * MedicationAdministration → drug_exposure (32818): what was given. It ends when it starts, unless it has a period
 * (Themis). quantity is the dose given.
 */

import { TYPE } from '../cdm/concepts.ts';
import { choiceOfDates, datedBy } from '../read/event-dates.ts';
import { object, objects, text } from '../read/fhir.ts';
import { encounter, performer } from '../read/links.ts';
import { unrealized } from '../read/status.ts';
import { printedUnit } from '../read/units.ts';
import type { MapContext, Outcome, Resource } from '../types.ts';
import { courseEnd, routeOf } from './dosage.ts';
import { mapDrug } from './drug.ts';

const GIVEN = new Set(['completed', 'in-progress']);

export function mapMedicationAdministration(resource: Resource, context: MapContext): Outcome {
  const refusal = unrealized(resource, GIVEN);
  if (refusal) return refusal;
  return mapDrug(resource, context, (reading) => {
    const { start: given, end } = choiceOfDates(reading, resource, 'effective');
    const start = datedBy(reading, given, resource['context']);
    if (!start) return undefined;
    const dosage = object(resource['dosage']);
    const dose = object(dosage?.['dose']);
    return {
      visit: encounter(reading, resource['context']),
      provider: performer(reading, objects(resource['performer']), 'actor'),
      start,
      typeConceptId: TYPE.administration.id,
      amount: dose,
      drug: {
        ...courseEnd(reading, { start, stated: end, assumedDays: 1 }),
        sig: text(dosage?.['text']),
        route: routeOf(reading, dosage?.['route']),
        doseUnit: printedUnit(dose),
      },
    };
  });
}
