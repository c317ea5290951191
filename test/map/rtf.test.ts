/** What is read of notes in RTF. */
import { describe, expect, it } from 'vitest';
import { wordsOfRtf } from '../../jobs/map/clinical/rtf.ts';
import { short } from '../long-run.ts';

const words = (rtf: string) => wordsOfRtf(Buffer.from(rtf, 'latin1'));

describe('a note in RTF', () => {
  it.each([
    [
      'as words, without its fonts, colours, styles and author',
      NOTE_OF_A_WORD_PROCESSOR(),
      'Fever, 38°.\nCough.',
    ],
    [
      'with line ends at paragraphs, rows and pages',
      '{\\rtf1 a\\par b\\line c\\page d\\row e}',
      'a\nb\nc\nd\ne',
    ],
    ['with blanks between cells', '{\\rtf1\\trowd a\\cell b\\cell\\row c\\cell\\row}', 'a b\nc'],
    ['with letters of its code page', "{\\rtf1\\ansi\\ansicpg1252 M\\'fcller}", 'Müller'],
    ['with letters of a code page of two bytes', "{\\rtf1\\ansi\\ansicpg932 \\'93\\'fa\\'96\\'7b}", '日本'],
    [
      'with letters of the code page of their font',
      "{\\rtf1\\ansi\\ansicpg1252{\\fonttbl{\\f0 A;}{\\f1\\fcharset204 B;}}\\f1\\'c4\\'e0{\\f0\\'fc}}",
      'Даü',
    ],
    [
      'with Unicode once, not with its substitutes',
      "{\\rtf1\\uc1 \\u8805? 5 \\u-10179?\\u-8704? \\u228\\'e4{\\uc0\\u8804}7}",
      '≥ 5 😀 ä≤7',
    ],
    ['with raw letters of its code page', '{\\rtf1\\ansi caf\u00e9}', 'café'],
    ['with signs that are controls elsewhere', '{\\rtf1 \\{a\\\\b\\} c\\~d\\_e\\-f}', '{a\\b} c d-ef'],
    [
      'without pictures and what is binary',
      '{\\rtf1 a{\\pict\\pngblip 89504e47}{\\*\\x\\bin4 }}}}b}c}',
      'ac',
    ],
    [
      'without the instructions of fields',
      '{\\rtf1 {\\field{\\*\\fldinst HYPERLINK "x"}{\\fldrslt link}}}',
      'link',
    ],
    ['up to its end', '{\\rtf1 a} b', 'a'],
    ['where it is cut short', '{\\rtf1 a {\\b b', 'a b'],
    ['where it has no words', '{\\rtf1{\\info{\\title t}}}', ''],
  ])('is read %s', (_, rtf, expected) => {
    expect(words(rtf)).toBe(expected);
  });

  it('is unreadable when it is none, or has letters of a code page that is not known', () => {
    expect(words('Fever')).toBeUndefined();
    expect(words("{\\rtf1\\pc M\\'81ller}")).toBeUndefined();
    expect(words('{\\rtf1\\pc Miller}')).toBe('Miller');
  });

  it('is unreadable when its groups are nested deeper than anybody writes, before they fill the memory', () => {
    const nested = (depth: number) => `${'{\\b '.repeat(depth)}a${'}'.repeat(depth)}`;
    expect(words(`{\\rtf1 ${nested(900)}}`)).toBe('a');
    expect(words(`{\\rtf1 ${nested(2000)}}`)).toBeUndefined();
  });

  it('is read in one pass: with 400,000 of anything, going back would take more steps than a test is given', () => {
    const parts = [
      ...['{\\f1\\fcharset204 ', 'a{\\*\\', '{'],
      ...['\\u1?', "\\'e4", '\\', '\\bin9', '}{', '\\par '],
    ];
    for (const part of short(parts, 3)) words(`{\\rtf1 ${part.repeat(400_000)}`);
  });
});

function NOTE_OF_A_WORD_PROCESSOR() {
  return [
    '{\\rtf1\\ansi\\ansicpg1252\\deff0\\nouicompat{\\fonttbl{\\f0\\fnil\\fcharset0 Calibri;}}',
    '{\\colortbl ;\\red255\\green0\\blue0;}{\\stylesheet{\\s1 heading 1;}}{\\info{\\author Dr. No}}',
    "{\\*\\generator Riched20 10.0;}\\viewkind4\\uc1\\pard\\sa200\\f0\\fs22\\lang9 {\\b Fever}, 38\\'b0.\\par",
    'Cough.\\par}',
  ].join('\r\n');
}
