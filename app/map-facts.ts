/** What the record says of a local map: concepts and days. Codes and descriptions are the hospital's own words. */
import { type Change, changesOf } from '../jobs/record/changes.ts';

const FIELDS = [
  ...(['source_concept_id', 'target_concept_id', 'valid_start_date', 'valid_end_date'] as const),
] as const;

type Facts = Readonly<Record<(typeof FIELDS)[number], unknown>>;

/** Without `before` the map is new, without `now` it is gone. */
export function mapChange(before: Facts | undefined, now: Facts | undefined): Partial<Change> {
  const change = changesOf(FIELDS, before ?? {}, now ?? {});
  return { ...(before ? { before: change.before } : {}), ...(now ? { after: change.after } : {}) };
}
