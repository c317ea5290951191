/** Instants of the simulated hospital, in milliseconds; FHIR text has the wall clock of US Eastern time. */

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
export const YEAR = 365.25 * DAY;

/** `2023-05-04T09:15:00-04:00` */
export function dateTime(at: number): string {
  const offset = easternOffset(at);
  return `${new Date(at + offset * HOUR).toISOString().slice(0, 19)}-0${-offset}:00`;
}

/** `2023-05-04`, the day on the wall calendar. */
export function day(at: number): string {
  return dateTime(at).slice(0, 10);
}

/** `2023-05-04T13:15:00.000Z` */
export function instant(at: number): string {
  return new Date(at).toISOString();
}

/** Summer time by the calendar's months; the exact Sunday does not matter to anybody here. */
function easternOffset(at: number): -4 | -5 {
  const month = new Date(at).getUTCMonth();
  return month >= 3 && month <= 9 ? -4 : -5;
}
