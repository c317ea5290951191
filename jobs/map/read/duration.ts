/**
 * How long something lasts. EHRs write the unit of a Duration as a UCUM code (`wk`), in words (`Weeks`, `Day(s)`), or, of
 * days' supply, leave it out: that is counted in days by what it is called.
 */

import { exact, object, text } from './fhir.ts';

/** The supply of a prescription or dispense in whole days. */
export function daysOfSupply(quantity: unknown): number | undefined {
  return whole(inDays(quantity, 'd'));
}

/** A Duration in whole days, or undefined when its unit is none of time. */
export function wholeDays(quantity: unknown): number | undefined {
  return whole(inDays(quantity));
}

/** A Duration in days and parts of days. */
export function inDays(quantity: unknown, unitless?: string): number | undefined {
  const it = object(quantity);
  const value = exact(it);
  const sent = [text(it?.['code']), text(it?.['unit'])].filter((one) => one !== undefined);
  if (value === undefined || value < 0) return undefined;
  if (sent.length === 0 && unitless !== undefined) sent.push(unitless);
  // A code of the site's own ("{Day}") may stand beside a unit that is known.
  const each = sent.map(unitOfTime).find((one) => one !== undefined);
  return each === undefined ? undefined : value * each;
}

/** Parts of a day are one. Beyond a hundred years it is no supply of anything. */
function whole(days: number | undefined): number | undefined {
  if (days === undefined || days > 36_500) return undefined;
  return days > 0 && days < 1 ? 1 : Math.round(days);
}

const DAYS_OF_UNIT = new Map([
  ...['s', 'sec', 'second', 'seconds'].map((unit) => [unit, 1 / 86_400] as const),
  ...['min', 'minute', 'minutes'].map((unit) => [unit, 1 / 1440] as const),
  ...['h', 'hr', 'hrs', 'hour', 'hours'].map((unit) => [unit, 1 / 24] as const),
  ...['d', 'day', 'days'].map((unit) => [unit, 1] as const),
  ...['wk', 'wks', 'week', 'weeks'].map((unit) => [unit, 7] as const),
  ...['mo', 'mos', 'month', 'months'].map((unit) => [unit, 30] as const),
  ...['a', 'yr', 'yrs', 'year', 'years'].map((unit) => [unit, 365] as const),
]);

/** "Day(s)", "{days}" and "Days." are days. */
function unitOfTime(unit: string): number | undefined {
  return DAYS_OF_UNIT.get(
    unit
      .toLowerCase()
      .replace('(s)', 's')
      .replace(/[{}.[\]]/g, ''),
  );
}
