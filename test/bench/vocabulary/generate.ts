/**
 * A vocabulary of Athena's shape and of any size, written as Athena's files; memory does not grow with it.
 * The concepts that the code names are in it too. Its proportions are about those of a full download: six
 * relationships per concept, a synonym for one concept in three, and for a Standard concept its line of
 * ancestors.
 */
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { FIXED_CONCEPTS } from '../../../jobs/map/cdm/concepts.ts';
import { drawsOf } from './draws.ts';
import { type Shape, shapeOf } from './shape.ts';

export interface Size {
  readonly concepts: number;
  readonly relationships: number;
  readonly seed?: number;
}

export async function generateVocabulary(folder: string, size: Size): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [name, text] of Object.entries(vocabularyText(size))) {
    await pipeline(Readable.from(text(), { highWaterMark: 2 }), createWriteStream(join(folder, name)));
  }
}

/** File name → its text in pieces. */
export function vocabularyText({
  concepts,
  relationships,
  seed = 1,
}: Size): Record<string, () => Generator<string>> {
  const shape = shapeOf(concepts, seed);
  return {
    'VOCABULARY.csv': () =>
      file(
        'vocabulary_id vocabulary_name vocabulary_reference vocabulary_version vocabulary_concept_id',
        vocabularies(shape),
      ),
    'DOMAIN.csv': () => file('domain_id domain_name domain_concept_id', names(shape.domains)),
    'CONCEPT_CLASS.csv': () =>
      file('concept_class_id concept_class_name concept_class_concept_id', names(shape.classes)),
    'RELATIONSHIP.csv': () =>
      file(
        'relationship_id relationship_name is_hierarchical defines_ancestry reverse_relationship_id relationship_concept_id',
        relationshipKinds(),
      ),
    'CONCEPT.csv': () =>
      file(
        'concept_id concept_name domain_id vocabulary_id concept_class_id standard_concept concept_code valid_start_date valid_end_date invalid_reason',
        conceptLines(shape),
      ),
    'CONCEPT_RELATIONSHIP.csv': () =>
      file(
        'concept_id_1 concept_id_2 relationship_id valid_start_date valid_end_date invalid_reason',
        relationshipLines(shape, relationships, seed),
      ),
    'CONCEPT_SYNONYM.csv': () =>
      file('concept_id concept_synonym_name language_concept_id', synonymLines(shape, seed)),
    'CONCEPT_ANCESTOR.csv': () =>
      file(
        'ancestor_concept_id descendant_concept_id min_levels_of_separation max_levels_of_separation',
        ancestorLines(shape),
      ),
    'DRUG_STRENGTH.csv': () =>
      file(
        'drug_concept_id ingredient_concept_id amount_value amount_unit_concept_id numerator_value numerator_unit_concept_id denominator_value denominator_unit_concept_id box_size valid_start_date valid_end_date invalid_reason',
        strengthLines(shape),
      ),
  };
}

const PIECE = 256 * 1024;

function* file(columns: string, lines: Iterable<string>): Generator<string> {
  let piece = `${columns.replaceAll(' ', '\t')}\n`;
  for (const line of lines) {
    piece += line;
    if (piece.length < PIECE) continue;
    yield piece;
    piece = '';
  }
  yield piece;
}

const VALID = '19700101\t20991231\t\n';
const RETIRED = '19700101\t20200101\t';

function* vocabularies(shape: Shape): Generator<string> {
  yield 'None\tOMOP Standardized Vocabularies\tgenerated\tgenerated 1\t0\n';
  for (const name of shape.vocabularies) yield `${name}\t${name}\tgenerated\tgenerated 1\t0\n`;
}

function* names(all: readonly string[]): Generator<string> {
  for (const name of all) yield `${name}\t${name}\t0\n`;
}

function* conceptLines(shape: Shape): Generator<string> {
  yield `0\tNo matching concept\tMetadata\tNone\tUndefined\t\tNo matching concept\t${VALID}`;
  for (const fixed of FIXED_CONCEPTS) {
    const standard = fixed.standard === false ? '' : 'S';
    yield `${fixed.id}\t${fixed.name}\t${fixed.domain}\tNone\tUndefined\t${standard}\tOMOP-${fixed.id}\t${VALID}`;
  }
  for (let n = 0; n < shape.concepts; n++) {
    const { id, name, domain, vocabulary, conceptClass, standard, code, invalid } = shape.concept(n);
    const validity = invalid === '' ? VALID : `${RETIRED}${invalid}\n`;
    yield `${id}\t${name}\t${domain}\t${vocabulary}\t${conceptClass}\t${standard ? 'S' : ''}\t${code}\t${validity}`;
  }
}

/** Besides mappings and hierarchy: what fills a full release's table. */
const OTHERS: readonly (readonly [string, string])[] = [
  ['Has finding site', 'Finding site of'],
  ['RxNorm has dose form', 'RxNorm dose form of'],
  ['Has asso morph', 'Asso morph of'],
  ['Has marketed form', 'Marketed form of'],
  ['Has method', 'Method of'],
  ['Concept replaces', 'Concept replaced by'],
];

function* relationshipKinds(): Generator<string> {
  const pairs = [['Maps to', 'Mapped from'], ['Is a', 'Subsumes'], ...OTHERS];
  for (const [there = '', back = ''] of pairs) {
    yield `${there}\t${there}\t0\t0\t${back}\t0\n${back}\t${back}\t0\t0\t${there}\t0\n`;
  }
}

/**
 * Goes over all concepts in rounds: maps, hierarchy, then the others, each with its reverse, until there are
 * enough.
 */
function* relationshipLines(shape: Shape, count: number, seed: number): Generator<string> {
  const { concepts, standard, idOf, mapsTo, parentOf } = shape;
  for (let made = 0, round = 0; made < count; round++) {
    const [there, back] =
      round === 0 ? ['Maps to', 'Mapped from'] : round === 1 ? ['Is a', 'Subsumes'] : other(round);
    for (let n = 0; n < concepts && made < count; n++) {
      if (round === 1 && (n === 0 || n >= standard)) continue;
      const target =
        round === 0
          ? mapsTo(n)
          : round === 1
            ? parentOf(n)
            : Math.floor(drawsOf(seed, n)(100 + round) * concepts);
      const validity = (n + round) % 40 === 7 ? `${RETIRED}D\n` : VALID;
      const [from, to] = [idOf(n), idOf(target)];
      made += 2;
      yield `${from}\t${to}\t${there}\t${validity}${to}\t${from}\t${back}\t${validity}`;
    }
  }
}

function other(round: number): readonly [string, string] {
  return OTHERS[round % OTHERS.length] ?? ['Is a', 'Subsumes'];
}

function* synonymLines(shape: Shape, seed: number): Generator<string> {
  for (let n = 0; n < shape.concepts; n++) {
    if (drawsOf(seed, n)(40) < 1 / 3) yield `${shape.idOf(n)}\t${shape.synonym(n)}\t4180186\n`;
  }
}

function* ancestorLines(shape: Shape): Generator<string> {
  for (let n = 0; n < shape.standard; n++) {
    const id = shape.idOf(n);
    let lines = `${id}\t${id}\t0\t0\n`;
    for (let above = n, levels = 1; above > 0; levels++) {
      above = shape.parentOf(above);
      lines += `${shape.idOf(above)}\t${id}\t${levels}\t${levels}\n`;
    }
    yield lines;
  }
}

function* strengthLines(shape: Shape): Generator<string> {
  for (let n = 0; n < shape.standard; n++) {
    if (shape.concept(n).domain !== 'Drug') continue;
    yield `${shape.idOf(n)}\t${shape.idOf(n % 20_000)}\t${(n % 200) * 5}\t8576\t\t\t\t\t\t${VALID}`;
  }
}
