/**
 * MedicationStatement → drug_exposure: what the patient is said to take.
 *
 * Status active and completed; stopped where it says when it was taken, for until then it was (as of a request). Type concept by who says so: the patient or a relative → patient self-report, a
 * practitioner → EHR medication list, nobody named → EHR (f2o-052, f2o-053). Without an end it ends when it starts:
 * a statement is no prescription that would last a month.
 */

import { TYPE } from '../cdm/concepts.ts';
import { choiceOfDates, datedBy, moment } from '../read/event-dates.ts';
import { object, objects } from '../read/fhir.ts';
import { encounter, isSelfReported, provider } from '../read/links.ts';
import type { Reading } from '../read/reading.ts';
import { unrealized } from '../read/status.ts';
import { printedUnit } from '../read/units.ts';
import type { MapContext, Outcome, Resource } from '../types.ts';
import { courseEnd, doseOf, routeOf, sigOf } from './dosage.ts';
import { mapDrug } from './drug.ts';

const TAKEN = new Set(['active', 'completed']);
const TAKEN_FOR_A_TIME = new Set([...TAKEN, 'stopped']);

export function mapMedicationStatement(resource: Resource, context: MapContext): Outcome {
  const refusal = unrealized(resource, object(resource['effectivePeriod']) ? TAKEN_FOR_A_TIME : TAKEN);
  if (refusal) return refusal;
  return mapDrug(resource, context, (reading) => {
    const effective = choiceOfDates(reading, resource, 'effective');
    const said = effective.start ?? moment(reading, resource, 'dateAsserted');
    const start = datedBy(reading, said, resource['context']);
    if (!start) return undefined;
    const dosages = objects(resource['dosage']);
    return {
      visit: encounter(reading, resource['context']),
      provider: provider(reading, resource['informationSource']),
      start,
      typeConceptId: typeOf(reading),
      drug: {
        ...courseEnd(reading, { start, stated: effective.end, assumedDays: 1 }),
        sig: sigOf(dosages),
        route: routeOf(reading, dosages[0]?.['route']),
        doseUnit: printedUnit(doseOf(dosages[0])),
      },
    };
  });
}

function typeOf(reading: Reading): number {
  const source = reading.resource['informationSource'];
  if (isSelfReported(reading, source)) return TYPE.selfReport.id;
  return provider(reading, source) ? TYPE.medicationList.id : TYPE.ehr.id;
}
