/**
 * Reads the Retry-After header (RFC 9110 section 10.2.3: seconds or an HTTP date) as servers really send it:
 * also as epoch seconds or milliseconds, negative, in the past, or not at all. Returns seconds from now, at
 * least 0; undefined where the header says nothing sensible. The caller clamps the result to its own bounds,
 * since waiting zero seconds and waiting a year are both wrong.
 */
export function readRetryAfter(header: string | null, now: Date): number | undefined {
  const text = header?.trim() ?? '';
  if (/^\+?\d+(\.\d+)?$/.test(text)) return fromNumber(Number(text), now.getTime());
  // Date.parse would read "-5" and "2" as years.
  if (!/[A-Za-z]{3}|^\d{4}-\d{2}-\d{2}/.test(text)) return undefined;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, (date - now.getTime()) / 1000);
}

function fromNumber(number: number, now: number): number | undefined {
  if (!Number.isFinite(number)) return undefined;
  if (number >= 1e12) return Math.max(0, (number - now) / 1000);
  if (number >= 1e9) return Math.max(0, number - now / 1000);
  return number;
}
