/** How the ids of rows follow from the key of their resource. */

/**
 * A row's id is its resource's key times this and its place in the outcome, so a resource has room for so many rows.
 * A CDM keeps it for ever.
 */
export const IDS_PER_RESOURCE = 1000;
