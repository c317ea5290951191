/**
 * The forms in which a vocabulary may hold a code that was sent, best first. The first form is the code as sent;
 * the others are guesses, and of guesses only one may exist: a 10-digit NDC without hyphens stands for three
 * different packages, and the wrong drug is worse than none (see resolve.ts).
 */

const UPPER_CASE = new Set([
  'ICD10',
  'ICD10CM',
  'ICD10PCS',
  'ICD9CM',
  'ICDO3',
  'LOINC',
  'CPT4',
  'HCPCS',
  'NUCC',
  'ATC',
]);
const WITHOUT_BLANKS = new Set([...UPPER_CASE, 'SNOMED', 'RxNorm', 'CVX', 'ICD9Proc']);
/** Where the dot of an undotted code belongs. ICD-9-CM's E codes have four characters before it. */
const DOT_AFTER = new Map<string, (code: string) => number>([
  ['ICD10', () => 3],
  ['ICD10CM', () => 3],
  ['ICD9CM', (code) => (code.startsWith('E') ? 4 : 3)],
  ['ICD9Proc', () => 2],
]);

/** Of vocabularies that write codes in a way of their own. */
const GUESSES = new Map<string, (sent: string) => string[]>([
  ['NDC', ndc],
  ['UCUM', ucum],
]);

export interface Forms {
  readonly asSent: string;
  readonly guesses: readonly string[];
}

export function normalise(vocabularyId: string, code: string): Forms {
  const asSent = code.trim();
  const guesses = GUESSES.get(vocabularyId)?.(asSent) ?? spellings(vocabularyId, asSent);
  return { asSent, guesses: [...new Set(guesses)].filter((guess) => guess !== asSent && guess !== '') };
}

function spellings(vocabularyId: string, sent: string): string[] {
  // No code of these vocabularies has a blank in it.
  const code = WITHOUT_BLANKS.has(vocabularyId) ? sent.replaceAll(/\s/g, '') : sent;
  // Two digits at least: 08, 140.
  if (vocabularyId === 'CVX') return [code.replace(/^0+(?=\d)/, '').replace(/^\d$/, '0$&')];
  const upper = UPPER_CASE.has(vocabularyId) ? code.toUpperCase() : code;
  const dotAfter = DOT_AFTER.get(vocabularyId);
  if (!dotAfter) return [vocabularyId === 'ICD10PCS' ? upper.replaceAll('.', '') : upper];
  const bare = upper.replace(/\.$/, '');
  if (bare.includes('.') || bare.length <= dotAfter(bare)) return [bare];
  return [`${bare.slice(0, dotAfter(bare))}.${bare.slice(dotAfter(bare))}`];
}

/**
 * OMOP writes units of activity in brackets (UCUM's U is [U] there), their multiples and those of equivalents as powers of
 * ten, a day below the line as 24 hours, and a few units in another kind of brackets.
 */
function ucum(code: string): string[] {
  const written = code
    .replaceAll('[IU]', '[iU]')
    .replaceAll('[pH]', 'pH')
    .replace(/^\{score\}$/, '[score]')
    .replaceAll('[lb_av]', '[lb_us]')
    .replace(/\/d$/, '/(24.h)')
    .replace(/(^|[/.])U(?![A-Za-z\]])/g, '$1[U]')
    .replace(/^([kMmun])(U|\[iU\]|eq)(?![A-Za-z\]])/, (_, prefix: string, unit: string) => {
      return `${POWERS[prefix]}.${unit === 'U' ? '[U]' : unit}`;
    });
  return [written];
}

const POWERS: Readonly<Record<string, string>> = { k: '10*3', M: '10*6', m: '10*-3', u: '10*-6', n: '10*-9' };

/**
 * OMOP has NDCs as 11 digits: labeler 5, product 4, package 2. On the package they are 10 digits in one of three
 * layouts, 4-4-2, 5-3-2 and 5-4-1; the part that is one short gets a leading zero. Product codes without the
 * package (4-4, 5-3, 5-4) are there as 9 digits.
 */
function ndc(code: string): string[] {
  const compact = code.replaceAll(/\s/g, '');
  const parts = compact.split('-');
  if (!parts.every((part) => /^\d+$/.test(part))) return [];
  const [labeler = '', product = '', pack] = parts;
  if (parts.length === 3 || parts.length === 2) {
    const padded = labeler.padStart(5, '0') + product.padStart(4, '0') + (pack?.padStart(2, '0') ?? '');
    return padded.length === (pack === undefined ? 9 : 11) ? [padded] : [];
  }
  if (parts.length > 3) return [];
  if (compact.length !== 10) return [compact];
  return [
    `0${compact}`,
    `${compact.slice(0, 5)}0${compact.slice(5)}`,
    `${compact.slice(0, 9)}0${compact.slice(9)}`,
  ];
}
