/** A setting that may be left out, with its description and what holds then. */
import type { z } from 'zod';

export function optional<S extends z.ZodType>(schema: S, description: string, standard?: unknown) {
  return schema.optional().meta({ description, ...(standard === undefined ? {} : { default: standard }) });
}
