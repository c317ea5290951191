/** The switches of the mapping. */
import { z } from 'zod';
import { DEFAULT_SETTINGS } from '../../map/settings.ts';
import { optional } from './optional.ts';
import { isTimeZone } from './time-zone.ts';

export const MappingSchema = z
  .strictObject({
    person_source_value: optional(
      z.enum(['identifier', 'resource-id']),
      'What person_source_value holds: an identifier of the Patient, or its resource id.',
      DEFAULT_SETTINGS.personSourceValue,
    ),
    person_identifier_system: optional(
      z.string().min(1).max(500),
      'Identifier system preferred for person_source_value.',
    ),
    person_identifier_prefix: optional(
      z.string().min(1).max(500),
      'Beginning of identifier systems preferred for it, where person_identifier_system finds none.',
    ),
    address: optional(
      z.enum(['state', 'zip3', 'full']),
      'How much of a home address the location row holds.',
      DEFAULT_SETTINGS.address,
    ),
    provisional_conditions: optional(
      z.enum(['condition', 'observation']),
      'Where provisional and differential diagnoses go.',
      DEFAULT_SETTINGS.provisionalConditions,
    ),
    medication_request_intents: optional(
      z.array(z.string().min(1).max(64)).max(20),
      'Intents of MedicationRequest that are loaded.',
      [...DEFAULT_SETTINGS.medicationRequestIntents],
    ),
    panel_parents: optional(
      z.boolean(),
      'Also write a panel without a value of its own whose components carry the values.',
      DEFAULT_SETTINGS.panelParents,
    ),
    valueless_observations: optional(
      z.boolean(),
      'Also write observations without a value or with a dataAbsentReason.',
      DEFAULT_SETTINGS.valuelessObservations,
    ),
    earliest_year: optional(
      z.number().int().min(2).max(9998),
      'First year in which a date is taken for one. Data with shifted dates may need another.',
      DEFAULT_SETTINGS.earliestYear,
    ),
    latest_year: optional(
      z.number().int().min(2).max(9998),
      'Last year in which a date is taken for one. Data with shifted dates may need another.',
      DEFAULT_SETTINGS.latestYear,
    ),
    unknown_procedures: optional(
      z.boolean(),
      'Also load procedures whose status is unknown: for sources that send all of theirs so.',
      DEFAULT_SETTINGS.unknownProcedures,
    ),
    emergency_admissions: optional(
      z.enum(['inpatient', 'emergency-and-inpatient']),
      'Kind of visit of a stay that was admitted from the emergency room: 9201, or 262.',
      DEFAULT_SETTINGS.emergencyAdmissions,
    ),
    implausible_events: optional(
      z.enum(['load', 'exclude']),
      'Events before birth, more than 60 days after death or after the day of the extract: loaded and found by the quality checks, or left out.',
      DEFAULT_SETTINGS.implausibleEvents,
    ),
    timezone: optional(
      z.string().refine(isTimeZone, 'Not an IANA time zone, such as "America/New_York".'),
      'Instants with another offset are moved to this zone. Left out: the wall-clock time as sent is kept.',
    ),
    code_systems: optional(
      z.record(z.string().min(1).max(500), z.string().min(1).max(20)),
      'Further code systems: URI or OID to vocabulary_id of the loaded vocabulary.',
      {},
    ),
  })
  .meta({
    id: 'SyncMapping',
    description: 'Switches of the mapping, one for each point on which the authorities disagree.',
  });
