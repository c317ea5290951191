/**
 * How units are printed, by the UCUM code of what is meant. Reviewed by hand; that each target is UCUM, and that no spelling
 * is UCUM for something else unless MISREAD says so, test/map/units.test.ts checks with a UCUM library.
 *
 * Only what is unambiguous is here: "m/uL" (million? metre?), "G/L" (giga? gram?), "MU/L" and a bare "u" or "M" are not.
 * "pH" needs no entry, picohenry in UCUM as it is: OMOP writes the unit of pH so. units.ts tidies a printed unit
 * before it looks here: micro signs are u, superscripts digits, blanks around a slash gone, 10^3 and 10E3 are 10*3.
 */

const PRINTED: Readonly<Record<string, string>> = {
  // Mass, volume, length, time.
  kg: 'kgs|Kg|KG|kilogram|kilograms',
  g: 'gm|gms|gram|grams|GM',
  mg: 'mgs|milligram|milligrams',
  ug: 'mcg|mcgs|microgram|micrograms|MCG',
  '[lb_av]': 'lb|lbs|pound|pounds|LB|LBS',
  '[oz_av]': 'oz|ounce|ounces',
  L: 'l|liter|liters|litre|litres',
  mL: 'ml|cc|milliliter|milliliters|millilitre|millilitres|mLs|mls',
  dL: 'dl',
  fL: 'fl|FL',
  cm: 'cms|CM|centimeter|centimeters',
  mm: 'MM|millimeter|millimeters',
  '[in_i]': 'in|inch|inches|Inches',
  s: 'sec|secs|second|seconds|SEC|Seconds',
  min: 'mins|minute|minutes',
  h: 'hr|hrs|hour|hours',
  d: 'day|days|Day(s)',
  wk: 'week|weeks|wks',
  mo: 'month|months|mos',
  a: 'yr|yrs|year|years',
  'kg/m2': 'kg/m^2|kg/sq m|kg/sqm|KG/M2',
  m2: 'm^2|sq m',
  // Vital signs.
  Cel: 'degC|deg C|DegC|°C|degrees C|Celsius|degree Celsius|degrees Celsius|CEL',
  '[degF]': 'degF|deg F|DegF|°F|degrees F|Fahrenheit|degree Fahrenheit|degrees Fahrenheit',
  'mm[Hg]': 'mmHg|mm Hg|mmhg|MMHG|mm(Hg)|mm hg',
  'cm[H2O]': 'cmH2O|cm H2O|cmH20|cm H20',
  '/min':
    'bpm|BPM|beats/min|beats/minute|beats per minute|breaths/min|breaths/minute|breaths per minute|br/min|resp/min|/minute|per minute|1/min',
  'L/min': 'l/min|LPM|lpm|L/minute|liters/min',
  // Parts.
  '%': 'percent|Percent|pct|% of Hgb|% of total Hgb|% of total Hb|%Hb|per cent',
  '{ratio}': 'ratio|Ratio|RATIO',
  '{score}': 'score|Score|points|Points',
  '{titer}': 'titer|Titer',
  // Concentrations.
  'mg/dL': 'mg/dl|MG/DL|mg/100mL|mg/100ml|milligrams/dL|mgs/dL',
  'g/dL': 'g/dl|gm/dL|gm/dl|gms/dL|G/DL|GM/DL|g/100mL|grams/dL',
  'g/L': 'g/l|gm/L|gm/l',
  'mg/L': 'mg/l',
  'mg/mL': 'mg/ml',
  'ug/dL': 'ug/dl|mcg/dL|mcg/dl|UG/DL|MCG/DL',
  'ug/L': 'ug/l|mcg/L|mcg/l',
  'ug/mL': 'ug/ml|mcg/mL|mcg/ml|UG/ML|MCG/ML',
  'ng/mL': 'ng/ml|NG/ML',
  'ng/dL': 'ng/dl|NG/DL',
  'ng/L': 'ng/l',
  'pg/mL': 'pg/ml',
  'pg/dL': 'pg/dl',
  'mmol/L': 'mmol/l|MMOL/L|mmoles/L|mM/L',
  'umol/L': 'umol/l|UMOL/L|mcmol/L|mcmol/l|umoles/L',
  'nmol/L': 'nmol/l|NMOL/L',
  'pmol/L': 'pmol/l|PMOL/L',
  meq: 'mEq|MEQ|mEQ',
  'meq/L': 'mEq/L|mEq/l|meq/l|MEQ/L|mEQ/L',
  'mosm/kg': 'mOsm/kg|mosmol/kg|mOsmol/kg|MOSM/KG|mOsm/kg H2O|mOsm/kgH2O',
  'mosm/L': 'mOsm/L|mosmol/L',
  'mg/g{creat}': 'mg/g creat|mg/g Creat|mg/gCreat|mg/g Cr|mg/g creatinine',
  'ug/mg': 'mcg/mg',
  'ug/mg{creat}': 'mcg/mg creat|ug/mg creat|mcg/mg Creat',
  'mg/(24.h)': 'mg/24h|mg/24 h|mg/24hr|mg/24 hr|mg/24hrs|mg/24 hours|mg/day',
  'g/(24.h)': 'g/24h|g/24 h|g/24hr|g/24 hr|g/day|gm/24h|gm/24hr',
  'mL/(24.h)': 'mL/24h|mL/24 h|mL/24hr|mL/day|ml/24h|ml/day',
  // Units of activity.
  U: 'unit|units|Units|UNT|UNITS',
  '[iU]': 'IU|iU|international unit|international units',
  'U/L': 'U/l|units/L|Units/L|unit/L|UNITS/L',
  'U/mL': 'U/ml|units/mL|Units/mL',
  'kU/L': 'KU/L|kU/l|kUnits/L',
  'mU/L': 'mU/l',
  'mU/mL': 'mU/ml',
  'uU/mL': 'uU/ml|mcU/mL|UU/ML',
  '[iU]/L': 'IU/L|iU/L|IU/l|iu/L|iu/l|int units/L',
  '[iU]/mL': 'IU/mL|IU/ml|iU/mL|iu/mL|iu/ml|IU/ML',
  'k[iU]/L': 'kIU/L|KIU/L|kIU/l',
  'm[iU]/L': 'mIU/L|mIU/l|MIU/L|miu/L',
  'm[iU]/mL': 'mIU/mL|mIU/ml|MIU/ML|miu/mL',
  'u[iU]/mL': 'uIU/mL|uIU/ml|UIU/ML|mcIU/mL|mcIU/ml',
  // Counts.
  '10*3/uL':
    'K/mcL|k/uL|k/mcL|K/cumm|K/cmm|k/ul|10*3/mcL|10*3/ul|x10*3/uL|x10*3/mcL|x10*3/ul|X10*3/uL|10(3)/uL|10(3)/mcL|x10(3)/uL|x10(3)/mcL|10x3/uL|thou/uL|thou/mcL|thou/cumm|thous/uL|thous/mcL|Thous/mcL|THOU/uL|thousand/uL|thousands/uL|Thousand/uL|1000/uL|x1000/uL',
  '10*3/mm3': '10*3/cumm|x10*3/mm3|thou/mm3',
  '10*6/uL':
    'M/uL|M/mcL|M/cumm|M/ul|10*6/mcL|10*6/ul|x10*6/uL|x10*6/mcL|x10*6/ul|X10*6/uL|10(6)/uL|x10(6)/uL|x10(6)/mcL|10x6/uL|mil/uL|mil/mcL|mill/uL|mill/mcL|Mill/mcL|million/uL|Million/uL|millions/uL',
  '10*6/mm3': '10*6/cumm|M/mm3',
  '10*9/L': '10*9/l|x10*9/L|X10*9/L|x10*9/l|10(9)/L|10x9/L|Giga/L|Gpt/L|Gpt/l',
  '10*12/L': '10*12/l|x10*12/L|X10*12/L|x10*12/l|10(12)/L|10x12/L|Tera/L|Tpt/L|Tpt/l',
  '{cells}/uL': 'cells/uL|cells/mcL|cells/ul|Cells/uL|cells/cumm|cell/uL',
  '/uL': '/mcL|/ul|#/uL|per uL',
  '/mm3': '/cumm|/cu mm',
  '{copies}/mL': 'copies/mL|copies/ml|Copies/mL|cp/mL',
  '/[HPF]': '/hpf|/HPF|per hpf|/high power field',
  '/[LPF]': '/lpf|/LPF|per lpf|/low power field',
  // Rates.
  'mL/min': 'ml/min|mL/minute|cc/min',
  'mm/h': 'mm/hr|MM/HR|mm/hour|mm/Hr',
  'mL/min/(173.10*-2.m2)':
    'mL/min/1.73m2|mL/min/1.73 m2|mL/min/1.73m^2|mL/min/1.73 m^2|ml/min/1.73m2|ml/min/1.73 m2|mL/min/1.73sq m|mL/min/1.73 sq m|mL/min/1.73sqm|mL/min/1.73sq.m|mL/min per 1.73 m2|mL/min/{1.73 m2}',
  'L/min/m2': 'L/min/m^2|l/min/m2',
  // Doses.
  '{tbl}': 'tablet|tablets|Tablet|tab|tabs|Tab|TAB|{tablet}',
  '[drp]': 'drop|drops|gtt|gtts',
};

/** Spellings that UCUM itself reads as something else, which nobody means: what UCUM reads, and what is meant. */
export const MISREAD: Readonly<Record<string, readonly [ucumReads: string, meant: string]>> = {
  'K/uL': ['kelvin per microliter', '10*3/uL'],
  'K/ul': ['kelvin per microliter', '10*3/uL'],
  'K/mm3': ['kelvin per cubic millimeter', '10*3/mm3'],
  'u/L': ['unified atomic mass unit per liter', 'U/L'],
  'u/l': ['unified atomic mass unit per liter', 'U/L'],
  'u/mL': ['unified atomic mass unit per milliliter', 'U/mL'],
  'G/l': ['gauss per liter', '10*9/L'],
  'T/L': ['tesla per liter', '10*12/L'],
  'T/l': ['tesla per liter', '10*12/L'],
  'MG/L': ['megagauss per liter', 'mg/L'],
  'PG/ML': ['petagauss per megaliter', 'pg/mL'],
  'Mil/uL': ['mega-international mile per microliter', '10*6/uL'],
  C: ['coulomb', 'Cel'],
  F: ['farad', '[degF]'],
  ft: ['femtotonne', '[ft_i]'],
  G: ['gauss', 'g'],
  MG: ['megagauss', 'mg'],
  ML: ['megaliter', 'mL'],
  'mL/min/{1.73_m2}': ['milliliter per minute', 'mL/min/(173.10*-2.m2)'],
  'mL/min/{1.73m2}': ['milliliter per minute', 'mL/min/(173.10*-2.m2)'],
  'mL/min/1.73.m2': ['milliliter per minute times square meter', 'mL/min/(173.10*-2.m2)'],
};

/** Printed form → UCUM. */
export const SPELLINGS: ReadonlyMap<string, string> = new Map(
  Object.entries(PRINTED).flatMap(([ucum, printed]) =>
    printed.split('|').map((spelling): [string, string] => [spelling, ucum]),
  ),
);
