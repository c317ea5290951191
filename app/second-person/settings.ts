/** What needs a second person (REQUIRE_SECOND_PERSON), and how long a request waits for one. */
import { readSettings } from '../../jobs/step/settings.ts';
import { NEEDS, SECOND_PERSON } from '../../sql/settings/people.ts';

/**
 * purge: taking out a patient, or a connection with all that it loaded. confirm: removing what a reconciliation found
 * vanished. endpoint: changing where a connection's credentials go.
 */
export { NEEDS };
export type Need = (typeof NEEDS)[number];

export interface SecondPersonSettings {
  readonly needs: ReadonlySet<Need>;
  /** SECOND_PERSON_HOURS: a request that nobody approves in that time is closed. */
  readonly hours: number;
}

export const NO_SECOND_PERSON: SecondPersonSettings = { needs: new Set(), hours: 24 };

/** Fails with `setting-invalid`. */
export function readSecondPerson(env: Readonly<Record<string, string | undefined>>): SecondPersonSettings {
  const read = readSettings(SECOND_PERSON, env);
  const needs = NEEDS.filter((need) => read.REQUIRE_SECOND_PERSON.includes(need));
  return { needs: new Set(needs), hours: read.SECOND_PERSON_HOURS };
}
