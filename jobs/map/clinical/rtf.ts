/**
 * RTF (Microsoft's specification 1.9.1) → the words in it: enough for reading, no renderer. Fonts, colours, styles,
 * pictures, fields' instructions and headers of pages go; paragraphs, rows and pages are line ends, cells blanks.
 *
 * Letters beyond ASCII are bytes of the code page of their font, else of the document, or numbers of Unicode with a
 * substitute behind them. Undefined when it is no RTF, or has such letters in a code page that nobody here knows.
 *
 * One pass from the left, in linear time whatever is sent.
 */
import { tidy } from './markup.ts';

/** Groups whose content is no text for the reader. A group that begins with `\*` is none, either. */
const SILENT = new Set(
  (
    'fonttbl colortbl stylesheet info pict object themedata colorschememapping datastore listtable listoverridetable ' +
    'revtbl rsidtbl filetbl xmlnstbl latentstyles fldinst header headerl headerr headerf footer footerl footerr ' +
    'footerf ftnsep ftnsepc aftnsep aftnsepc nonesttables bkmkstart bkmkend'
  ).split(' '),
);

const SYMBOLS: ReadonlyMap<string, string> = new Map([
  ...['par', 'line', 'row', 'nestrow', 'sect', 'page', 'column', 'softline'].map(
    (name) => [name, '\n'] as const,
  ),
  ...['cell', 'nestcell', 'tab', 'emspace', 'enspace', 'qmspace'].map((name) => [name, ' '] as const),
  ...([
    ['emdash', '—'],
    ['endash', '–'],
    ['bullet', '•'],
    ['lquote', '‘'],
    ['rquote', '’'],
    ['ldblquote', '“'],
    ['rdblquote', '”'],
  ] as const),
]);

/** Of fonts (`\fcharset`); 0 and 1 are the document's own, 2 is Symbol, whose letters are no letters. */
const CHARSETS: ReadonlyMap<number, string> = new Map([
  ...([
    [77, 'macintosh'],
    [128, 'shift_jis'],
    [129, 'euc-kr'],
    [134, 'gbk'],
    [136, 'big5'],
    [161, 'windows-1253'],
    [162, 'windows-1254'],
    [163, 'windows-1258'],
    [177, 'windows-1255'],
    [178, 'windows-1256'],
    [186, 'windows-1257'],
    [204, 'windows-1251'],
    [222, 'windows-874'],
    [238, 'windows-1250'],
  ] as const),
]);

const PAGES: ReadonlyMap<number, string> = new Map([
  ...[874, 1250, 1251, 1252, 1253, 1254, 1255, 1256, 1257, 1258].map((n) => [n, `windows-${n}`] as const),
  ...([
    [866, 'ibm866'],
    [932, 'shift_jis'],
    [936, 'gbk'],
    [949, 'euc-kr'],
    [950, 'big5'],
    [10000, 'macintosh'],
    [65001, 'utf-8'],
  ] as const),
]);

interface Group {
  silent: boolean;
  /** Characters that stand behind a number of Unicode for readers that do not know it. */
  substitutes: number;
  font: number | undefined;
  /** The table of fonts, which is read for their character sets. */
  readonly ofFonts: boolean;
}

/** A group is remembered until it ends, so a note of nothing but beginnings would fill the memory of a worker. */
const DEEPEST = 1000;

/** To make one takes longer than to read a letter, and a note may change its fonts at each letter. */
const decoders = new Map<string, TextDecoder>();

function decoderOf(page: string): TextDecoder {
  const known = decoders.get(page) ?? new TextDecoder(page);
  decoders.set(page, known);
  return known;
}

const WORD = /([A-Za-z]{1,32})(-?\d{1,10})? ?/y;
const HEX = /[0-9A-Fa-f]{2}/y;
/** What is neither a group, a control, a line end of the file nor beyond ASCII. */
const PLAIN = /[^{}\\\r\n\u0080-\u00ff]+/y;

export function wordsOfRtf(bytes: Uint8Array): string | undefined {
  const rtf = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  if (!/^\s{0,100}\{\\rtf/.test(rtf)) return undefined;
  const words: string[] = [];
  const groups: Group[] = [];
  const fonts = new Map<number, string>();
  let group: Group = { silent: false, substitutes: 1, font: undefined, ofFonts: false };
  let page: string | undefined = 'windows-1252';
  let named: number | undefined;
  /** Bytes of one code page that follow each other: a letter may have two. */
  let pending: number[] = [];
  let pendingPage: string | undefined;
  let skip = 0;
  let readable = true;

  const flush = () => {
    if (pending.length === 0) return;
    if (pendingPage === undefined) readable = false;
    else words.push(decoderOf(pendingPage).decode(Uint8Array.from(pending)));
    pending = [];
  };
  const write = (text: string) => {
    if (group.silent) return;
    flush();
    words.push(text);
  };
  const writeByte = (byte: number) => {
    if (group.silent) return;
    const own = group.font === undefined ? undefined : fonts.get(group.font);
    const current = own ?? page;
    if (current !== pendingPage) flush();
    pendingPage = current;
    pending.push(byte);
  };
  /** Whether what comes now stands for the number of Unicode before it. */
  const stoodFor = () => {
    if (skip === 0) return false;
    skip -= 1;
    return true;
  };
  const match = (pattern: RegExp, at: number) => {
    pattern.lastIndex = at;
    return pattern.exec(rtf);
  };

  let at = 0;
  while (at < rtf.length) {
    const sign = rtf[at];
    if (sign === '{') {
      if (groups.length === DEEPEST) return undefined;
      groups.push(group);
      group = { ...group };
      skip = 0;
      at += 1;
    } else if (sign === '}') {
      flush();
      group = groups.pop() ?? group;
      skip = 0;
      at += 1;
      // What follows the document is none of it.
      if (groups.length === 0) break;
    } else if (sign === '\\') {
      at = control(at + 1);
    } else if (sign === '\r' || sign === '\n') {
      at += 1;
    } else {
      const plain = match(PLAIN, at)?.[0];
      if (plain === undefined) {
        if (!stoodFor()) writeByte(rtf.charCodeAt(at));
        at += 1;
      } else {
        const left = Math.min(skip, plain.length);
        skip -= left;
        if (left < plain.length) write(plain.slice(left));
        at += plain.length;
      }
    }
  }
  flush();
  return readable ? tidy(words.join('').toWellFormed()).trim() : undefined;

  /** Reads what follows a backslash; where it ends. */
  function control(start: number): number {
    const word = match(WORD, start);
    if (word === null) return symbol(start);
    const [all, name = '', sent] = word;
    const value = sent === undefined ? undefined : Number(sent);
    const end = start + all.length;
    if (name === 'bin') return end + Math.max(0, value ?? 0);
    if (name === 'u' && value !== undefined) {
      // Written as a signed number of 16 bits.
      write(String.fromCharCode(value & 0xffff));
      skip = group.substitutes;
      return end;
    }
    if (stoodFor()) return end;
    if (name === 'uc') group.substitutes = Math.min(Math.max(0, value ?? 1), 100);
    else if (name === 'ansicpg') page = PAGES.get(value ?? 1252);
    else if (name === 'mac') page = 'macintosh';
    else if (name === 'pc' || name === 'pca') page = undefined;
    else if (name === 'f') fontNamed(value ?? 0);
    else if (name === 'fcharset') charsetNamed(value ?? 0);
    else if (name === 'fonttbl') group = { ...group, silent: true, ofFonts: true };
    else if (SILENT.has(name)) group.silent = true;
    else {
      const text = SYMBOLS.get(name);
      if (text !== undefined) write(text);
    }
    return end;
  }

  function fontNamed(font: number): void {
    if (group.ofFonts) named = font;
    else group.font = font;
  }

  function charsetNamed(charset: number): void {
    const found = CHARSETS.get(charset);
    if (group.ofFonts && named !== undefined && found !== undefined) fonts.set(named, found);
  }

  function symbol(start: number): number {
    const sign = rtf[start] ?? '';
    if (sign === "'") {
      const hex = match(HEX, start + 1)?.[0];
      if (hex === undefined) return start + 1;
      if (!stoodFor()) writeByte(Number.parseInt(hex, 16));
      return start + 3;
    }
    if (sign === '*') group.silent = true;
    else if (stoodFor()) return start + 1;
    else if (sign === '\\' || sign === '{' || sign === '}') write(sign);
    else if (sign === '~') write('\u00a0');
    else if (sign === '_') write('-');
    else if (sign === '\r' || sign === '\n') write('\n');
    return start + 1;
  }
}
