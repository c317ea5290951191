/**
 * Coverage → payer_plan_period. A cover that has not ended lasts, as far as we know, to the day of the extract.
 * Subscriber and policy numbers are identifiers and stay out (f2o-020).
 */

import { concept } from '../read/coding.ts';
import { objects, text } from '../read/fhir.ts';
import { codesOf, valueIn } from '../read/fixed-codes.ts';
import { SYSTEM } from '../read/hl7-systems.ts';
import { endAfter, excluded, patient, period, read, result, unrealized } from '../read/reading.ts';
import type { MapContext, Outcome, Resource } from '../types.ts';

/** A cancelled cover was one until its end. */
const HELD = new Set(['active', 'cancelled']);

export function mapCoverage(resource: Resource, context: MapContext): Outcome {
  const refusal = unrealized(resource, HELD);
  if (refusal) return refusal;
  const reading = read(resource, context);
  const person = patient(reading, 'beneficiary');
  const span = period(reading, resource, 'period');
  if (reading.refusal) return reading.refusal;
  if (!span.start) return excluded('no-date');
  const { start } = span;
  const end = endAfter(reading, start, span.end ?? { date: context.extractionDate, datetime: undefined });
  const payer = concept(reading, resource['type'], 'payer', { domain: 'Payer' });
  return result(
    reading,
    [
      {
        table: 'payer_plan_period',
        values: {
          person_id: { ref: person },
          payer_plan_period_start_date: start.date,
          payer_plan_period_end_date: end?.date ?? start.date,
          payer_concept_id: payer.conceptId,
          payer_source_value: payer.sourceValue ?? text(objects(resource['payor'])[0]?.['display']),
          payer_source_concept_id: payer.sourceConceptId,
          plan_source_value: planName(resource),
        },
      },
    ],
    { person },
  );
}

const CLASS = codesOf(SYSTEM.coverageClass, 'plan');

function planName(resource: Resource): string | undefined {
  const plan = objects(resource['class']).find((one) => valueIn(CLASS, one['type']) === 'plan');
  return text(plan?.['name']);
}
