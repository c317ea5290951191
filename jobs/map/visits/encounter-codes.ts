/**
 * Codes of an Encounter that no OMOP vocabulary holds. Sources: the guide's EncounterConceptMaps and, where it names
 * none or the CDM field specification says otherwise, what HL7's and NUBC's codes mean. 0 is an answer: "home".
 */

import { VISIT } from '../cdm/concepts.ts';
import { codeSet } from '../read/fixed-codes.ts';
import { SYSTEM } from '../read/hl7-systems.ts';

/** v3-ActCode; of the user-defined v2 table 0004 what means the same everywhere; the classes of DSTU2. */
export const CODED_VISIT = codeSet<number>(
  {
    systems: SYSTEM.actCode,
    codes: {
      AMB: VISIT.outpatient.id,
      SS: VISIT.outpatient.id,
      PRENC: VISIT.outpatient.id,
      IMP: VISIT.inpatient.id,
      ACUTE: VISIT.inpatient.id,
      EMER: VISIT.emergency.id,
      VR: VISIT.telehealth.id,
      HH: VISIT.home.id,
      FLD: VISIT.home.id,
      NONAC: VISIT.nonHospital.id,
      OBSENC: VISIT.observationRoom.id,
    },
    bare: true,
    anyCase: true,
  },
  {
    systems: SYSTEM.patientClass,
    codes: { I: VISIT.inpatient.id, O: VISIT.outpatient.id, E: VISIT.emergency.id },
    anyCase: true,
  },
  {
    systems: SYSTEM.encounterClass,
    codes: {
      inpatient: VISIT.inpatient.id,
      outpatient: VISIT.outpatient.id,
      ambulatory: VISIT.outpatient.id,
      emergency: VISIT.emergency.id,
      home: VISIT.home.id,
      field: VISIT.home.id,
      virtual: VISIT.telehealth.id,
    },
  },
);

/** HL7's admit-source, and of the v2 table 0023 what is a place. */
export const SOURCES_OF_ADMISSION = codeSet<number>(
  {
    systems: SYSTEM.admitSource,
    codes: {
      'hosp-trans': VISIT.otherHospital.id,
      emd: VISIT.emergencyRoom.id,
      outp: VISIT.outpatientHospital.id,
      born: VISIT.otherHospital.id,
      nursing: VISIT.nursingFacility.id,
      psych: VISIT.psychiatric.id,
      rehab: VISIT.rehabilitation.id,
      // The guide's 8940 Office is no longer Standard; it maps to Office Visit.
      gp: VISIT.office.id,
      mp: VISIT.office.id,
      other: 0,
    },
    bare: true,
  },
  {
    systems: SYSTEM.admitSourceV2,
    codes: { '4': VISIT.otherHospital.id, '5': VISIT.skilledNursing.id, '7': VISIT.emergencyRoom.id },
  },
);

/** HL7's discharge-disposition; NUBC's patient discharge status (two digits) and the v2 table 0112, which says the same. */
export const DISPOSITIONS = codeSet<number>(
  {
    systems: SYSTEM.discharge,
    codes: {
      home: 0,
      'alt-home': 0,
      'other-hcf': VISIT.otherFacility.id,
      hosp: VISIT.hospice.id,
      long: VISIT.longTerm.id,
      aadvice: VISIT.againstAdvice.id,
      exp: VISIT.expired.id,
      psy: VISIT.psychiatric.id,
      rehab: VISIT.inpatientRehabilitation.id,
      snf: VISIT.skilledNursing.id,
      oth: 0,
    },
    bare: true,
  },
  {
    systems: SYSTEM.dischargeStatus,
    codes: {
      '01': 0,
      '02': VISIT.inpatientHospital.id,
      '03': VISIT.skilledNursing.id,
      '04': VISIT.nursingFacility.id,
      '07': VISIT.againstAdvice.id,
      '20': VISIT.expired.id,
      '30': VISIT.stillPatient.id,
      // Died under a hospice's care: at home, in a medical facility, in a place unknown.
      '40': VISIT.expired.id,
      '41': VISIT.expired.id,
      '42': VISIT.expired.id,
      '50': VISIT.hospice.id,
      '51': VISIT.hospice.id,
      '62': VISIT.inpatientRehabilitation.id,
      '63': VISIT.longTerm.id,
      '65': VISIT.psychiatric.id,
    },
  },
);
