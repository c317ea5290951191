/**
 * What leads where in the demo vocabulary, by code. A Standard concept maps to itself and is not listed.
 * Those of ICD-10-CM are chosen to show each shape that a loader meets (one to many, another domain, `Maps to value`)
 * and are not a release's own.
 */

type Codes = readonly (readonly [vocabulary: string, code: string])[];

export const MAPS_TO: readonly (readonly [vocabulary: string, code: string, targets: Codes])[] = [
  ['ICD10CM', 'E11.9', [['SNOMED', '44054006']]],
  ['ICD10CM', 'I10', [['SNOMED', '59621000']]],
  ['ICD10CM', 'K92.2', [['SNOMED', '74474003']]],
  ['ICD10CM', 'N92.1', [['SNOMED', '386692008']]],
  // A diagnosis whose target belongs to the observation table.
  ['ICD10CM', 'Z38.00', [['SNOMED', '442311008']]],
  ['ICD10CM', 'Z85.118', [['OMOP Extension', 'OMOP5165859']]],
  ['ICD10CM', 'Z94.81', [['SNOMED', '737300001']]],
  // One code, two conditions.
  [
    'ICD10CM',
    'V89.2XXA',
    [
      ['SNOMED', '36198007'],
      ['SNOMED', '407153006'],
    ],
  ],
  ['SNOMED', '15777000', [['SNOMED', '9414007']]],
  ['SNOMED', '65588006', [['SNOMED', '771299009']]],
  ['SNOMED', '294499007', [['SNOMED', '416098002']]],
  // One code, two targets, in two domains: the questionnaire is done (procedure) and it is a scale (measurement).
  [
    'SNOMED',
    '763302001',
    [
      ['SNOMED', '763302001'],
      ['SNOMED', '335811000000106'],
    ],
  ],
  [
    'SNOMED',
    '8517006',
    [
      ['OMOP Extension', 'OMOP5181833'],
      ['OMOP Extension', 'OMOP5165859'],
    ],
  ],
  ['NDC', '00025152531', [['RxNorm', '213469']]],
  ['NDC', '00781178901', [['RxNorm', '855926']]],
  ['NDC', '13668021990', [['RxNorm', '349490']]],
];

export const MAPS_TO_VALUE: readonly (readonly [vocabulary: string, code: string, targets: Codes])[] = [
  ['SNOMED', '294499007', [['RxNorm', '7980']]],
  ['ICD10CM', 'Z85.118', [['SNOMED', '363358000']]],
];

/** RxNorm drug → RxNorm ingredients: CONCEPT_ANCESTOR, which drug_era needs. */
export const INGREDIENTS: Readonly<Record<string, readonly string[]>> = {
  '310798': ['5487'],
  '314231': ['36567'],
  '312961': ['36567'],
  '259255': ['83367'],
  '314076': ['29046'],
  '314077': ['29046'],
  '197361': ['17767'],
  '308136': ['17767'],
  '860975': ['6809'],
  '855332': ['11289'],
  '197604': ['3407'],
  '309362': ['32968'],
  '895994': ['41126'],
  '745679': ['435'],
  '896209': ['41126', '36117'],
  '313782': ['161'],
  '198440': ['161'],
  '310965': ['5640'],
  '849574': ['7258'],
  '198014': ['7258'],
  '562251': ['723', '48203'],
  '308182': ['723'],
  '308192': ['723'],
  '834102': ['7984'],
  '966222': ['10582'],
  '979492': ['52175'],
  '312938': ['36437'],
  '310385': ['4493'],
  '313988': ['4603'],
  '312615': ['8640'],
  '312617': ['8640'],
  '308460': ['18631'],
  '1049221': ['7804', '161'],
  '857005': ['5489', '161'],
  '243670': ['1191'],
  '1740467': ['26225'],
  '1732136': ['7052'],
  '705129': ['4917'],
  '1659263': ['5224'],
  '854235': ['67108'],
  '213469': ['140587'],
  '855926': ['3355'],
  '349490': ['89013'],
};
