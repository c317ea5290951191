/** What the five kinds of drug record share: the person, the drug, and one event for each of its codes. */

import type { ClinicalEvent } from '../cdm/event.ts';
import { project } from '../cdm/project.ts';
import { undated } from '../read/event-dates.ts';
import { type Json, list, words } from '../read/fhir.ts';
import { patient } from '../read/links.ts';
import { exactAmount } from '../read/quantities.ts';
import { excluded, type Reading, read, result } from '../read/reading.ts';
import { relatedTo } from '../read/related.ts';
import type { MapContext, Outcome, Resource } from '../types.ts';
import { type Medicine, medicineOf } from './medication.ts';

type Details = Pick<ClinicalEvent, 'visit' | 'provider' | 'start' | 'typeConceptId' | 'drug'> & {
  readonly amount?: Json | undefined;
};

/** `details` gives undefined when the record has no date. */
export function mapDrug(
  resource: Resource,
  context: MapContext,
  details: (reading: Reading) => Details | undefined,
  medicine: (reading: Reading) => Medicine | undefined = medicineOf,
): Outcome {
  const reading = read(resource, context);
  const person = patient(reading, subjectOf(resource));
  const drug = medicine(reading);
  const found = details(reading);
  if (reading.refusal) return reading.refusal;
  if (!drug) return excluded('no-code');
  if (!found) return undated(reading);
  const { amount, ...event } = found;
  const quantity = exactAmount(reading, amount);
  const codes = drug.codes.length > 0 ? drug.codes : [undefined];
  const rows = codes.flatMap((code) =>
    project({
      ...event,
      person: { ref: person },
      code,
      fallback: 'drug_exposure',
      stopReason: stopReasonOf(resource),
      // "Negative values are not allowed" (CDM).
      quantity: quantity !== undefined && quantity >= 0 ? quantity : undefined,
    }),
  );
  return result(reading, rows, { person, awaits: drug.awaits, relations: { links: relatedTo(reading) } });
}

/** R4 has one reason in a request and an immunization, a list of them in statements and administrations. */
function stopReasonOf(resource: Resource): string | undefined {
  // That of a dispense is why nothing was handed out.
  if (resource.resourceType === 'MedicationDispense') return undefined;
  const sent = resource['statusReason'];
  return words(list(sent)[0] ?? sent);
}

function subjectOf(resource: Resource): string {
  return resource.resourceType === 'Immunization' ? 'patient' : 'subject';
}
