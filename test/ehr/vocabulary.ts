/**
 * The demo vocabulary as Athena would deliver it: tab-separated files, no quoting, no escaping, LF, dates YYYYMMDD,
 * empty = NULL. Concept ids and codes are those of the OMOP vocabularies; names are shortened and relationships few. What
 * the population uses is covered, save the codes of unmapped.ts. For demos and tests; real work needs Athena's download.
 */

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CONCEPTS, conceptOf } from './concepts/index.ts';
import { CLASS_IDS, DOMAIN_IDS, RELATIONSHIPS, VOCABULARIES } from './concepts/metadata.ts';
import { INGREDIENTS, MAPS_TO, MAPS_TO_VALUE } from './concepts/relations.ts';
import type { ConceptRow } from './concepts/row.ts';

export const VOCABULARY_VERSION = 'demo v1 20-NOV-26';

const FROM = '19700101';
const TO = '20991231';
const ENGLISH = 4180186;
const MILLIGRAM = 8576;

type Line = readonly (string | number)[];

export async function writeVocabulary(dir: string): Promise<void> {
  await mkdir(dir, { recursive: true });
  for (const [name, lines] of Object.entries(vocabularyFiles())) {
    await writeFile(join(dir, name), lines.map((line) => `${line.join('\t')}\n`).join(''));
  }
}

/** File name → lines, the header first. */
export function vocabularyFiles(): Record<string, readonly Line[]> {
  const concepts = [...CONCEPTS, ...metadataConcepts()];
  return {
    'CONCEPT.csv': [
      split(
        'concept_id concept_name domain_id vocabulary_id concept_class_id standard_concept concept_code ' +
          'valid_start_date valid_end_date invalid_reason',
      ),
      ...concepts.map((row) => [...row, FROM, TO, '']),
    ],
    'CONCEPT_RELATIONSHIP.csv': [
      split('concept_id_1 concept_id_2 relationship_id valid_start_date valid_end_date invalid_reason'),
      ...relationships(),
    ],
    'CONCEPT_ANCESTOR.csv': [
      split('ancestor_concept_id descendant_concept_id min_levels_of_separation max_levels_of_separation'),
      ...ancestors(),
    ],
    'CONCEPT_SYNONYM.csv': [
      split('concept_id concept_synonym_name language_concept_id'),
      ...SYNONYMS.map(([vocabulary, code, name]) => [idOf(vocabulary, code), name, ENGLISH]),
    ],
    'DRUG_STRENGTH.csv': [
      split(
        'drug_concept_id ingredient_concept_id amount_value amount_unit_concept_id numerator_value ' +
          'numerator_unit_concept_id denominator_value denominator_unit_concept_id box_size ' +
          'valid_start_date valid_end_date invalid_reason',
      ),
      ...strengths(),
    ],
    'VOCABULARY.csv': [
      split('vocabulary_id vocabulary_name vocabulary_reference vocabulary_version vocabulary_concept_id'),
      ...VOCABULARIES.map(([id, name, conceptId]) => [
        id,
        name,
        'demo',
        id === 'None' ? VOCABULARY_VERSION : 'demo',
        conceptId,
      ]),
    ],
    'DOMAIN.csv': [
      split('domain_id domain_name domain_concept_id'),
      ...used(2, DOMAIN_IDS).map(([id, conceptId]) => [id, id, conceptId]),
    ],
    'CONCEPT_CLASS.csv': [
      split('concept_class_id concept_class_name concept_class_concept_id'),
      ...used(4, CLASS_IDS).map(([id, conceptId]) => [id, id, conceptId]),
    ],
    'RELATIONSHIP.csv': [
      split(
        'relationship_id relationship_name is_hierarchical defines_ancestry reverse_relationship_id ' +
          'relationship_concept_id',
      ),
      ...RELATIONSHIPS,
    ],
  };
}

const SYNONYMS: readonly (readonly [string, string, string])[] = [
  ['SNOMED', '44054006', 'Diabetes mellitus type 2'],
  ['SNOMED', '59621000', 'High blood pressure, primary'],
  ['SNOMED', '22298006', 'Myocardial infarction'],
  ['SNOMED', '13645005', 'Chronic obstructive lung disease'],
  ['LOINC', '4548-4', 'HbA1c'],
  ['LOINC', '2160-0', 'Creat SerPl'],
  ['RxNorm', '6809', '"Glucophage" ingredient'],
];

function relationships(): Line[] {
  const lines: Line[] = [];
  const relate = (one: number, other: number, there: string, back: string) => {
    lines.push([one, other, there, FROM, TO, ''], [other, one, back, FROM, TO, '']);
  };
  const listed = new Set(MAPS_TO.map(([vocabulary, code]) => `${vocabulary}|${code}`));
  for (const [id, , , vocabulary, , standard, code] of CONCEPTS) {
    if (standard === 'S' && !listed.has(`${vocabulary}|${code}`)) relate(id, id, 'Maps to', 'Mapped from');
  }
  for (const [vocabulary, code, targets] of MAPS_TO) {
    for (const target of targets) relate(idOf(vocabulary, code), idOf(...target), 'Maps to', 'Mapped from');
  }
  for (const [vocabulary, code, targets] of MAPS_TO_VALUE) {
    for (const target of targets) {
      relate(idOf(vocabulary, code), idOf(...target), 'Maps to value', 'Value mapped from');
    }
  }
  return lines;
}

/** Each Standard drug above itself, each ingredient above its drugs: as much as drug_era asks for. */
function ancestors(): Line[] {
  const lines: Line[] = [];
  for (const [id, , domain, , , standard] of CONCEPTS) {
    if (standard === 'S' && (domain === 'Drug' || domain === 'Condition')) lines.push([id, id, 0, 0]);
  }
  for (const [drug, ingredients] of Object.entries(INGREDIENTS)) {
    for (const ingredient of ingredients)
      lines.push([idOf('RxNorm', ingredient), idOf('RxNorm', drug), 2, 3]);
  }
  return lines;
}

/** Strength of the tablets and capsules of one ingredient, read from the name (`lisinopril 10 MG Oral Tablet`). */
function strengths(): Line[] {
  return Object.entries(INGREDIENTS).flatMap(([drug, [ingredient, ...more]]) => {
    const name = conceptOf('RxNorm', drug)?.[1] ?? '';
    const amount = /([\d.]+) MG\b(?!\/).*Oral (?:Tablet|Capsule)/i.exec(name)?.[1];
    if (amount === undefined || ingredient === undefined || more.length > 0) return [];
    return [
      [idOf('RxNorm', drug), idOf('RxNorm', ingredient), amount, MILLIGRAM, '', '', '', '', '', FROM, TO, ''],
    ];
  });
}

/** Athena has a concept for each domain, vocabulary, class and relationship; foreign keys point at them. */
function metadataConcepts(): ConceptRow[] {
  const rows = new Map<number, ConceptRow>();
  const add = (id: number, name: string, kind: string) =>
    rows.set(id, [id, name, 'Metadata', kind, kind, '', 'OMOP generated']);
  for (const [name, id] of used(2, DOMAIN_IDS)) add(id, name, 'Domain');
  for (const [name, id] of used(4, CLASS_IDS)) add(id, name, 'Concept Class');
  for (const [, name, id] of VOCABULARIES) add(id, name, 'Vocabulary');
  for (const [name, , , , , id] of RELATIONSHIPS) add(id, name, 'Relationship');
  return [...rows.values()];
}

/** The domains (column 2) or classes (column 4) in use, with their concept ids. */
function used(column: 2 | 4, ids: Readonly<Record<string, number>>): (readonly [string, number])[] {
  const names = new Set([...CONCEPTS.map((row) => row[column]), 'Metadata']);
  for (const own of ['Domain', 'Vocabulary', 'Concept Class', 'Relationship'])
    if (column === 4) names.add(own);
  return [...names]
    .filter((name) => column === 2 || name !== 'None')
    .map((name) => {
      const id = ids[name];
      if (id === undefined) throw new Error(`concepts/metadata.ts has no concept id for '${name}'; add it`);
      return [name, id] as const;
    });
}

function idOf(vocabulary: string, code: string): number {
  const row = conceptOf(vocabulary, code);
  if (row === undefined) throw new Error(`${vocabulary} ${code} is not in test/ehr/concepts; add it`);
  return row[0];
}

function split(header: string): string[] {
  return header.split(' ');
}
