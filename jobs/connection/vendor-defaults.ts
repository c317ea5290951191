/**
 * Settings that a new connection to a vendor's EHR is given where it does not name them. They are stored with it, so that
 * they show; connections that are there already keep what they have.
 */
import type { SyncConfigInput } from './sync-config-schema.ts';

/**
 * Neither vendor's exports hold Medications (README.md, "What exports leave out"), and drugs without them have concept 0.
 */
const DEFAULTS: Readonly<Record<string, SyncConfigInput>> = {
  epic: { hydrate: { types: ['Medication'] } },
  cerner: { hydrate: { types: ['Medication'] } },
};

/** Epic's exports have no _since, and its resources no _lastUpdated: each sync is a full one. */
export const asksForChanges = (vendor: string): boolean => vendor !== 'epic';

export const withPreset = (vendor: string, given: SyncConfigInput): SyncConfigInput => ({
  ...DEFAULTS[vendor],
  ...given,
});
