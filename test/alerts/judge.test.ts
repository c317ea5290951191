import { describe, expect, it } from 'vitest';
import { type FigureName, figuresOf } from '../../jobs/alerts/figures.ts';
import { judge, longRun, median } from '../../jobs/alerts/judge.ts';
import { alertSettings } from '../../jobs/connection/sync-config.ts';

const settings = alertSettings({});
type Values = Partial<Record<FigureName, number | Record<string, number>>>;

function run(values: Values, id = 1) {
  const rows = Object.entries(values).flatMap(([name, value]) => {
    const figure = name as FigureName;
    return typeof value === 'number'
      ? [{ figure, subject: '', value }]
      : Object.entries(value).map(([subject, count]) => ({ figure, subject, value: count }));
  });
  return figuresOf(id, rows);
}

const usual = { seconds: 600, loaded: 1000, unmapped: 50, extracted: { Observation: 1000 } };
const before = [run(usual), run({ ...usual, unmapped: 40 }), run({ ...usual, unmapped: 60 })];
const found = (values: Values, history = before, given: object = {}) =>
  judge(run(values), history, alertSettings({ alerts: given })).map(
    ({ kind, subject, measured, expected }) => ({ kind, subject, measured, expected }),
  );

describe('the judgement of a run', () => {
  it('finds nothing in a run like the others, and nothing without enough of them', () => {
    expect(found(usual)).toEqual([]);
    expect(found({ ...usual, unmapped: 1000, seconds: 99_999, extracted: {} }, before.slice(1))).toEqual([]);
  });

  it('finds a jump of the unmapped share, of all and of one code system', () => {
    const system = 'http://loinc.org';
    expect(found({ ...usual, unmapped: 110, 'unmapped-of-system': { [system]: 70, text: 40 } })).toEqual([
      { kind: 'unmapped-jump', subject: '', measured: 11, expected: 5 },
      { kind: 'unmapped-jump', subject: system, measured: 7, expected: 0 },
    ]);
    // As large, but for ten records: any share is odd then.
    expect(found({ ...usual, loaded: 10, unmapped: 10 })).toEqual([]);
    // Hidden in the sum: one system better, another worse.
    const moved = before.map((one) =>
      run({ ...usual, unmapped: one.get('unmapped'), 'unmapped-of-system': { text: 50 } }),
    );
    expect(found({ ...usual, unmapped: 60, 'unmapped-of-system': { [system]: 60 } }, moved)).toEqual([
      { kind: 'unmapped-jump', subject: system, measured: 6, expected: 0 },
    ]);
  });

  it('finds a volume far above, far below, and gone', () => {
    const far = (extracted: Record<string, number>) => found({ ...usual, extracted });
    expect(far({ Observation: 3001 })).toMatchObject([{ kind: 'volume-far', subject: 'type/Observation' }]);
    expect(far({ Observation: 3000 })).toEqual([]);
    expect(far({ Observation: 333 })).toMatchObject([{ measured: 333, expected: 1000 }]);
    expect(far({})).toMatchObject([{ subject: 'type/Observation', measured: 0, expected: 1000 }]);
    expect(far({ Observation: 1000, Goal: 100 })).toMatchObject([{ subject: 'type/Goal', expected: 0 }]);
    expect(far({ Observation: 1000, Goal: 99 })).toEqual([]);
    expect(found({ ...usual, written: { measurement: 100 } })).toMatchObject([
      { subject: 'table/measurement' },
    ]);
  });

  it('finds a long run, also while it is live, but not a short one that took three times as long', () => {
    expect(found({ ...usual, seconds: 1801 })).toMatchObject([{ kind: 'run-long', expected: 600 }]);
    expect(longRun(1800, before, settings)).toEqual([]);
    const quick = before.map(() => run({ ...usual, seconds: 2 }));
    expect(found({ ...usual, seconds: 899 }, quick)).toEqual([]);
    expect(found({ ...usual, seconds: 901 }, quick)).toHaveLength(1);
  });

  it('is not led astray by one odd run among the last ones', () => {
    const odd = [run({ ...usual, unmapped: 900, extracted: { Observation: 5 } }), ...before];
    expect(found(usual, odd)).toEqual([]);
    expect(median([3, 1, 100])).toBe(3);
    expect(median([4, 1, 3, 100])).toBe(3.5);
  });

  it('follows the settings of the connection', () => {
    expect(found({ ...usual, unmapped: 110 }, before, { unmapped_points: 7 })).toEqual([]);
    expect(found({ ...usual, seconds: 1801 }, before, { duration_factor: 4 })).toEqual([]);
    expect(alertSettings({ alerts: { off: 'all' } }), 'settings that cannot be used').toEqual(settings);
  });
});
