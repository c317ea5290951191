/**
 * MedicationRequest → drug_exposure (or device_exposure … by domain), as EHR prescription (32838).
 *
 * Loaded are orders that were or are in force: the intents of `medicationRequestIntents`, status active, completed or
 * stopped, never doNotPerform. Start: the dosage's own period, else authoredOn. End: dosage.ts. days_supply only where
 * the request states it (CDM: never computed).
 *
 * Departures from the guide: it loads instance-order only and no stopped ones; OHDSI practice loads orders, and a
 * prescription that was stopped was taken until then.
 */

import { TYPE } from '../cdm/concepts.ts';
import { daysOfSupply } from '../read/duration.ts';
import { datedBy, moment } from '../read/event-dates.ts';
import { flag, integer, object, objects, text } from '../read/fhir.ts';
import { encounter, isSelfReported, provider } from '../read/links.ts';
import { excluded } from '../read/reading.ts';
import { unrealized } from '../read/status.ts';
import { printedUnit } from '../read/units.ts';
import type { MapContext, Outcome, Resource } from '../types.ts';
import { boundsOf, courseEnd, doseOf, routeOf, sigOf } from './dosage.ts';
import { mapDrug } from './drug.ts';

const IN_FORCE = new Set(['active', 'completed', 'stopped']);

export function mapMedicationRequest(resource: Resource, context: MapContext): Outcome {
  const refusal = unrealized(resource, IN_FORCE);
  if (refusal) return refusal;
  if (flag(resource['doNotPerform'])) return excluded('do-not-perform');
  const intent = text(resource['intent']);
  if (intent === undefined || !context.settings.medicationRequestIntents.includes(intent)) {
    return excluded('intent-not-loaded');
  }
  return mapDrug(resource, context, (reading) => {
    const dosages = objects(resource['dosageInstruction']);
    const dosage = dosages[0];
    const bounds = boundsOf(reading, dosage);
    const ordered = bounds.start ?? moment(reading, resource, 'authoredOn');
    const start = datedBy(reading, ordered, resource['encounter']);
    if (!start) return undefined;
    const dispense = object(resource['dispenseRequest']);
    const amount = object(dispense?.['quantity']);
    const daysSupply = daysOfSupply(dispense?.['expectedSupplyDuration']);
    const refills = integer(dispense?.['numberOfRepeatsAllowed']);
    const reported =
      flag(resource['reportedBoolean']) || isSelfReported(reading, resource['reportedReference']);
    return {
      visit: encounter(reading, resource['encounter']),
      provider: provider(reading, resource['requester']),
      start,
      typeConceptId: reported ? TYPE.selfReport.id : TYPE.prescription.id,
      amount,
      drug: {
        ...courseEnd(reading, { start, stated: bounds.end, daysSupply, amount, dosage, assumedDays: 30 }),
        refills: refills !== undefined && refills >= 0 ? refills : undefined,
        daysSupply,
        sig: sigOf(dosages),
        route: routeOf(reading, dosage?.['route']),
        doseUnit: printedUnit(doseOf(dosage)),
      },
    };
  });
}
