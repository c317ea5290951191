/**
 * AllergyIntolerance → observation (or the table of the concept's domain), and one more observation for each reaction.
 *
 * Two kinds of code come: "allergy to X" (its own concept, the substance as `Maps to value`), and the bare substance,
 * a drug, food or chemical. A bare substance becomes "allergy to drug/food/…" or "intolerance to …", by type and
 * category, with the substance as value: its own domain (Drug) would say that the person took it.
 *
 * A reaction repeats the allergy's concept with the manifestation as value, and points to the first row.
 *
 * Departure from the guide: reactions are not stored under the manifestation's own concept, whose domain would make
 * them conditions of the day on which the allergy was written down.
 */

import { ALLERGY, TYPE } from '../cdm/concepts.ts';
import type { ClinicalEvent } from '../cdm/event.ts';
import { project, tableFor } from '../cdm/project.ts';
import { type Chosen, concept, mainCode } from '../read/coding.ts';
import { choiceOfDates, datedBy, moment, undated } from '../read/event-dates.ts';
import { codings, list, objects, text } from '../read/fhir.ts';
import { codesOf, valueIn } from '../read/fixed-codes.ts';
import { SYSTEM } from '../read/hl7-systems.ts';
import { encounter, isSelfReported, patient, provider } from '../read/links.ts';
import { excluded, type Reading, read, result } from '../read/reading.ts';
import type { MapContext, Outcome, Resource, Row, Target } from '../types.ts';

const VERIFICATION = codesOf(
  SYSTEM.allergyVerification,
  ...['entered-in-error', 'refuted', 'unconfirmed', 'confirmed'],
);
const CLINICAL = codesOf(SYSTEM.allergyClinical, 'resolved', 'inactive', 'active');

export function mapAllergyIntolerance(resource: Resource, context: MapContext): Outcome {
  const verification = valueIn(VERIFICATION, resource['verificationStatus']);
  if (verification === 'entered-in-error') return excluded('entered-in-error');
  if (verification === 'refuted') return excluded('condition-refuted');
  const reading = read(resource, context);
  const person = patient(reading, 'patient');
  const sent = codeOf(reading);
  const onset = choiceOfDates(reading, resource, 'onset');
  const recorded = moment(reading, resource, 'recordedDate');
  const start = datedBy(
    reading,
    recorded ?? onset.start ?? moment(reading, resource, 'lastOccurrence'),
    resource['encounter'],
  );
  if (reading.refusal) return reading.refusal;
  if (!sent) return excluded('no-code');
  if (!start) return undated(reading);
  const clinical =
    valueIn(CLINICAL, resource['clinicalStatus']) ?? codings(resource['clinicalStatus'])[0]?.code;
  const event: ClinicalEvent = {
    person: { ref: person },
    visit: encounter(reading, resource['encounter']),
    provider: provider(reading, resource['recorder']) ?? provider(reading, resource['asserter']),
    start,
    typeConceptId: isSelfReported(reading, resource['asserter']) ? TYPE.selfReport.id : TYPE.ehr.id,
    code: allergyCode(reading, sent),
    fallback: 'observation',
    qualifier:
      clinical === undefined
        ? undefined
        : { conceptId: 0, sourceValue: clinical, sourceConceptId: undefined },
  };
  const rows = project(event);
  return result(reading, [...rows, ...reactions(reading, event, rows.length)], { person });
}

/** Older servers leave `code` out and name the substance in each reaction. */
function codeOf(reading: Reading): Chosen | undefined {
  const { resource } = reading;
  return (
    mainCode(reading, resource['code'], 'clinical') ??
    mainCode(reading, objects(resource['reaction'])[0]?.['substance'], 'clinical')
  );
}

function allergyCode(reading: Reading, sent: Chosen): Chosen {
  const substance = sent.targets.find(isSubstance);
  if (!substance) return sent;
  return { ...sent, targets: [generalAllergy(reading, substance)], values: [substance] };
}

const SUBSTANCE_CLASSES = new Set(['Substance', 'Pharma/Biol Product', 'Organism', 'Physical Object']);

function isSubstance(target: Target): boolean {
  return target.domain === 'Drug' || target.domain === 'Device' || SUBSTANCE_CLASSES.has(target.conceptClass);
}

const GENERAL = {
  allergy: new Map<string, number>([
    ['food', ALLERGY.food.id],
    ['medication', ALLERGY.medication.id],
    ['environment', ALLERGY.environment.id],
    ['biologic', ALLERGY.any.id],
  ]),
  intolerance: new Map<string, number>([
    ['food', ALLERGY.foodIntolerance.id],
    ['medication', ALLERGY.medicationIntolerance.id],
    ['environment', ALLERGY.environmentIntolerance.id],
    ['biologic', ALLERGY.anyIntolerance.id],
  ]),
} as const;

function generalAllergy(reading: Reading, substance: Target | undefined): Target {
  const { resource } = reading;
  const kind = resource['type'] === 'intolerance' ? 'intolerance' : 'allergy';
  const category =
    text(list(resource['category'])[0]) ?? (substance?.domain === 'Drug' ? 'medication' : 'biologic');
  const any = kind === 'intolerance' ? ALLERGY.anyIntolerance.id : ALLERGY.any.id;
  const conceptId = GENERAL[kind].get(category) ?? any;
  return { conceptId, domain: 'Observation', vocabulary: 'SNOMED', conceptClass: 'Clinical Finding' };
}

function reactions(reading: Reading, allergy: ClinicalEvent, rowsBefore: number): readonly Row[] {
  const found = objects(reading.resource['reaction']).flatMap((reaction) =>
    objects(reaction['manifestation']).map((manifestation) => ({ reaction, manifestation })),
  );
  if (found.length === 0 || rowsBefore === 0 || !allergy.code) return [];
  const target = allergy.code.targets[0];
  const table = tableFor(allergy, target);
  const general = table === 'observation' ? target : generalAllergy(reading, target);
  const code: Chosen = { ...allergy.code, targets: general ? [general] : [], values: [] };
  return found.flatMap(({ reaction, manifestation }) => {
    const value = concept(reading, manifestation, 'reaction');
    const severity = text(reaction['severity']);
    if (value.sourceValue === undefined) return [];
    return project({
      ...allergy,
      start: moment(reading, reaction, 'onset', { optional: true }) ?? allergy.start,
      code,
      value,
      qualifier:
        severity === undefined
          ? undefined
          : { conceptId: 0, sourceValue: severity, sourceConceptId: undefined },
      about: { row: 0, table },
    });
  });
}
