/**
 * Which concepts a generated vocabulary has: its vocabularies have about the shares that they have in a full
 * Athena download. The Standard concepts come first, so that "is Standard" and "what it maps to" are sums.
 * Concepts are numbered from 0 within the vocabulary; their ids are scattered, as they are in Athena's files.
 */
import { drawsOf } from './draws.ts';
import { type NameKind, nameOf } from './names.ts';

interface Part {
  readonly vocabulary: string;
  readonly share: number;
  readonly domain: string;
  readonly conceptClass: string;
  readonly names: NameKind;
  readonly standard: boolean;
  /** Vocabulary and domain of the parts that its codes map to. */
  readonly mapsTo?: string;
  code(n: number): string;
}

const digits = (n: number, length: number): string => String(n).padStart(length, '0');
const letter = (n: number): string => String.fromCharCode(65 + (n % 26));

const PARTS: readonly Part[] = [
  {
    ...{ vocabulary: 'SNOMED', share: 0.08, domain: 'Condition', conceptClass: 'Disorder', names: 'finding' },
    ...{ standard: true, code: (n) => String(100_000_007 + n * 13) },
  },
  {
    ...{
      vocabulary: 'SNOMED',
      share: 0.05,
      domain: 'Procedure',
      conceptClass: 'Procedure',
      names: 'procedure',
    },
    ...{ standard: true, code: (n) => String(200_000_003 + n * 17) },
  },
  {
    ...{
      vocabulary: 'SNOMED',
      share: 0.06,
      domain: 'Observation',
      conceptClass: 'Clinical Finding',
      names: 'finding',
    },
    ...{ standard: true, code: (n) => String(400_000_009 + n * 11) },
  },
  {
    ...{ vocabulary: 'RxNorm', share: 0.05, domain: 'Drug', conceptClass: 'Clinical Drug', names: 'drug' },
    ...{ standard: true, code: (n) => String(100_000 + n) },
  },
  {
    ...{ vocabulary: 'RxNorm Extension', share: 0.34, domain: 'Drug', conceptClass: 'Marketed Product' },
    ...{ names: 'package', standard: true, code: (n) => `OMOP${1_000_000 + n}` },
  },
  {
    ...{ vocabulary: 'LOINC', share: 0.04, domain: 'Measurement', conceptClass: 'Lab Test', names: 'test' },
    ...{ standard: true, code: (n) => `${10_000 + n}-${n % 10}` },
  },
  {
    ...{ vocabulary: 'SNOMED', share: 0.04, domain: 'Condition', conceptClass: 'Disorder', names: 'finding' },
    ...{ standard: false, mapsTo: 'SNOMED Condition', code: (n) => String(700_000_001 + n * 19) },
  },
  {
    ...{ vocabulary: 'ICD10CM', share: 0.02, domain: 'Condition', conceptClass: '5-char billing code' },
    ...{ names: 'finding', standard: false, mapsTo: 'SNOMED Condition' },
    code: (n) => `${letter(n)}${digits(Math.floor(n / 26) % 100, 2)}.${digits(Math.floor(n / 2600), 3)}`,
  },
  {
    ...{
      vocabulary: 'ICD10PCS',
      share: 0.04,
      domain: 'Procedure',
      conceptClass: 'ICD10PCS',
      names: 'procedure',
    },
    ...{
      standard: false,
      mapsTo: 'SNOMED Procedure',
      code: (n) => n.toString(36).toUpperCase().padStart(7, '0'),
    },
  },
  {
    ...{ vocabulary: 'NDC', share: 0.2, domain: 'Drug', conceptClass: '11-digit NDC', names: 'package' },
    ...{ standard: false, mapsTo: 'RxNorm Drug', code: (n) => digits(n * 7919 + 1, 11) },
  },
  {
    ...{
      vocabulary: 'SPL',
      share: 0.08,
      domain: 'Drug',
      conceptClass: 'Prescription Drug',
      names: 'package',
    },
    ...{ standard: false, mapsTo: 'RxNorm Extension Drug', code: (n) => digits(n * 104_729, 12) },
  },
];

export interface Concept {
  readonly id: number;
  readonly name: string;
  readonly domain: string;
  readonly vocabulary: string;
  readonly conceptClass: string;
  readonly standard: boolean;
  readonly code: string;
  readonly invalid: '' | 'D' | 'U';
}

export interface Shape {
  readonly concepts: number;
  /** How many are Standard; these come first. */
  readonly standard: number;
  readonly vocabularies: readonly string[];
  readonly domains: readonly string[];
  readonly classes: readonly string[];
  idOf(n: number): number;
  concept(n: number): Concept;
  synonym(n: number): string;
  /** The Standard concept that a code maps to: itself where it is Standard. */
  mapsTo(n: number): number;
  /** The parent of a Standard concept other than the first: one nearer the top. */
  parentOf(n: number): number;
}

/** Above every id that the project names. */
const FIRST_ID = 50_000_000;
/**
 * A prime that does not divide any size in use: multiplying by it scatters the numbers without repeating one.
 */
const SCATTER = 1_000_003;
/** Children of each concept in the hierarchy: with 3, a concept of a full release has some 13 ancestors. */
const BRANCHES = 3;

export function shapeOf(concepts: number, seed: number): Shape {
  let from = 0;
  const parts = PARTS.map((part, index) => {
    const last = index === PARTS.length - 1;
    const count = last ? concepts - from : Math.floor(concepts * part.share);
    from += count;
    return { ...part, from: from - count, count };
  });
  if (concepts < 1000 || concepts % SCATTER === 0) throw new Error('expected at least 1,000 concepts');
  const standard = parts.filter((part) => part.standard).reduce((sum, part) => sum + part.count, 0);
  type Placed = (typeof parts)[number];
  const byName = new Map(
    parts.filter((part) => part.standard).map((part) => [`${part.vocabulary} ${part.domain}`, part]),
  );
  const partOf = (n: number): Placed => {
    const found = parts.find((part) => n < part.from + part.count);
    if (!found) throw new Error(`concept ${n} is beyond the last`);
    return found;
  };
  const distinct = (values: readonly string[]): string[] => [...new Set(values)];
  const idOf = (n: number): number => FIRST_ID + ((n * SCATTER) % concepts);
  return {
    ...{ concepts, standard, idOf },
    vocabularies: distinct(parts.map((part) => part.vocabulary)),
    domains: distinct(parts.map((part) => part.domain)),
    classes: distinct(parts.map((part) => part.conceptClass)),
    concept(n) {
      const part = partOf(n);
      const draw = drawsOf(seed, n);
      // One Standard code in 50 has been retired, of the others one in 15.
      const invalid = draw(20) < (part.standard ? 0.02 : 0.07) ? (draw(21) < 0.7 ? 'D' : 'U') : '';
      return {
        ...{ id: idOf(n), name: nameOf(part.names, draw).slice(0, 255), invalid },
        ...{ domain: part.domain, vocabulary: part.vocabulary, conceptClass: part.conceptClass },
        ...{ standard: part.standard && invalid === '', code: part.code(n - part.from) },
      };
    },
    synonym: (n) => nameOf(partOf(n).names, drawsOf(seed + 1, n)),
    mapsTo(n) {
      if (n < standard) return n;
      const target = byName.get(partOf(n).mapsTo ?? '');
      if (!target) return 0;
      return target.from + Math.floor(drawsOf(seed, n)(30) * target.count);
    },
    parentOf: (n) => Math.floor((n - 1) / BRANCHES),
  };
}
