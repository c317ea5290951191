/**
 * Bytes of an attachment → text. The character set is the one that a byte order mark tells, else the one that
 * contentType names (RFC 2045). Failing these, it is the one that the document names (XML declaration, `<meta>` of
 * HTML), else UTF-8, the set of FHIR. Undefined when the bytes are no text in it, or nobody knows that set: a note
 * with U+FFFD in it would be wrong for ever.
 */

export function textOf(bytes: Uint8Array, contentType: string): string | undefined {
  const named = marked(bytes) ?? charsetOf(contentType) ?? declared(bytes) ?? 'utf-8';
  try {
    const decoder = new TextDecoder(named === 'utf-16' ? order(bytes) : named, { fatal: true });
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

function marked([first, second, third]: Uint8Array): string | undefined {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  return first === 0xef && second === 0xbb && third === 0xbf ? 'utf-8' : undefined;
}

function charsetOf(contentType: string): string | undefined {
  return /;\s*charset\s*=\s*"?([^\s";]{1,40})/.exec(contentType)?.[1];
}

/** How much of a document may stand before it names its set; HTML says 1024 bytes. */
const HEAD = 1024;

function declared(bytes: Uint8Array): string | undefined {
  const head = String.fromCharCode(...bytes.subarray(0, HEAD)).toLowerCase();
  // Text has no zero bytes: where every second one is, it is UTF-16, whose mark was left out.
  if (/^(?:[^\0]\0){2}/.test(head) || /^(?:\0[^\0]){2}/.test(head)) return 'utf-16';
  return (
    /^\s*<\?xml[^>]{0,200}?\sencoding\s*=\s*["']([^"']{1,40})/.exec(head)?.[1] ??
    /<meta[^>]{0,200}?charset\s*=\s*["']?([^\s"'/>;]{1,40})/.exec(head)?.[1]
  );
}

/** Where there is no mark, the letters of most texts tell: their high byte is zero. */
function order(bytes: Uint8Array): string {
  const zeros = (from: number): number =>
    bytes.subarray(0, HEAD).reduce((sum, byte, n) => sum + (n % 2 === from && byte === 0 ? 1 : 0), 0);
  return zeros(0) > zeros(1) ? 'utf-16be' : 'utf-16le';
}
