/**
 * Makes text that others wrote fit to be shown. `oneLine` and `printable` take out what steers a terminal or turns the
 * order of characters around; `clean` also cuts to length and leaves out query strings (signatures), JWTs and the
 * credentials of URLs and Authorization headers. Each looks at a character a constant number of times, whatever is sent.
 */

/** How many characters `clean` looks at: text from a server may have any length. */
const MOST = 4096;

/** Control characters and line ends, of which a table or a message of one line has none. */
const CONTROLS = /[\p{Cc}\p{Zl}\p{Zp}]+/gu;
/** The same without line feed and tab. */
const CONTROLS_IN_LINES = /(?:(?![\n\t])[\p{Cc}\p{Zl}\p{Zp}])+/gu;
/** What is seen nowhere and changes how its neighbours are shown: bidi marks, zero widths, tags; and half characters. */
const UNSEEN = /[\p{Cf}\p{Cs}]+/gu;

/** On one line, with nothing that a terminal obeys. */
export function oneLine(text: string): string {
  return text.replace(CONTROLS, ' ').replace(UNSEEN, '');
}

/** Line ends and tabs stay; everything else that a terminal obeys goes. */
export function printable(text: string): string {
  return text.replace(CONTROLS_IN_LINES, ' ').replace(UNSEEN, '');
}

export function clean(text: string, length: number): string {
  const line = oneLine(text.slice(0, MOST))
    .replace(/https?:\/\/[^\s"'<>]+/gi, withoutSecrets)
    .replace(/eyJ[\w.-]{10,}/g, '…')
    .replace(/\b(bearer|basic) +\S+/gi, '$1 …')
    .replace(/\s+/g, ' ')
    .trim();
  const characters = [...line];
  return characters.length > length ? `${characters.slice(0, length).join('')}…` : line;
}

function withoutSecrets(url: string): string {
  const query = url.indexOf('?');
  const bare = query < 0 ? url : `${url.slice(0, query)}?…`;
  const authority = bare.indexOf('//') + 2;
  const at = bare.lastIndexOf('@', bare.indexOf('/', authority) >>> 0);
  return at < authority ? bare : `${bare.slice(0, authority)}…@${bare.slice(at + 1)}`;
}
