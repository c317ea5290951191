/**
 * Why a resource, or a part of one, is rightly not loaded. Codes are stable: views, the API and people's queries use
 * them. `of: 'resource'` is an exclusion; `of: 'part'` leaves something out of a resource that is loaded.
 */

interface Rule {
  readonly of: 'resource' | 'part';
  readonly says: string;
  readonly source: string;
}

const rules = <const T extends Record<string, Rule>>(all: T): T => all;

export const RULES = rules({
  'no-omop-target': {
    of: 'resource',
    says: 'The FHIR type describes nothing that a CDM 5.4 table holds (plans, teams, binaries, provenance ...).',
    source: 'OMOP CDM 5.4',
  },
  'modifier-extension': {
    of: 'resource',
    says: 'An unknown modifierExtension may turn the meaning of the resource around; it is set aside.',
    source: 'FHIR R4 Extensibility; guide f2o-063',
  },
  'entered-in-error': {
    of: 'resource',
    says: 'The source says that this was recorded by mistake.',
    source: 'guide f2o-060',
  },
  'soft-deleted': {
    of: 'resource',
    says: 'The source marks it as deleted there (meta.extension of an export that asks for such data).',
    source: "decision; Microsoft's FHIR services, includeAssociatedData",
  },
  'status-not-realized': {
    of: 'resource',
    says: 'The status (before R4: wasNotGiven, notDone and the like) says that the event did not happen, or not yet (planned, cancelled, draft, not-done, in preparation ...).',
    source: 'guide f2o-060',
  },
  'status-unknown': {
    of: 'resource',
    says: 'The source does not know the status: whether the event happened cannot be told.',
    source: 'decision, guide f2o-060; of procedures: setting unknown_procedures',
  },
  'status-preliminary': {
    of: 'resource',
    says: 'A result or report that is registered, partial or preliminary; its final version is loaded when it comes.',
    source: 'decision; guide, Observation status',
  },
  'status-superseded': {
    of: 'resource',
    says: 'A document that another one has replaced.',
    source: 'FHIR R4 DocumentReference.status',
  },
  'states-absence': {
    of: 'resource',
    says: 'It says by a code of the International Patient Summary that there is nothing to tell (no known problems, allergies or devices, no information about medications), or by one of SNOMED that the vocabulary lacks, which is no event. A local map of that code brings it in.',
    source: 'IPS, CodeSystem absent-unknown-uv-ips',
  },
  'status-on-hold': {
    of: 'resource',
    says: 'An order or its carrying out is on hold or suspended: whether it goes on is open.',
    source: 'guide f2o-060',
  },
  'implausible-date': {
    of: 'resource',
    says: 'An event before the birth, or more than 60 days after the death of its person.',
    source: 'Themis, Death; setting implausible_events',
  },
  'intent-not-loaded': {
    of: 'resource',
    says: 'A MedicationRequest whose intent is not among those to load (proposals, plans, options).',
    source: 'decision; setting medication_request_intents',
  },
  'do-not-perform': {
    of: 'resource',
    says: 'The request forbids the medication.',
    source: 'FHIR R4 MedicationRequest.doNotPerform; guide f2o-063',
  },
  'condition-unconfirmed': {
    of: 'resource',
    says: 'The condition is unconfirmed.',
    source: 'guide, Condition verificationStatus',
  },
  'condition-refuted': {
    of: 'resource',
    says: 'The condition or allergy was ruled out.',
    source: 'decision; the guide writes an observation',
  },
  'no-date': {
    of: 'resource',
    says: 'No date that the event can be placed at; the CDM requires one.',
    source: 'guide f2o-070; CDM 5.4 *_date',
  },
  'no-code': {
    of: 'resource',
    says: 'Neither a code nor a text says what happened.',
    source: 'CDM 5.4 *_concept_id, *_source_value',
  },
  'no-value': {
    of: 'resource',
    says: 'An observation without a value, with a dataAbsentReason, or with a value that no column holds.',
    source: 'guide, Observation; setting valueless_observations',
  },
  'panel-without-value': {
    of: 'resource',
    says: 'A panel whose results are its members, observations of their own.',
    source: 'decision; setting panel_parents',
  },
  'subject-not-patient': {
    of: 'resource',
    says: 'The subject is a group, device, location or substance.',
    source: 'CDM 5.4 person_id',
  },
  'focus-not-patient': {
    of: 'resource',
    says: 'The observation is about somebody or something else than the patient of record (focus).',
    source: 'FHIR R4 Observation.focus',
  },
  'no-birth-year': {
    of: 'resource',
    says: 'A Patient without a year of birth.',
    source: 'Themis, Year of birth; CDM 5.4 person.year_of_birth',
  },
  'no-text': {
    of: 'resource',
    says: "A report or document without text in it; a report's results are observations of their own.",
    source: 'CDM 5.4 note.note_text',
  },
  'text-unreadable': {
    of: 'resource',
    says: 'The text is not in the character set that it names (UTF-8 where it names none), or no base64.',
    source: 'FHIR R4 Attachment.contentType; RFC 2045',
  },
  'claim-without-adjudication': {
    of: 'resource',
    says: 'A Claim asks for money; what was paid comes with its ExplanationOfBenefit, and would count twice.',
    source: 'CDM 5.4 cost',
  },
  'no-encounter': {
    of: 'resource',
    says: 'Costs that name no Encounter cannot be tied to a visit.',
    source: 'CDM 5.4 cost.cost_event_id',
  },
  'no-amount': {
    of: 'resource',
    says: 'An ExplanationOfBenefit without any amount that a cost column holds.',
    source: 'CDM 5.4 cost',
  },
  'panel-parent': {
    of: 'part',
    says: "A panel's own row is left out, since it has no value and its components carry them.",
    source: 'decision; setting panel_parents',
  },
  'visit-without-class': {
    of: 'part',
    says: 'Neither class nor type say what kind of visit an Encounter is; it has concept 0.',
    source: 'FHIR R4 Encounter.class is required; decision',
  },
  'component-without-value': {
    of: 'part',
    says: 'A component without a value or code.',
    source: 'guide, Observation; setting valueless_observations',
  },
  'component-modifier-extension': {
    of: 'part',
    says: 'A component or performer with an unknown modifierExtension.',
    source: 'guide f2o-063',
  },
  'attachment-unreadable': {
    of: 'part',
    says: 'An attachment is not in the character set that it names (UTF-8 where it names none), or no base64.',
    source: 'FHIR R4 Attachment.contentType; RFC 2045',
  },
  'death-without-date': {
    of: 'part',
    says: 'deceasedBoolean alone gives no death row: the CDM requires a date.',
    source: 'Themis, Death date',
  },
  'date-not-usable': {
    of: 'part',
    says: 'A date that the resource can do without (an end, a death, a birth of a provider) and that is no FHIR date, no day of the calendar, or not in a plausible year.',
    source: 'decision; settings earliest_year, latest_year',
  },
  'end-before-start': {
    of: 'part',
    says: 'An end before its start is not written (the start where the CDM requires an end).',
    source: 'OHDSI Data Quality Dashboard, plausibleStartBeforeEnd',
  },
  'comparator-not-held': {
    of: 'part',
    says: 'A number with a comparator that no column holds (an unknown one, or one of an amount) is not written; a value is kept in words.',
    source: 'FHIR R4 Quantity.comparator (a modifier element)',
  },
  'negative-value': {
    of: 'part',
    says: 'A concentration or count below zero in measurement, where only a difference could be; it is kept as value_source_value.',
    source: 'Themis, Negative value as number',
  },
});

export type RuleCode = keyof typeof RULES;
