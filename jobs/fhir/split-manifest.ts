/**
 * A JSON object that may be too large to be held, in pieces: the elements of its long lists one by one, its other
 * members whole. What is a piece is told by brackets and quotes alone; whether a piece is JSON, JSON.parse says.
 */
export interface Pieces {
  /** `list` is one of those that were named. */
  element(list: string, text: string): void;
  member(key: string, text: string): void;
}

export interface Splitter {
  /** Throws NoObject. */
  push(text: string): void;
  /** Throws NoObject where the object has not come to its end. */
  end(): void;
}

/** It is not the text of an object, or a piece of it is too long. */
export class NoObject extends Error {}

type Place =
  | 'start'
  | 'first-key'
  | 'key'
  | 'colon'
  | 'value'
  | 'after-value'
  | 'first-element'
  | 'element'
  | 'after-element'
  | 'end';

const BLANK = /[\t\n\r ]/;
/** Characters of one element, and of a member that is not taken apart; no URL is longer. */
const LONGEST_PIECE = 1024 * 1024;

export function splitter(lists: ReadonlySet<string>, pieces: Pieces, longest = LONGEST_PIECE): Splitter {
  let place: Place = 'start';
  let key = '';
  /** Of the piece that is being read: what of it came in earlier texts, or undefined between pieces. */
  let piece: string | undefined;
  let depth = 0;
  let isText = false;
  let isEscaped = false;
  /** Where the next backslash of the text is. */
  let slash = -1;

  function finish(text: string): void {
    piece = undefined;
    isText = false;
    if (place === 'key') {
      const parsed: unknown = parse(text);
      if (typeof parsed !== 'string') throw new NoObject();
      key = parsed;
      place = 'colon';
    } else if (place === 'element') {
      pieces.element(key, text);
      place = 'after-element';
    } else {
      pieces.member(key, text);
      place = 'after-value';
    }
  }

  /** The end of the piece in `text`, behind its last character; -1 when it goes on. */
  function endOf(text: string, from: number): number {
    for (let i = from; i < text.length; i++) {
      if (isEscaped) {
        isEscaped = false;
        continue;
      }
      if (isText) {
        // URLs are long: what is in quotes is passed over at once.
        const quote = nextOf(text, '"', i);
        if (slash < i) slash = nextOf(text, '\\', i);
        i = Math.min(quote, slash);
        isText = i === slash || i === text.length;
        isEscaped = i === slash && i < text.length;
        if (!isText && depth === 0) return i + 1;
        continue;
      }
      const c = text[i];
      if (c === '"') isText = true;
      else if (c === '{' || c === '[') depth++;
      else if (c === '}' || c === ']') {
        // A number or a word ends before what closes the list around it.
        if (depth === 0) return i;
        if (--depth === 0) return i + 1;
      } else if (depth === 0 && (c === ',' || BLANK.test(c ?? ''))) return i;
    }
    return -1;
  }

  function begin(at: 'key' | 'value' | 'element'): void {
    place = at;
    piece = '';
    depth = 0;
  }

  /** One character between pieces; true when it is the first of a piece. */
  function between(c: string): boolean {
    if (place === 'start' && c === '{') place = 'first-key';
    else if (place === 'first-key' && c === '}') place = 'end';
    else if ((place === 'first-key' || place === 'key') && c === '"') {
      begin('key');
      return true;
    } else if (place === 'colon' && c === ':') place = 'value';
    else if (place === 'value' && c === '[' && lists.has(key)) place = 'first-element';
    else if (place === 'value' && !',:]}'.includes(c)) {
      begin('value');
      return true;
    } else if (place === 'after-value' && c === ',') place = 'key';
    else if (place === 'after-value' && c === '}') place = 'end';
    else if (place === 'first-element' && c === ']') endList();
    else if ((place === 'first-element' || place === 'element') && !',:]}'.includes(c)) {
      begin('element');
      return true;
    } else if (place === 'after-element' && c === ',') place = 'element';
    else if (place === 'after-element' && c === ']') endList();
    else throw new NoObject();
    return false;
  }

  function endList(): void {
    place = 'after-value';
    // That the list was there, even if it was empty.
    pieces.member(key, '[]');
  }

  return {
    push(text) {
      slash = -1;
      for (let i = 0; i < text.length; ) {
        if (piece === undefined) {
          const c = text[i] ?? '';
          if (BLANK.test(c) || !between(c)) {
            i++;
            continue;
          }
        }
        const end = endOf(text, i);
        const found = (piece ?? '') + text.slice(i, end === -1 ? undefined : end);
        if (found.length > longest) throw new NoObject();
        if (end === -1) {
          piece = found;
          return;
        }
        finish(found);
        i = end;
      }
    },
    end() {
      if (place !== 'end') throw new NoObject();
    },
  };
}

/** The length of the text where there is none. */
function nextOf(text: string, wanted: string, from: number): number {
  const found = text.indexOf(wanted, from);
  return found === -1 ? text.length : found;
}

export function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new NoObject();
  }
}
