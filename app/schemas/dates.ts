/** Days and times that Postgres takes as they are written: its calendar has no year 0, and ours ends with 9999. */
import { z } from '@hono/zod-openapi';

const FIRST_DAY = '0001-01-01';

/** A day, such as 2026-11-20. */
export const day = z.iso.date().refine((text) => text >= FIRST_DAY, 'Expected a day from 0001-01-01 on.');

/** A time with its zone, such as 2026-11-29T08:30:00Z; the years are those of UTC. */
export const time = z.iso
  .datetime({ offset: true, error: 'expected a time such as 2026-11-29T08:30:00Z' })
  .refine((text) => {
    const year = new Date(text).getUTCFullYear();
    return year >= 1 && year <= 9999;
  }, 'Expected a time in the years 0001 to 9999.');
