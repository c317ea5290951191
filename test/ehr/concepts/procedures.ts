/** What was done: SNOMED CT, HCPCS and ICD-10-PCS, in several domains. Names are short ones of our own. */
import type { ConceptRow } from './row.ts';

export const PROCEDURES: readonly ConceptRow[] = [
  // SNOMED: in the domain Procedure
  [4249893, 'Colonoscopy', 'Procedure', 'SNOMED', 'Procedure', 'S', '73761001'],
  [4198190, 'Appendix removal', 'Procedure', 'SNOMED', 'Procedure', 'S', '80146002'],
  [4216130, 'Percutaneous coronary intervention', 'Procedure', 'SNOMED', 'Procedure', 'S', '415070008'],
  [4163872, 'Chest X-ray', 'Procedure', 'SNOMED', 'Procedure', 'S', '399208008'],
  [4230911, 'Echocardiography', 'Procedure', 'SNOMED', 'Procedure', 'S', '40701008'],
  [4163951, 'Electrocardiogram', 'Procedure', 'SNOMED', 'Procedure', 'S', '29303009'],
  [4120120, 'Hemodialysis', 'Procedure', 'SNOMED', 'Procedure', 'S', '302497006'],
  [43531648, 'Total knee replacement', 'Procedure', 'SNOMED', 'Procedure', 'S', '609588000'],
  [4324693, 'Mammography', 'Procedure', 'SNOMED', 'Procedure', 'S', '71651007'],
  [4015701, 'Cesarean section', 'Procedure', 'SNOMED', 'Procedure', 'S', '11466000'],
  [4240345, 'Physical examination', 'Procedure', 'SNOMED', 'Procedure', 'S', '5880005'],
  [4326177, 'Medication reconciliation', 'Procedure', 'SNOMED', 'Procedure', 'S', '430193006'],
  [4170947, 'Bone immobilization', 'Procedure', 'SNOMED', 'Procedure', 'S', '274474001'],
  [4295880, 'Intramuscular injection', 'Procedure', 'SNOMED', 'Procedure', 'S', '76601001'],
  [4191853, 'Allergy screening', 'Procedure', 'SNOMED', 'Procedure', 'S', '395142003'],
  [46272459, 'Health and social needs assessment', 'Procedure', 'SNOMED', 'Procedure', 'S', '710824005'],
  [35621997, 'AUDIT-C assessment', 'Procedure', 'SNOMED', 'Procedure', 'S', '763302001'],
  // SNOMED: called procedures at the bedside, measurements in OMOP
  [4133840, 'Spirometry', 'Measurement', 'SNOMED', 'Procedure', 'S', '127783003'],
  [4064377, 'Depression screening', 'Measurement', 'SNOMED', 'Procedure', 'S', '171207006'],
  [4077697, 'Screening mammography', 'Measurement', 'SNOMED', 'Procedure', 'S', '24623002'],
  [4024958, 'Throat culture', 'Measurement', 'SNOMED', 'Procedure', 'S', '117015009'],
  [44792141, 'AUDIT-C questionnaire', 'Measurement', 'SNOMED', 'Staging / Scales', 'S', '335811000000106'],
  // SNOMED: observations in OMOP
  [
    765467,
    'Documentation of current medications',
    'Observation',
    'SNOMED',
    'Procedure',
    'S',
    '428191000124101',
  ],
  [4138933, 'Admission to intensive care', 'Observation', 'SNOMED', 'Procedure', 'S', '305351004'],
  [44784270, 'Consultation for treatment', 'Observation', 'SNOMED', 'Procedure', 'S', '698314001'],
  // SNOMED: devices
  [45772840, 'Implantable pacemaker', 'Device', 'SNOMED', 'Physical Object', 'S', '706004007'],
  [4224372, 'Glucometer', 'Device', 'SNOMED', 'Physical Object', 'S', '337414009'],
  // HCPCS
  [40664833, 'Annual alcohol misuse screening', 'Procedure', 'HCPCS', 'HCPCS', 'S', 'G0442'],
  [40664725, 'Brief alcohol counseling', 'Procedure', 'HCPCS', 'HCPCS', 'S', 'G0443'],
  [2616271, 'Echocardiography with contrast', 'Procedure', 'HCPCS', 'HCPCS', 'S', 'C8929'],
  [2617342, 'Unscheduled dialysis', 'Procedure', 'HCPCS', 'HCPCS', 'S', 'G0257'],
  [2615795, 'Dual chamber pacemaker', 'Device', 'HCPCS', 'HCPCS', 'S', 'C1785'],
  [704059, 'SARS-CoV-2 nucleic acid detection', 'Measurement', 'HCPCS', 'HCPCS', 'S', 'U0003'],
  // ICD-10-PCS
  [2788038, 'Ventilation, more than 96 hours', 'Procedure', 'ICD10PCS', 'ICD10PCS', 'S', '5A1955Z'],
  [2747267, 'Excision of ascending colon, open', 'Procedure', 'ICD10PCS', 'ICD10PCS', 'S', '0DBK0ZZ'],
  [2788705, 'Transfusion of bone marrow into vein', 'Procedure', 'ICD10PCS', 'ICD10PCS', 'S', '30233G1'],
  // SNOMED: encounter types
  [8715, 'Hospital admission', 'Observation', 'SNOMED', 'Procedure', 'S', '32485007'],
];
