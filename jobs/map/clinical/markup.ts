/**
 * HTML and XML → the words in them: enough for reading, no renderer. Tags, comments, scripts and styles go; what
 * separates words on a page separates them here: paragraphs, rows and line breaks by a line end, cells by a space. In
 * XML, whose elements nobody knows, each is a separation but those that style a part of a word (CDA, XHTML).
 *
 * One pass from the left, in linear time whatever is sent: nothing is looked for twice in the same place.
 */

import { decodeHTML } from 'entities';

const LINES = new Set(
  (
    'address article aside blockquote caption dd div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 ' +
    'header hr item legend li list main nav ol option p paragraph pre section table tbody tfoot thead title tr ul'
  ).split(' '),
);
const CELLS = new Set(['td', 'th']);
/** Elements that may stand in the middle of a word. */
const INLINE = new Set(
  (
    'a abbr acronym b bdi bdo big cite code content data del dfn em font footnoteref i ins kbd label linkhtml mark ' +
    'q s samp small span strike strong sub sup tt u var wbr'
  ).split(' '),
);
/** Elements whose content is no text for the reader. */
const SILENT = new Set(['script', 'style']);

export function wordsOf(markup: string, language: 'html' | 'xml'): string {
  const find = finder(markup);
  const tagEnd = tagEnds(markup, find);
  const words = paper();
  let at = 0;
  for (let open = find('<', at); open !== undefined; open = find('<', at)) {
    words.write(decodeHTML(markup.slice(at, open)));
    const special = SPECIAL.find(([begin]) => markup.startsWith(begin, open));
    if (special) {
      const [begin, end] = special;
      const close = find(end, open + begin.length) ?? markup.length;
      if (begin === CDATA) words.write(markup.slice(open + begin.length, close));
      at = close + end.length;
      continue;
    }
    const [, slash, sent] = NAME.exec(markup.slice(open + 1, open + 1 + LONGEST_NAME)) ?? [];
    const close = sent === undefined ? undefined : tagEnd(open);
    if (sent === undefined || close === undefined) {
      // A "<" that opens no tag ("pH < 7") is one of the text.
      words.write('<');
      at = open + 1;
      continue;
    }
    const name = sent.toLowerCase().replace(/^.*:/, '');
    at = close + 1;
    if (name === 'br') words.breakLine();
    else if (LINES.has(name)) words.endLine();
    else if (CELLS.has(name) || (language === 'xml' && !INLINE.has(name))) words.write(' ');
    else if (language === 'html' && slash === '' && SILENT.has(name))
      at = find(`</${name}`, at) ?? markup.length;
  }
  words.write(decodeHTML(markup.slice(at)));
  return tidy(words.all());
}

const CDATA = '<![CDATA[';
/** What is no element, and how it ends. The longer beginnings go first. */
const SPECIAL = [
  ['<!--', '-->'],
  [CDATA, ']]>'],
  ['<!', '>'],
  ['<?', '>'],
] as const;

/** Longer names are none of those above. */
const LONGEST_NAME = 100;
const NAME = /^(\/?)([A-Za-z][^\s/>]*)/;

type Find = (what: string, from: number) => number | undefined;

/** indexOf, ignoring case, that does not look again where it has looked. */
function finder(markup: string): Find {
  const lower = markup.toLowerCase();
  // A few capitals change their length: then case counts.
  const text = lower.length === markup.length ? lower : markup;
  const looked = new Map<string, { readonly from: number; readonly at: number }>();
  return (what, from) => {
    const last = looked.get(what);
    const found = last && last.from <= from && from <= last.at ? last.at : indexOf(text, what, from);
    if (found !== last?.at) looked.set(what, { from, at: found });
    return found === NOWHERE ? undefined : found;
  };
}

const NOWHERE = Number.POSITIVE_INFINITY;

function indexOf(text: string, what: string, from: number): number {
  const found = text.indexOf(what, from);
  return found < 0 ? NOWHERE : found;
}

/**
 * A tag ends at the first ">" that is not in quotation marks. Where marks are not closed the whole document would be
 * one tag: then, and from there on, marks are not heeded.
 */
function tagEnds(markup: string, find: Find): (open: number) => number | undefined {
  let heeded = true;
  return (open) => {
    const first = find('>', open);
    let close = first;
    for (let at = open; heeded && close !== undefined; close = find('>', at)) {
      const quote = Math.min(find('"', at) ?? NOWHERE, find("'", at) ?? NOWHERE);
      if (quote > close) return close;
      const end = find(markup.charAt(quote), quote + 1);
      if (end === undefined) break;
      at = end + 1;
    }
    heeded = false;
    return first;
  };
}

/** What is written, in parts. A line that is at its end is not ended again, and begins with no blanks. */
function paper(): { write(part: string): void; endLine(): void; breakLine(): void; all(): string } {
  const parts: string[] = [];
  let atLineEnd = true;
  return {
    write(part) {
      const seen = part.trimEnd();
      if (atLineEnd && seen === '') return;
      parts.push(part);
      atLineEnd = part.includes('\n', seen.length);
    },
    endLine() {
      if (!atLineEnd) parts.push('\n');
      atLineEnd = true;
    },
    breakLine() {
      parts.push('\n');
      atLineEnd = true;
    },
    all: () => parts.join(''),
  };
}

/** Blanks to one, empty lines to one. */
export function tidy(words: string): string {
  return words
    .replace(/\r\n?/g, '\n')
    .replace(/[ \t\u00a0]+/g, ' ')
    .replace(/ ?\n ?/g, '\n')
    .replace(/\n{3,}/g, '\n\n');
}
