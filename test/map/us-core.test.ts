/** US Core 9.0.0: of each profile whose resource has a mapper there is a golden case, and the others are named. */
import { expect, it } from 'vitest';
import { MAPPERS } from '../../jobs/map/index.ts';
import { readCases } from './cases/read.ts';

/** By resource type; the profiles of Observation are many. */
const PROFILES: Readonly<Record<string, readonly string[]>> = {
  AllergyIntolerance: ['us-core-allergyintolerance'],
  CarePlan: ['us-core-careplan'],
  CareTeam: ['us-core-careteam'],
  Condition: ['us-core-condition-encounter-diagnosis', 'us-core-condition-problems-health-concerns'],
  Coverage: ['us-core-coverage'],
  Device: ['us-core-device'],
  DiagnosticReport: ['us-core-diagnosticreport-lab', 'us-core-diagnosticreport-note'],
  DocumentReference: ['us-core-documentreference', 'us-core-adi-documentreference'],
  Encounter: ['us-core-encounter'],
  FamilyMemberHistory: ['us-core-familymemberhistory'],
  Goal: ['us-core-goal'],
  Immunization: ['us-core-immunization'],
  Location: ['us-core-location'],
  Medication: ['us-core-medication'],
  MedicationDispense: ['us-core-medicationdispense'],
  MedicationRequest: ['us-core-medicationrequest'],
  Observation: [
    ...['head-occipital-frontal-circumference-percentile', 'pediatric-bmi-for-age'],
    ...['pediatric-weight-for-height', 'us-core-average-blood-pressure', 'us-core-blood-pressure'],
    ...['us-core-bmi', 'us-core-body-height', 'us-core-body-temperature', 'us-core-body-weight'],
    ...['us-core-care-experience-preference', 'us-core-head-circumference', 'us-core-heart-rate'],
    ...['us-core-observation-adi-documentation', 'us-core-observation-clinical-result'],
    ...['us-core-observation-lab', 'us-core-observation-occupation', 'us-core-observation-pregnancyintent'],
    ...['us-core-observation-pregnancystatus', 'us-core-observation-screening-assessment'],
    ...['us-core-observation-sexual-orientation', 'us-core-pulse-oximetry', 'us-core-respiratory-rate'],
    ...['us-core-simple-observation', 'us-core-smokingstatus', 'us-core-treatment-intervention-preference'],
    'us-core-vital-signs',
  ],
  Organization: ['us-core-organization'],
  Patient: ['us-core-patient'],
  Practitioner: ['us-core-practitioner'],
  PractitionerRole: ['us-core-practitionerrole'],
  Procedure: ['us-core-procedure'],
  Provenance: ['us-core-provenance'],
  QuestionnaireResponse: ['us-core-questionnaireresponse'],
  RelatedPerson: ['us-core-relatedperson'],
  ServiceRequest: ['us-core-servicerequest'],
  Specimen: ['us-core-specimen'],
};

it('each profile of US Core 9 that is mapped has a golden case of its shape', () => {
  const cases = readCases().find(({ name }) => name === 'us-core-9')?.cases ?? [];
  const shown = new Set(cases.flatMap(({ rule }) => rule.replace(/^US Core 9\.0\.0, /, '').split(' and ')));
  const mapped = Object.entries(PROFILES).filter(([type]) => MAPPERS.has(type));
  expect(mapped.flatMap(([, names]) => names).filter((name) => !shown.has(name))).toEqual([]);
  expect(cases.filter(({ rule }) => !rule.startsWith('US Core 9.0.0, '))).toEqual([]);
});

it('the types of US Core 9 that have no place in the CDM are these', () => {
  const others = Object.keys(PROFILES).filter((type) => !MAPPERS.has(type));
  expect(others).toEqual([
    ...[
      'CarePlan',
      'CareTeam',
      'Goal',
      'Provenance',
      'QuestionnaireResponse',
      'RelatedPerson',
      'ServiceRequest',
    ],
  ]);
});
