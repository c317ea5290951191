/**
 * Patient → person, and death, location, observation (several races or ethnicities, gender identity).
 *
 * - gender: sex at birth first (us-core-birthsex, us-core-sex; Themis), else the administrative gender.
 * - No year of birth: the person is left out (CDM 5.4, Themis). A year alone leaves month and day NULL.
 * - person_source_value: person-source-value.ts.
 * - death: only with a date (Themis); a partial one means the last day of its month or year.
 * - race and ethnicity: race.ts. Several races: 1546847 and one observation each (4013886).
 *
 * Departures from the guide: "other" is 8521, not 44814653. person_source_value may hold an identifier (f2o-020 is met
 * with the setting `resource-id`). The observations of a Patient are dated at birth here, since a Patient knows no visit;
 * when the run closes they move to the person's latest visit (sql/derive/patient-observations.sql).
 *
 * `active: false` says that the record is not used any more, not that the person was not there: it changes nothing.
 * Merged records: patient-links.ts.
 */

import { RACE, TYPE } from '../cdm/concepts.ts';
import { type Moment, orMidnight } from '../cdm/dates.ts';
import type { Link } from '../cdm/link.ts';
import { moment } from '../read/event-dates.ts';
import { extension, flag, type Json, objects, text } from '../read/fhir.ts';
import { codeSet, codingOf } from '../read/fixed-codes.ts';
import { SYSTEM } from '../read/hl7-systems.ts';
import { careSite, provider } from '../read/links.ts';
import { excluded, failed, type Reading, read, result } from '../read/reading.ts';
import type { MapContext, Outcome, Resource, Row } from '../types.ts';
import { homeOf, location } from './address.ts';
import { genderConcept } from './gender.ts';
import { genderIdentities } from './gender-identity.ts';
import { mergesOf } from './patient-links.ts';
import { personSourceValue } from './person-source-value.ts';
import { type Categories, ethnicities, races } from './race.ts';

const US_CORE = 'http://hl7.org/fhir/us/core/StructureDefinition/';
const SELF: Link = { own: 'key' };

export function mapPatient(resource: Resource, context: MapContext): Outcome {
  const birthDate = text(resource['birthDate']);
  const reading = read(resource, context);
  const merges = mergesOf(reading);
  if (birthDate === undefined) {
    if (typeof resource['birthDate'] === 'string') return failed('Expected a FHIR date', 'Patient.birthDate');
    // What is left of a replaced record is often its link alone.
    return merges?.length ? result(reading, [], { relations: { merges } }) : excluded('no-birth-year');
  }
  const born = moment(reading, resource, 'birthDate');
  if (!born) return reading.refusal ?? excluded('no-birth-year');
  const home = location(homeOf(resource['address']), context.settings.address);
  const rows: Row[] = [
    personRow(reading, born, birthDate, home !== undefined),
    ...deathRows(reading),
    ...(home ? [{ table: 'location', values: home } as const] : []),
    ...observed(races(resource), born),
    ...observed(ethnicities(resource), born),
    ...genderIdentities(reading, born),
  ];
  return result(reading, rows, { relations: { merges } });
}

function personRow(reading: Reading, born: Moment, birthDate: string, hasHome: boolean): Row {
  const { resource } = reading;
  const [year, month, day] = birthDate.slice(0, 10).split('-');
  const gender = sexAtBirth(resource) ?? text(resource['gender']);
  const race = races(resource);
  const ethnicity = ethnicities(resource);
  return {
    table: 'person',
    values: {
      gender_concept_id: genderConcept(gender),
      year_of_birth: Number(year),
      month_of_birth: month === undefined ? undefined : Number(month),
      day_of_birth: day === undefined ? undefined : Number(day),
      birth_datetime: day === undefined ? undefined : timeOfBirth(reading, born),
      race_concept_id: race.found.length > 1 ? RACE.multiple.id : (race.found[0]?.conceptId ?? 0),
      ethnicity_concept_id: ethnicity.found.length === 1 ? (ethnicity.found[0]?.conceptId ?? 0) : 0,
      location_id: hasHome ? SELF : undefined,
      provider_id: firstLink(resource['generalPractitioner'], (one) => provider(reading, one)),
      care_site_id: careSite(reading, resource['managingOrganization']),
      person_source_value: personSourceValue(resource, reading.context.settings),
      gender_source_value: gender,
      gender_source_concept_id: gender === undefined ? undefined : 0,
      race_source_value: race.sourceValue,
      race_source_concept_id: race.sourceValue === undefined ? undefined : 0,
      ethnicity_source_value: ethnicity.sourceValue,
      ethnicity_source_concept_id: ethnicity.sourceValue === undefined ? undefined : 0,
    },
  };
}

const SEX = codeSet(
  {
    systems: SYSTEM.genderOfHl7,
    codes: { MALE: true, FEMALE: true, M: true, F: true },
    bare: true,
    anyCase: true,
  },
  { systems: SYSTEM.snomed, codes: { '248153007': true, '248152002': true }, bare: true },
);

/** us-core-birthsex (a code) or us-core-sex (a code or coding), unless it only says that it is not known. */
function sexAtBirth(resource: Resource): string | undefined {
  for (const url of [`${US_CORE}us-core-birthsex`, `${US_CORE}us-core-sex`]) {
    const sent = extension(resource, url);
    // A code stands without its system.
    const codes = [{ code: sent?.['valueCode'] }, sent?.['valueCoding']];
    const found = codingOf(SEX, { coding: codes }, sent?.['valueCodeableConcept']);
    if (found) return found.code;
  }
  return undefined;
}

function timeOfBirth(reading: Reading, born: Moment): string {
  const sent = extension(
    reading.resource['_birthDate'],
    'http://hl7.org/fhir/StructureDefinition/patient-birthTime',
  );
  return orMidnight((sent && moment(reading, sent, 'valueDateTime', { optional: true })) ?? born);
}

function firstLink(references: unknown, link: (reference: Json) => Link | undefined): Link | undefined {
  for (const one of objects(references)) {
    const found = link(one);
    if (found) return found;
  }
  return undefined;
}

function deathRows(reading: Reading): readonly Row[] {
  const { resource } = reading;
  const died = moment(reading, resource, 'deceasedDateTime', { partial: 'last', optional: true });
  if (!died) {
    if (flag(resource['deceasedBoolean'])) reading.omitted.add('death-without-date');
    return [];
  }
  return [
    {
      table: 'death',
      values: {
        death_date: died.date,
        // "If you have date and time of death, populate death_datetime, otherwise leave NULL" (CDM).
        death_datetime: died.datetime,
        death_type_concept_id: TYPE.ehr.id,
      },
    },
  ];
}

function observed(categories: Categories, born: Moment): readonly Row[] {
  if (categories.found.length < 2) return [];
  return categories.found.map(({ code, conceptId }) => ({
    table: 'observation',
    values: {
      person_id: SELF,
      observation_concept_id: RACE.observed.id,
      observation_date: born.date,
      observation_datetime: orMidnight(born),
      observation_type_concept_id: TYPE.ehr.id,
      value_as_concept_id: conceptId,
      observation_source_value: code,
      observation_source_concept_id: 0,
      value_source_value: code,
      value_as_source_concept_id: 0,
    },
  }));
}
