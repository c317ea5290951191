import { describe, expect, it } from 'vitest';
import type { Findings } from './findings.ts';
import { compared } from './targets.ts';

const findings = (others: number): Findings => ({
  figures: { resources: 500_000, ratio: 2.5, rerun_speedup: 3 },
  remarks: {},
  circumstances: { ratio: { others, cpu: 'worker 40.0 µs a resource' } },
});
const verdicts = (all: Findings, others: number) =>
  compared(all, others).map(({ figure, others: share, is }) => [figure, share, is]);

describe('a target', () => {
  it('is met or not on a machine that was quiet, and says what it took', () => {
    expect(verdicts(findings(0.02), 0.01)).toEqual([
      ['ratio', '2 %', 'met'],
      ['rerun_speedup', '1 %', 'not met'],
    ]);
    expect(compared(findings(0.02), 0.01)[0]?.cpu).toBe('worker 40.0 µs a resource');
  });

  it('of changes in a full export is 1.3 times an unchanged one, and a fiftieth of the first sync', () => {
    const figures = {
      ...{ sync_seconds: 100, rerun_unchanged_seconds: 10 },
      ...{ incremental_1pct_seconds: 12.5, full_1pct_seconds: 14.9 },
    };
    expect(
      compared({ figures, remarks: {}, circumstances: {} }, 0).map(({ figure, target, is }) => [
        figure,
        target,
        is,
      ]),
    ).toEqual([
      ['incremental_1pct_seconds', '≤ 12', 'not met'],
      ['full_1pct_seconds', '≤ 15', 'met'],
    ]);
  });

  it('is never called met where others used the machine, while it was measured or all the while', () => {
    expect(verdicts(findings(0.4), 0.01)).toEqual([
      ['ratio', '40 %', 'not told: the machine was not quiet'],
      ['rerun_speedup', '1 %', 'not met'],
    ]);
    expect(verdicts(findings(0), 0.3)).toEqual([
      ['ratio', '30 %', 'not told: the machine was not quiet'],
      ['rerun_speedup', '30 %', 'not met: the machine was not quiet'],
    ]);
  });

  it('is not called met where nobody knows what others did', () => {
    expect(verdicts(findings(0), Number.NaN)[0]?.[2]).toBe(
      'not told: whether the machine was quiet is not known',
    );
  });
});
