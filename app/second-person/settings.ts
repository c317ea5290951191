/** What needs a second person (REQUIRE_SECOND_PERSON), and how long a request waits for one. */
import { syncError } from '../../jobs/step/errors.ts';

/**
 * purge: taking out a patient, or a connection with all that it loaded. confirm: removing what a reconciliation found
 * vanished. endpoint: changing where a connection's credentials go.
 */
export const NEEDS = ['purge', 'confirm', 'endpoint'] as const;
export type Need = (typeof NEEDS)[number];

export interface SecondPersonSettings {
  readonly needs: ReadonlySet<Need>;
  /** SECOND_PERSON_HOURS: a request that nobody approves in that time is closed. */
  readonly hours: number;
}

export const NO_SECOND_PERSON: SecondPersonSettings = { needs: new Set(), hours: 24 };

/** Fails with `setting-invalid`. */
export function readSecondPerson(env: Readonly<Record<string, string | undefined>>): SecondPersonSettings {
  const words = (env['REQUIRE_SECOND_PERSON'] ?? '').split(/[\s,]+/).filter((word) => word !== '');
  const needs = words.map((word) => NEEDS.find((need) => need === word));
  const hours = env['SECOND_PERSON_HOURS'] || String(NO_SECOND_PERSON.hours);
  const faults = [
    ...(needs.includes(undefined)
      ? [`REQUIRE_SECOND_PERSON: expected some of ${NEEDS.join(', ')}, with commas`]
      : []),
    ...(/^[1-9]\d{0,2}$/.test(hours) ? [] : ['SECOND_PERSON_HOURS: expected whole hours, from 1 to 999']),
  ];
  if (faults.length > 0) throw syncError('setting-invalid', { faults: faults.join('; ') });
  return { needs: new Set(needs.filter((need) => need !== undefined)), hours: Number(hours) };
}
