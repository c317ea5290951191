/**
 * Observation → measurement, observation, or the table of the concept's domain; one row for the observation and one for
 * each component.
 *
 * - While a code has no Standard concept: laboratory and vital signs are measurements, other categories observations;
 *   without a category, what has a number is a measurement.
 * - A panel's own row (85354-9 for blood pressure) says nothing when it has no value: it is written only with the
 *   setting `panelParents`. Observations without a value only with `valuelessObservations`.
 * - The interpretation is the value where there is no other coded one, else the qualifier of an observation.
 * - An answer that denies (No, absent, negative) or does not assert (unknown, not asked) never makes a condition,
 *   drug, procedure or device that the person had; nor does such an interpretation where no answer is coded. It is an
 *   observation with its answer (denials.ts). Concepts of Measurement and Observation keep their table.
 *
 * Departures from the guide: panel parents (the guide writes them); the sentence on negative findings above (f2o-037
 * would store the finding as if it were there).
 */

import { TYPE } from '../cdm/concepts.ts';
import type { Moment } from '../cdm/dates.ts';
import type { ClinicalEvent, EventTable, Value } from '../cdm/event.ts';
import type { Link } from '../cdm/link.ts';
import { holdsValues, project } from '../cdm/project.ts';
import type { Preference } from '../read/code-systems.ts';
import { type Chosen, type Concept, mainCode, NO_CONCEPT } from '../read/coding.ts';
import { findsNothing } from '../read/denials.ts';
import { choiceOfDates, datedBy, moment, undated } from '../read/event-dates.ts';
import { codings, isModified, type Json, list, object, objects, words } from '../read/fhir.ts';
import { categoriesIn, codeSet, codesOf, valueIn } from '../read/fixed-codes.ts';
import { SYSTEM } from '../read/hl7-systems.ts';
import { encounter, isSelfReported, patient, provider, reference } from '../read/links.ts';
import { rangeEnd } from '../read/quantities.ts';
import { excluded, type Reading, read, result } from '../read/reading.ts';
import { relatedTo } from '../read/related.ts';
import { unrealized } from '../read/status.ts';
import { absenceOf, interpretationOf, valuesOf } from '../read/values.ts';
import type { MapContext, Outcome, Relations, Resource, Row, UnkeptAnswer } from '../types.ts';
import { isAboutAnother } from './focus.ts';

const CATEGORY = codeSet<'laboratory' | 'vital-signs' | 'survey'>(
  {
    systems: SYSTEM.observationCategory,
    codes: { laboratory: 'laboratory', 'vital-signs': 'vital-signs', survey: 'survey' },
    bare: true,
  },
  { systems: SYSTEM.diagnosticService, codes: { LAB: 'laboratory' }, bare: true },
);

const DONE = new Set(['final', 'amended', 'corrected']);

export function mapObservation(resource: Resource, context: MapContext): Outcome {
  const refusal = unrealized(resource, DONE);
  if (refusal) return refusal;
  const reading = read(resource, context);
  const person = patient(reading, 'subject');
  const start = datedBy(
    reading,
    effective(reading) ?? moment(reading, resource, 'issued'),
    resource['encounter'],
  );
  if (reading.refusal) return reading.refusal;
  if (isAboutAnother(reading)) return excluded('focus-not-patient');
  if (!start) return undated(reading);
  const shared: Shared = { reading, person: { ref: person }, start, ...common(reading) };
  const components = objects(resource['component']).flatMap((one) => componentRows(shared, one));
  const own = ownRows(shared, components.length > 0);
  const rows = [...own.rows, ...components];
  if (rows.length === 0) return excluded(own.rule);
  return result(reading, rows, {
    person,
    relations: { links: relatedTo(reading), specimens: madeOn(reading) },
  });
}

/** With CDM 5.5 a specimen is of the visit in which it was examined: it names none itself. */
function madeOn(reading: Reading): Relations['specimens'] {
  const specimen = reference(reading, reading.resource['specimen'], ['Specimen']);
  return specimen && reading.context.cdm !== '5.4' ? [{ specimen }] : undefined;
}

function effective(reading: Reading): Moment | undefined {
  const { resource } = reading;
  const { start, end } = choiceOfDates(reading, resource, 'effective');
  if (start ?? end) return start ?? end;
  const timing = object(resource['effectiveTiming']);
  const first = list(timing?.['event'])[0];
  return first === undefined ? undefined : moment(reading, { effectiveTiming: first }, 'effectiveTiming');
}

interface Shared {
  readonly reading: Reading;
  readonly person: Link;
  readonly start: Moment;
  readonly visit: Link | undefined;
  readonly provider: Link | undefined;
  readonly typeConceptId: number;
  readonly preference: Preference;
  readonly category: EventTable | undefined;
}

/** What components have in common with their observation. */
function common(reading: Reading): Omit<Shared, 'reading' | 'person' | 'start'> {
  const { resource, context } = reading;
  const categories = resource['category'];
  const performers = objects(resource['performer']);
  const kinds = categoriesIn(CATEGORY, categories, context.settings.vendor);
  const isLab = kinds.has('laboratory');
  const isMeasured = isLab || kinds.has('vital-signs');
  const selfReported = performers.some((one) => isSelfReported(reading, one));
  const practitioners = performers.flatMap((one) => provider(reading, one) ?? []);
  return {
    visit: encounter(reading, resource['encounter']),
    provider: practitioners[0],
    typeConceptId: selfReported
      ? TYPE.selfReport.id
      : isLab
        ? TYPE.lab.id
        : kinds.has('survey')
          ? TYPE.survey.id
          : TYPE.ehr.id,
    preference: isMeasured ? 'laboratory' : 'clinical',
    category: isMeasured ? 'measurement' : objects(categories).length > 0 ? 'observation' : undefined,
  };
}

function ownRows(
  shared: Shared,
  hasComponents: boolean,
): { rows: readonly Row[]; rule: 'no-code' | 'no-value' | 'panel-without-value' } {
  const { reading } = shared;
  const { resource, context } = reading;
  const isPanel = hasComponents || list(resource['hasMember']).length > 0;
  const values = valuesOf(reading, resource);
  if (values.length === 0) {
    const wanted = isPanel ? context.settings.panelParents : context.settings.valuelessObservations;
    if (!wanted && !interpreted(resource)) {
      if (hasComponents) reading.omitted.add('panel-parent');
      return { rows: [], rule: isPanel ? 'panel-without-value' : 'no-value' };
    }
  }
  const code = mainCode(reading, resource['code'], shared.preference);
  return code
    ? { rows: eventsOf(shared, resource, code, values), rule: 'no-value' }
    : { rows: [], rule: 'no-code' };
}

/** An interpretation alone ("positive") is a result too. */
function interpreted(element: Json): boolean {
  return objects(element['interpretation']).some(
    (one) => codings(one).length > 0 || words(one) !== undefined,
  );
}

function componentRows(shared: Shared, component: Json): readonly Row[] {
  const { reading } = shared;
  if (isModified(component)) {
    reading.omitted.add('component-modifier-extension');
    return [];
  }
  const values = valuesOf(reading, component);
  const wanted =
    values.length > 0 || interpreted(component) || reading.context.settings.valuelessObservations;
  const code = wanted ? mainCode(reading, component['code'], shared.preference) : undefined;
  if (!code) {
    reading.omitted.add('component-without-value');
    return [];
  }
  return eventsOf(shared, component, code, values);
}

const RANGE = codesOf(SYSTEM.rangeMeaning, 'normal');

/** A therapeutic range, or one for another phase of life, says nothing of what is normal; without a type it is (FHIR). */
function normalRange(element: Json): Json | undefined {
  const ranges = objects(element['referenceRange']).filter(({ low, high }) => object(low) || object(high));
  const isNormal = ({ type }: Json) => type === undefined || valueIn(RANGE, type) === 'normal';
  return ranges.find(isNormal) ?? ranges[0];
}

function eventsOf(shared: Shared, element: Json, code: Chosen, values: readonly Value[]): readonly Row[] {
  const { reading } = shared;
  const interpretation = interpretationOf(reading, objects(element['interpretation']));
  const range = normalRange(element);
  const [rangeLow, rangeHigh] = [rangeEnd(reading, range, 'low'), rangeEnd(reading, range, 'high')];
  const nothingFound = findsNothing(element['interpretation']);
  return (values.length > 0 ? values : [noValue(element)]).flatMap((sent) => {
    const denied = sent.assertsNothing || (nothingFound && sent.conceptId === undefined);
    const value = { ...withInterpretation(sent, interpretation), assertsNothing: denied };
    const event: ClinicalEvent = {
      person: shared.person,
      visit: shared.visit,
      provider: shared.provider,
      start: shared.start,
      typeConceptId: shared.typeConceptId,
      code,
      fallback: shared.category ?? (value.number === undefined ? 'observation' : 'measurement'),
      value,
      rangeLow,
      rangeHigh,
      qualifier: sent.conceptId === undefined ? NO_CONCEPT : interpretation,
    };
    const rows = project(event);
    if (value.impossible && rows.some((row) => row.table === 'measurement')) {
      reading.omitted.add('negative-value');
    }
    reading.unkept.push(...unkeptOf(rows, value));
    return rows;
  });
}

/** With a reason why there is none, or an answer that says nothing, the code alone asserts nothing either. */
function noValue(element: Json): Value {
  const sourceValue = absenceOf(element);
  const answer = object(element['valueCodeableConcept']);
  return { sourceValue, assertsNothing: sourceValue !== undefined || answer !== undefined };
}

/** Answers are checked for what they assert, so those that the rows have no column for are kept beside them. */
function unkeptOf(rows: readonly Row[], value: Value): UnkeptAnswer[] {
  const asSent = value.sourceValue ?? value.string;
  if (asSent === undefined) return [];
  return rows
    .filter(({ table }) => !holdsValues(table))
    .map(({ table }) => ({ table, conceptId: value.conceptId, asSent }));
}

function withInterpretation(value: Value, interpretation: Concept): Value {
  if (value.conceptId !== undefined || interpretation.sourceValue === undefined) return value;
  // "If both a continuous and categorical result are given …, store the verbatim value that was mapped to
  // VALUE_AS_CONCEPT_ID here" (CDM, value_source_value).
  return {
    ...value,
    conceptId: interpretation.conceptId,
    sourceConceptId: interpretation.sourceConceptId,
    sourceValue: value.sourceValue ?? value.string ?? interpretation.sourceValue,
  };
}
