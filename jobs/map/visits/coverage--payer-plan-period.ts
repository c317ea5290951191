/**
 * Coverage → payer_plan_period. The payer is the payor: by the reference's words, else by the name of the Organization
 * that it names, also when that comes later. Its concept: a Payer of that name (a local map), else of the type (Source of
 * Payment Typology), which is the source value too where no payor is named. The plan is that class's value, which FHIR
 * requires; its name only where a server leaves the value out.
 *
 * A person who pays for themselves has no place in these columns. A cover that has not ended lasts, as far as we know, to the day of the extract.
 * Subscriber and policy numbers are identifiers and stay out (f2o-020).
 */

import type { Ref } from '../cdm/link.ts';
import { type Concept, choose, concept, wording } from '../read/coding.ts';
import { endAfter, period } from '../read/event-dates.ts';
import { objects, text } from '../read/fhir.ts';
import { codesOf, valueIn } from '../read/fixed-codes.ts';
import { SYSTEM } from '../read/hl7-systems.ts';
import { patient, reference } from '../read/links.ts';
import { excluded, type Reading, read, result } from '../read/reading.ts';
import { contained, readReference } from '../read/references.ts';
import { unrealized } from '../read/status.ts';
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
  const { name, awaits } = payorOf(reading);
  const payer = payerConcept(reading, name);
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
          payer_source_value: payer.sourceValue,
          payer_source_concept_id: payer.sourceConceptId,
          plan_source_value: planOf(resource),
        },
      },
    ],
    { person, awaits },
  );
}

interface Payor {
  readonly name?: string | undefined;
  /** An Organization that has not arrived. */
  readonly awaits?: Ref | undefined;
}

function payorOf(reading: Reading): Payor {
  const { resource, context } = reading;
  for (const one of objects(resource['payor'])) {
    const pointer = readReference(one, context.settings);
    const inside = pointer?.kind === 'contained' ? contained(resource, pointer.id) : undefined;
    const type =
      text(inside?.['resourceType']) ?? (pointer?.kind === 'typed' ? pointer.type : text(one['type']));
    if (type !== undefined && type !== 'Organization') continue;
    const said = text(one['display']) ?? text(inside?.['name']);
    if (said !== undefined) return { name: said };
    const ref = reference(reading, one, ['Organization']);
    if (!ref || ref.identifier) continue;
    const known = context.organization(ref);
    if (!known) return { awaits: ref };
    if (known.name !== undefined) return { name: known.name };
  }
  return {};
}

function payerConcept(reading: Reading, name: string | undefined): Concept {
  const type = reading.resource['type'];
  if (name === undefined) return concept(reading, type, 'payer', PAYER);
  const kind = choose(reading, type, 'clinical');
  const target = kind?.targets.find((one) => one.domain === PAYER.domain);
  const isNamed = wording(reading, name).targets.some((one) => one.domain === PAYER.domain);
  if (isNamed || !kind || !target) return concept(reading, { text: name }, 'payer', PAYER);
  return { conceptId: target.conceptId, sourceValue: name, sourceConceptId: kind.sourceConceptId };
}

const PAYER = { domain: 'Payer' };

const CLASS = codesOf(SYSTEM.coverageClass, 'plan');

function planOf(resource: Resource): string | undefined {
  const plan = objects(resource['class']).find((one) => valueIn(CLASS, one['type']) === 'plan');
  return text(plan?.['value']) ?? text(plan?.['name']);
}
