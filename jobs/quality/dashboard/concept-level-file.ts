/**
 * The file of checks of single concepts that the Data Quality Dashboard ships and sites change
 * (OMOP_CDMv5.4_Concept_Level.csv): plausibleGender, plausibleGenderUseDescendants and plausibleUnitConceptIds are read.
 */
import { readCsvFile } from '../../step/csv-file.ts';
import { syncError } from '../../step/errors.ts';
import { FIELDS } from './cdm-fields.ts';
import type { ConceptRule } from './concepts.ts';

const NAMES = ['plausibleGender', 'plausibleGenderUseDescendants', 'plausibleUnitConceptIds'] as const;
const IDS = /^\s*-?\d{1,10}(\s*,\s*-?\d{1,10})*\s*$/;
const MAX_RULES = 20_000;

export async function readConceptLevelFile(path: string): Promise<ConceptRule[]> {
  const rules: ConceptRule[] = [];
  // A pass takes long, and two results of one check cannot be stored at its end.
  const known = new Map<string, string>();
  let header: readonly string[] | undefined;
  let line = 1;
  for await (const row of readCsvFile(path)) {
    line = row.line;
    if (!header) {
      header = row.fields;
      continue;
    }
    const cells = Object.fromEntries(header.map((name, at) => [name, row.fields[at]]));
    for (const rule of rulesOf(cells, line)) {
      const { name, table, field, conceptId, value, threshold } = rule;
      const id = [name, table, field, conceptId.replaceAll(/\s/g, '')].join();
      const [asked, before] = [`${value} ${threshold}`, known.get(id)];
      if (before === asked) continue;
      if (before !== undefined) throw refused(line, 'each check once', `${name} of ${conceptId} again`);
      known.set(id, asked);
      rules.push(rule);
    }
    if (rules.length > MAX_RULES) throw refused(line, `at most ${MAX_RULES} checks`, 'more');
  }
  if (rules.length === 0)
    throw refused(line, `a column ${NAMES.join(', ')} with values, and conceptId`, 'none');
  return rules;
}

function rulesOf(row: Readonly<Record<string, string | undefined>>, line: number): ConceptRule[] {
  return NAMES.flatMap((name) => {
    const value = row[name]?.trim();
    if (!value || value === 'NA') return [];
    const table = row['cdmTableName']?.toLowerCase() ?? '';
    const field = row['cdmFieldName']?.toLowerCase() ?? '';
    const conceptId = row['conceptId'] ?? '';
    const threshold = Number(row[`${name}Threshold`]?.trim() || '0');
    if (!FIELDS.some((one) => one.table === table && one.field === field))
      throw refused(line, 'cdmTableName and cdmFieldName of the CDM', `${table}.${field}`);
    if (!field.endsWith('concept_id')) throw refused(line, 'a field of concepts', `${table}.${field}`);
    const beside = name === 'plausibleUnitConceptIds' ? 'unit_concept_id' : 'person_id';
    if (!FIELDS.some((one) => one.table === table && one.field === beside))
      throw refused(line, `a table with ${beside}`, table);
    if (!IDS.test(conceptId)) throw refused(line, 'conceptId: numbers', conceptId);
    const good = name === 'plausibleUnitConceptIds' ? IDS.test(value) : /^(Male|Female)$/.test(value);
    if (!good) throw refused(line, `${name}: Male or Female, or ids of units`, value);
    if (!(threshold >= 0 && threshold <= 100))
      throw refused(line, `${name}Threshold: 0 to 100`, row[`${name}Threshold`] ?? '');
    return [
      { ...{ name, table, field, conceptId, value, threshold }, conceptName: row['conceptName'] ?? '' },
    ];
  });
}

const refused = (line: number, expected: string, came: string): Error =>
  syncError('concept-level-file', { line, expected, came: came.slice(0, 60) });
