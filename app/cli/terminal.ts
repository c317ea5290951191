/**
 * All that the command line says. What comes from EHRs, vocabularies and files may hold characters that a terminal obeys
 * (escape sequences, bidi marks), so nothing is written but through here.
 */
import { printable } from '../../jobs/step/clean.ts';

export function say(text: string): void {
  process.stdout.write(`${printable(text)}\n`);
}

export function complain(text: string): void {
  process.stderr.write(`${printable(text)}\n`);
}

/** As JSON, which stays the same data: what a terminal obeys is escaped. */
export function sayJson(data: unknown): void {
  const text = JSON.stringify(data, null, 2).replace(/(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, escaped);
  process.stdout.write(`${text}\n`);
}

/** A file as it is, for a pipe or another file; on a terminal without what that obeys. */
export function sayFile(text: string, out: NodeJS.WriteStream = process.stdout): void {
  out.write(out.isTTY ? printable(text) : text);
}

function escaped(character: string): string {
  return [...Array(character.length).keys()]
    .map((at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`)
    .join('');
}
