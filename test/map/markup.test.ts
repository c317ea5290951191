/** HTML and XML to text, whatever is sent: the golden cases (documents--note) show what it gives. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wordsOf } from '../../jobs/map/clinical/markup.ts';
import { LONG_RUN } from '../long-run.ts';

/** A scanner that looked for anything twice would not come to its end with these before the test is given up. */
const LONG = 400_000;
const hostile = [
  ...[
    '<',
    '<!--',
    '<![CDATA[',
    '<?',
    '<script>',
    '&',
    '&#',
    '&amp',
    '\n ',
    ' ',
    "<a '>",
    '<a \'><b ">',
    '<td>',
    '<br>\n',
  ],
];
/** They are variants of these. */
const more = ['<a', '</', '<a "', '<a "> "'];

describe('markup', () => {
  it.each([...hostile, ...(LONG_RUN ? more : [])])(
    'is read in one pass: %j, 400,000 characters of it',
    (piece) => {
      const markup = piece.repeat(LONG / piece.length);
      for (const language of ['html', 'xml'] as const) {
        expect(wordsOf(markup, language).length).toBeLessThanOrEqual(markup.length);
        expect(typeof wordsOf(`${markup}"x`, language)).toBe('string');
      }
    },
  );

  it('keeps what has neither tags nor entities', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[^<&\s]{0,50}$/u), (words) => {
        expect(wordsOf(words, 'html')).toBe(words);
        expect(wordsOf(words, 'xml')).toBe(words);
      }),
    );
  });

  it('never lets a tag through whose end it has seen', () => {
    const piece = fc.constantFrom(
      '<p>',
      '</p>',
      '<b class="x>y">',
      '<br/>',
      '<!-- c -->',
      'word',
      ' ',
      '\n',
      '<td>',
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        expect(wordsOf(pieces.join(''), 'html')).not.toMatch(/[<>]/);
      }),
    );
  });
});
