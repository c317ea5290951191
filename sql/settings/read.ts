/** Reads settings from the environment by the shapes of this room. */
import type { z } from 'zod';
import { aboutOf, type Environment } from './setting.ts';

export type Shape = Readonly<Record<string, z.ZodType>>;
export type Read<S extends Shape> = { readonly [Name in keyof S]: z.output<S[Name]> };

export interface Outcome<S extends Shape> {
  /** Undefined where something is wrong. */
  readonly read: Read<S> | undefined;
  /** `NAME: expected …`, a line each; no value is repeated. */
  readonly faults: readonly string[];
}

/** Reads a part of the settings, under the names that they had before where those are set alone, and says all faults. */
export function readShape<S extends Shape>(shape: S, env: Environment): Outcome<S> {
  const faults: string[] = [];
  const read: Record<string, unknown> = {};
  for (const [name, schema] of Object.entries(shape)) {
    const given = env[name] ? name : (aboutOf(schema).formerly?.find((former) => env[former]) ?? name);
    const result = schema.safeParse(env[given]);
    if (result.success) read[name] = result.data;
    else faults.push(...new Set(result.error.issues.map((issue) => `${given}: ${issue.message}`)));
  }
  return { read: faults.length > 0 ? undefined : (read as Read<S>), faults };
}
