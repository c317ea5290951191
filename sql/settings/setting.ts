/**
 * A setting of the environment: its shape, and what people are told of it. The shapes are zod's, their errors say what
 * was expected and never what came, which may be a secret.
 */
import { z } from 'zod';

/** Headings of the table in README.md and of .env.example, in this order. */
export const GROUPS = [
  'Database',
  'Server',
  'Keys and secrets',
  'People',
  'One EHR by environment',
  'Outgoing calls',
  'Alerts',
  'The record',
  'Limits and log',
  'The command line',
] as const;
export type Group = (typeof GROUPS)[number];

export interface About {
  readonly group: Group;
  /** One or two sentences, in Markdown. */
  readonly description: string;
  /** As it is shown; left out where there is none. */
  readonly default?: string;
  /** Never shown, and also taken from the file that `<NAME>_FILE` names. */
  readonly secret?: true;
  readonly example?: string;
  /** Older names that still count. */
  readonly formerly?: readonly string[];
  /** Known, so that it is not taken for a slip, and not documented any more. */
  readonly retired?: true;
}

const told = new WeakMap<z.ZodType, About>();

/** An empty variable counts as unset, since compose files and CI pass "nothing" that way. */
export function setting<S extends z.ZodType>(about: About, schema: S): z.ZodType<z.output<S>> {
  const made = z.preprocess((given) => (given === '' ? undefined : given), schema);
  told.set(made, about);
  return made;
}

/** What was said of a setting where it was made. */
export function aboutOf(schema: z.ZodType): About {
  const about = told.get(schema);
  if (about === undefined) throw new Error('this is no setting');
  return about;
}

export const text = z.string().max(10_000, 'expected at most 10,000 characters');

export const flag = (expected = 'expected true or false') =>
  z
    .enum(['true', 'false'], expected)
    .default('false')
    .transform((word) => word === 'true');

/** A whole number between bounds; `expected` says them in words. */
export const whole = (least: number, most: number, expected: string) =>
  z
    .string()
    .regex(/^\d{1,15}$/, expected)
    .transform(Number)
    .refine((number) => number >= least && number <= most, expected);

/** A number that is not negative, also one with a fraction. */
export const notNegative = z
  .string()
  .transform(Number)
  .refine((number) => Number.isFinite(number) && number >= 0, 'expected a number that is not negative');

export type Environment = Readonly<Record<string, string | undefined>>;
