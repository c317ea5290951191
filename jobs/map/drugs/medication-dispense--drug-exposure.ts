/**
 * MedicationDispense → drug_exposure (32825): what was handed out. End by Themis' order (dosage.ts): days' supply,
 * amount by daily dose, else 30 days.
 */

import { TYPE } from '../cdm/concepts.ts';
import { daysOfSupply } from '../read/duration.ts';
import { datedBy, moment } from '../read/event-dates.ts';
import { object, objects } from '../read/fhir.ts';
import { encounter, performer } from '../read/links.ts';
import { unrealized } from '../read/status.ts';
import { printedUnit } from '../read/units.ts';
import type { MapContext, Outcome, Resource } from '../types.ts';
import { courseEnd, doseOf, routeOf, sigOf } from './dosage.ts';
import { mapDrug } from './drug.ts';

const HANDED_OUT = new Set(['completed', 'in-progress']);

export function mapMedicationDispense(resource: Resource, context: MapContext): Outcome {
  const refusal = unrealized(resource, HANDED_OUT);
  if (refusal) return refusal;
  return mapDrug(resource, context, (reading) => {
    const handed = moment(reading, resource, 'whenHandedOver') ?? moment(reading, resource, 'whenPrepared');
    const start = datedBy(reading, handed, resource['context']);
    if (!start) return undefined;
    const dosages = objects(resource['dosageInstruction']);
    const amount = object(resource['quantity']);
    const daysSupply = daysOfSupply(resource['daysSupply']);
    return {
      visit: encounter(reading, resource['context']),
      provider: performer(reading, objects(resource['performer']), 'actor'),
      start,
      typeConceptId: TYPE.dispensing.id,
      amount,
      drug: {
        ...courseEnd(reading, { start, daysSupply, amount, dosage: dosages[0], assumedDays: 30 }),
        daysSupply,
        sig: sigOf(dosages),
        route: routeOf(reading, dosages[0]?.['route']),
        doseUnit: printedUnit(doseOf(dosages[0])) ?? printedUnit(amount),
      },
    };
  });
}
