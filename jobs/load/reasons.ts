/** Why a resource has no rows for other causes than a rule of the mapping; kept in resource.reason. */

/**
 * It is gone at the source: a file of deletions said so, or a full export lacked it and a person confirmed that. Or it
 * stood only in a reading of a file that was damaged or replaced.
 */
export const GONE = {
  deleted: 'deleted-at-source',
  vanished: 'vanished-at-source',
  misread: 'misread',
} as const;

/**
 * It has no date of its own, and waits for the Encounter that dates it. It is taken up even when that Encounter turns out
 * to give no visit: then nothing dates it.
 */
export const UNDATED = { notKnown: 'encounter-not-known', removed: 'encounter-removed' } as const;

/** It lies after the day of the extract, and the setting implausible_events leaves such events out until their day. */
export const IN_FUTURE = 'in-future';

/** A document without words in it: they come by URL, and have not come. */
export const TEXT_NOT_HERE = 'text-not-here';
