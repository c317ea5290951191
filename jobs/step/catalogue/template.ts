/**
 * Templates of the catalogue: `{host}` is filled in from the parameters. A line break in a template counts as a space.
 */
import { clean } from '../clean.ts';

/** The names in braces in a template. */
export type NamesIn<T extends string> = T extends `${string}{${infer Name}}${infer Rest}`
  ? Name | NamesIn<Rest>
  : never;

export type Values = Readonly<Record<string, string | number>>;

/** The most characters of one parameter. */
const LONGEST = 2000;

/** The template with its parameters, which are cut to length and rid of secrets: servers may have written them. */
export function filled(template: string, params: Values): string {
  return template
    .replace(/\s+/g, ' ')
    .replace(/\{(\w+)\}/g, (_, name: string) => clean(String(params[name] ?? ''), LONGEST));
}
