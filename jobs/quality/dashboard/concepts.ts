/**
 * What is plausible for single concepts: our own selection of frequent findings, vital signs and laboratory values. The
 * Data Quality Dashboard's longer list is read from its own file when a site names it (concept-level-file.ts).
 */

export interface ConceptRule {
  readonly name: 'plausibleGender' | 'plausibleGenderUseDescendants' | 'plausibleUnitConceptIds';
  readonly table: string;
  readonly field: string;
  /** One concept, or several with commas between. */
  readonly conceptId: string;
  readonly conceptName: string;
  /** Male or Female; or the ids of plausible units with commas between, -1 for none. */
  readonly value: string;
  readonly threshold: number;
}

const bySex = (
  table: string,
  field: string,
  value: 'Male' | 'Female',
  conceptId: string,
  conceptName: string,
): ConceptRule => ({
  ...{ name: 'plausibleGenderUseDescendants', table, field, conceptId, conceptName, value },
  threshold: 2,
});

const SEX: readonly ConceptRule[] = [
  bySex(
    ...(['condition_occurrence', 'condition_concept_id', 'Male'] as const),
    ...(['4090861, 4025213', 'Finding of the male genitals or reproduction'] as const),
  ),
  bySex(
    ...(['condition_occurrence', 'condition_concept_id', 'Female'] as const),
    '4095793, 443343, 4024004, 4172857, 444094, 197810, 4158481',
    'Finding of the female genitals or reproduction, pregnancy, menopause',
  ),
  bySex(
    ...(['procedure_occurrence', 'procedure_concept_id', 'Female'] as const),
    ...(['4041261', 'Procedure on the female genitals'] as const),
  ),
  bySex(
    ...(['procedure_occurrence', 'procedure_concept_id', 'Male'] as const),
    ...(['4250917, 4077750, 4043199, 4040577', 'Procedure on prostate, scrotum, penis or testis'] as const),
  ),
];

/** Units of one kind of quantity. */
const UNITS = {
  pressure: '8876',
  perMinute: '8483, 8541, 8581',
  percent: '8554',
  percentOrNone: '8554, -1',
  length: '8582, 9327, 9330, 9546',
  weight: '8739, 9346, 9373, 9529',
  temperature: '586323, 9289',
  massIndex: '9531',
  cells: '8784, 8785, 8848, 8961, 9444, 8647',
  redCells: '8734, 8785, 8815, 8931, 9445',
  gramsPerVolume: '8636, 8713',
  volume: '8583',
  picogram: '8564',
  millimoles: '8753, 9557',
  milligramsOrMillimoles: '8840, 8753',
  enzyme: '8645, 8923',
  filtration: '720870, 8795',
} as const;

type Quantity = keyof typeof UNITS;

const MEASURED: readonly (readonly [conceptId: number, conceptName: string, quantity: Quantity])[] = [
  [3004249, 'Systolic blood pressure', 'pressure'],
  [3012888, 'Diastolic blood pressure', 'pressure'],
  [3027018, 'Heart rate', 'perMinute'],
  [3024171, 'Respiratory rate', 'perMinute'],
  [3020891, 'Body temperature', 'temperature'],
  [3006322, 'Oral temperature', 'temperature'],
  [3036277, 'Body height', 'length'],
  [3025315, 'Body weight', 'weight'],
  [3038553, 'Body mass index', 'massIndex'],
  [40762499, 'Oxygen saturation by pulse oximetry', 'percentOrNone'],
  [3000963, 'Hemoglobin in blood', 'gramsPerVolume'],
  [3004410, 'Hemoglobin A1c', 'percent'],
  [3023314, 'Hematocrit, automated', 'percent'],
  [3009542, 'Hematocrit', 'percent'],
  [3020416, 'Erythrocytes in blood, automated', 'redCells'],
  [3000905, 'Leukocytes in blood, automated', 'cells'],
  [3010813, 'Leukocytes in blood', 'cells'],
  [3024929, 'Platelets in blood, automated', 'cells'],
  [3007461, 'Platelets in blood', 'cells'],
  [3013650, 'Neutrophils in blood, automated', 'cells'],
  [3004327, 'Lymphocytes in blood, automated', 'cells'],
  [3019198, 'Lymphocytes in blood', 'cells'],
  [3008342, 'Neutrophils of leukocytes', 'percent'],
  [3037511, 'Lymphocytes of leukocytes', 'percent'],
  [3010457, 'Eosinophils of leukocytes', 'percent'],
  [3013869, 'Basophils of leukocytes', 'percent'],
  [3023599, 'Mean corpuscular volume', 'volume'],
  [3012030, 'Mean corpuscular hemoglobin', 'picogram'],
  [3019897, 'Erythrocyte distribution width', 'percentOrNone'],
  [3019550, 'Sodium in serum', 'millimoles'],
  [3023103, 'Potassium in serum', 'millimoles'],
  [3014576, 'Chloride in serum', 'millimoles'],
  [3015632, 'Carbon dioxide in serum', 'millimoles'],
  [3045716, 'Anion gap in serum', 'millimoles'],
  [3013682, 'Urea nitrogen in serum', 'milligramsOrMillimoles'],
  [3004501, 'Glucose in serum', 'milligramsOrMillimoles'],
  [3000483, 'Glucose in blood', 'milligramsOrMillimoles'],
  [3006906, 'Calcium in serum', 'milligramsOrMillimoles'],
  [3022192, 'Triglyceride in serum', 'milligramsOrMillimoles'],
  [3027114, 'Cholesterol in serum', 'milligramsOrMillimoles'],
  [3007070, 'HDL cholesterol in serum', 'milligramsOrMillimoles'],
  [3024561, 'Albumin in serum', 'gramsPerVolume'],
  [3020630, 'Protein in serum', 'gramsPerVolume'],
  [3006923, 'Alanine aminotransferase in serum', 'enzyme'],
  [3013721, 'Aspartate aminotransferase in serum', 'enzyme'],
  [3035995, 'Alkaline phosphatase in serum', 'enzyme'],
  [3026910, 'Gamma glutamyl transferase in serum', 'enzyme'],
  [3001420, 'Magnesium in serum', 'milligramsOrMillimoles'],
  [46236952, 'Glomerular filtration rate', 'filtration'],
];

export const CONCEPT_RULES: readonly ConceptRule[] = [
  ...SEX,
  ...MEASURED.map(
    ([conceptId, conceptName, quantity]): ConceptRule => ({
      name: 'plausibleUnitConceptIds',
      table: 'measurement',
      field: 'measurement_concept_id',
      conceptId: String(conceptId),
      conceptName,
      value: UNITS[quantity],
      threshold: 5,
    }),
  ),
];
