/**
 * Codes that the population uses and that the demo vocabulary lacks on purpose: house codes, second codings, codes of
 * a newer release, units as laboratories write them. They fill the worklist of unmapped codes.
 */

/** The house code system, in the form Epic gives such systems. */
export const LOCAL_SYSTEM = 'urn:oid:1.2.840.114350.1.13.999.2.7.2.696580';

export const UNMAPPED: readonly (readonly [vocabulary: string, code: string, display: string])[] = [
  [LOCAL_SYSTEM, 'LAB-4711', 'House panel, screen'],
  [LOCAL_SYSTEM, 'LAB-4712', 'Fluid appearance'],
  [LOCAL_SYSTEM, 'VS-12', 'Mobility score'],
  [LOCAL_SYSTEM, 'DX-88', 'Frequent attender'],
  [LOCAL_SYSTEM, 'MED-307', 'House mouthwash'],
  [LOCAL_SYSTEM, 'PROC-9', 'Discharge teaching, house protocol'],
  ['ICD10CM', 'E78.5', 'Hyperlipidemia, unspecified'],
  ['ICD10CM', 'J45.909', 'Unspecified asthma, uncomplicated'],
  ['ICD10CM', 'E66.9', 'Obesity, unspecified'],
  ['ICD10CM', 'F41.1', 'Generalized anxiety disorder'],
  ['ICD10CM', 'M54.50', 'Low back pain, unspecified'],
  ['ICD10CM', 'N39.0', 'Urinary tract infection, site not specified'],
  ['ICD10CM', 'J20.9', 'Acute bronchitis, unspecified'],
  ['ICD10CM', 'J18.9', 'Pneumonia, unspecified organism'],
  ['ICD10CM', 'K21.9', 'Gastro-esophageal reflux disease without esophagitis'],
  ['ICD10CM', 'E03.9', 'Hypothyroidism, unspecified'],
  ['RxNorm', '746030', 'atenolol 50 MG / chlorthalidone 25 MG Oral Tablet'],
  ['NDC', '99999-1234-01', 'Compounded cream'],
  ['CVX', '208', 'COVID-19, mRNA, LNP-S'],
  ['SNOMED', '447694001', 'Inhaled'],
  ['SNOMED', '185349003', 'Check-up'],
  ['SNOMED', '50849002', 'Emergency admission'],
  ['SNOMED', '185347001', 'Encounter for a problem'],
  ['UCUM', 'U/L', 'U/L'],
  ['UCUM', '{score}', 'score'],
  ['UCUM', 'mL/min/{1.73_m2}', 'mL/min/1.73m2'],
];

/** In the vocabulary, but neither Standard nor mapped: the row has concept 0 and keeps the source concept. */
export const WITHOUT_TARGET: readonly (readonly [vocabulary: string, code: string])[] = [
  ['LOINC', '33914-3'],
  ['CMS Place of Service', '11'],
  ['Gender', 'O'],
  ['Gender', 'U'],
];
