/**
 * What a spreadsheet takes for a formula when it opens a CSV file: a text that begins so gets an apostrophe in front when it
 * is written, since codes and displays come from outside (OWASP, CSV injection), and loses it when it is read again.
 * Spreadsheets of some languages take the wide forms for the narrow ones.
 */
const BEGINNINGS = String.raw`[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]`;
const FORMULA = new RegExp(`^${BEGINNINGS}`);
const GUARDED = new RegExp(`^'(?=${BEGINNINGS})`);

export const guardFormula = (text: string): string => (FORMULA.test(text) ? `'${text}` : text);

export const unguardFormula = (text: string): string => text.replace(GUARDED, '');
