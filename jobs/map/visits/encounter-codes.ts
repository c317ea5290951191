/**
 * Codes of an Encounter that no OMOP vocabulary holds. Sources: the guide's EncounterConceptMaps and, where it names
 * none or the CDM field specification says otherwise, what HL7's and NUBC's codes mean. 0 is an answer: "home".
 */

import { VISIT } from '../cdm/concepts.ts';

/** v3-ActCode classes, upper case. */
export const CODED_VISIT: ReadonlyMap<string, number> = new Map<string, number>([
  ['AMB', VISIT.outpatient.id],
  ['SS', VISIT.outpatient.id],
  ['PRENC', VISIT.outpatient.id],
  ['IMP', VISIT.inpatient.id],
  ['ACUTE', VISIT.inpatient.id],
  ['EMER', VISIT.emergency.id],
  ['VR', VISIT.telehealth.id],
  ['HH', VISIT.home.id],
  ['FLD', VISIT.home.id],
  ['NONAC', VISIT.nonHospital.id],
  ['OBSENC', VISIT.observationRoom.id],
]);

/** HL7 admit-source. */
export const SOURCES_OF_ADMISSION: ReadonlyMap<string, number> = new Map<string, number>([
  ['hosp-trans', VISIT.otherHospital.id],
  ['emd', VISIT.emergencyRoom.id],
  ['outp', VISIT.outpatientHospital.id],
  ['born', VISIT.otherHospital.id],
  ['nursing', VISIT.nursingFacility.id],
  ['psych', VISIT.psychiatric.id],
  ['rehab', VISIT.rehabilitation.id],
  // The guide's 8940 Office is no longer Standard; it maps to Office Visit.
  ['gp', VISIT.office.id],
  ['mp', VISIT.office.id],
  ['other', 0],
]);

/** HL7 discharge-disposition, and NUBC patient discharge status (two digits). */
export const DISPOSITIONS: ReadonlyMap<string, number> = new Map<string, number>([
  ['home', 0],
  ['alt-home', 0],
  ['other-hcf', VISIT.otherFacility.id],
  ['hosp', VISIT.hospice.id],
  ['long', VISIT.longTerm.id],
  ['aadvice', VISIT.againstAdvice.id],
  ['exp', VISIT.expired.id],
  ['psy', VISIT.psychiatric.id],
  ['rehab', VISIT.inpatientRehabilitation.id],
  ['snf', VISIT.skilledNursing.id],
  ['oth', 0],
  ['01', 0],
  ['02', VISIT.inpatientHospital.id],
  ['03', VISIT.skilledNursing.id],
  ['04', VISIT.nursingFacility.id],
  ['07', VISIT.againstAdvice.id],
  ['20', VISIT.expired.id],
  ['30', VISIT.stillPatient.id],
  ['50', VISIT.hospice.id],
  ['51', VISIT.hospice.id],
  ['62', VISIT.inpatientRehabilitation.id],
  ['63', VISIT.longTerm.id],
  ['65', VISIT.psychiatric.id],
]);
