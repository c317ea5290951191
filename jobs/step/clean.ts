/**
 * Makes text that others wrote fit for a message, a log or a table: one line, cut to length, without query
 * strings (signatures), JWTs and the credentials of Authorization headers.
 */

/** How many characters are looked at: text from a server may have any length. */
const MOST = 4096;

export function clean(text: string, length: number): string {
  const line = text
    .slice(0, MOST)
    .replace(/(https?:\/\/[^\s?"'<>]+)\?[^\s"'<>]*/gi, '$1?…')
    .replace(/eyJ[\w-]+\.[\w-]+\.?[\w-]*/g, '…')
    .replace(/\b(bearer|basic)\s+\S+/gi, '$1 …')
    .replace(/\s+/g, ' ')
    .trim();
  const characters = [...line];
  return characters.length > length ? `${characters.slice(0, length).join('')}…` : line;
}
