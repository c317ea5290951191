/**
 * Checks whether a text is a cron expression of five fields (minute hour day-of-month month day-of-week). The
 * check is made when the schedule is entered, since one that is never due is noticed too late. It looks at
 * the form of the fields only; the queue computes when the schedule is due.
 */
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

interface Field {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly names: readonly string[];
}

const FIELDS: readonly Field[] = [
  { name: 'minute', from: 0, to: 59, names: [] },
  { name: 'hour', from: 0, to: 23, names: [] },
  { name: 'day of month', from: 1, to: 31, names: [] },
  { name: 'month', from: 1, to: 12, names: MONTHS },
  { name: 'day of week', from: 0, to: 7, names: DAYS },
];

/** Says what is wrong with the expression; undefined when nothing is. */
export function cronFault(text: string): string | undefined {
  const parts = text.trim().split(/\s+/);
  if (parts.length !== FIELDS.length) {
    return `expected five fields (minute hour day-of-month month day-of-week), got ${text.trim() === '' ? 0 : parts.length}`;
  }
  for (const [index, field] of FIELDS.entries()) {
    const fault = (parts[index] ?? '')
      .split(',')
      .map((item) => itemFault(item, field))
      .find((found) => found !== undefined);
    if (fault) return fault;
  }
  return undefined;
}

function itemFault(item: string, field: Field): string | undefined {
  const [range = '', step, ...more] = item.split('/');
  const expected = `${field.name}: expected ${field.from}-${field.to}, "*", a list, a range or a step, got "${item}"`;
  if (more.length > 0) return expected;
  if (step !== undefined && !(/^\d+$/.test(step) && Number(step) >= 1 && Number(step) <= field.to))
    return expected;
  if (range === '*') return undefined;
  const [first = '', last, ...rest] = range.split('-');
  const start = numberOf(first, field);
  if (rest.length > 0 || start === undefined) return expected;
  if (last === undefined) return undefined;
  const end = numberOf(last, field);
  return end === undefined || end < start ? expected : undefined;
}

function numberOf(text: string, field: Field): number | undefined {
  const named = field.names.indexOf(text.toLowerCase());
  if (named >= 0) return named + field.from;
  const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return number >= field.from && number <= field.to ? number : undefined;
}
