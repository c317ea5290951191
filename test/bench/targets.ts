/** The targets, beside what was measured. */
import type { Findings } from './findings.ts';

/**
 * Measured for fhir2omop earlier, on such a machine. It is in no package registry, so it is not run beside
 * us.
 */
const FHIR2OMOP_RESOURCES_PER_SECOND = 1550;

interface Target {
  readonly figure: string;
  readonly atMost?: (figures: Readonly<Record<string, number>>) => number;
  readonly atLeast?: number;
  /** The size that the target is set for, where this run's may be smaller. */
  readonly at?: { readonly figure: string; readonly least: number };
}

const AT_SIZE = { figure: 'resources', least: 500_000 };

const TARGETS: readonly Target[] = [
  { figure: 'map_ratio', atMost: () => 2, at: AT_SIZE },
  { figure: 'ratio', atMost: () => 2.6, at: AT_SIZE },
  { figure: 'worker_cpu_us_per_resource', atMost: () => 42, at: AT_SIZE },
  { figure: 'postgres_cpu_us_per_resource', atMost: () => 28, at: AT_SIZE },
  { figure: 'resources_per_second', atLeast: 20 * FHIR2OMOP_RESOURCES_PER_SECOND },
  { figure: 'rerun_speedup', atLeast: 4 },
  { figure: 'rerun_wal_share', atMost: () => 0.01 },
  { figure: 'incremental_1pct_seconds', atMost: (figures) => unchangedAndTwoPercent(figures, 1) },
  { figure: 'full_1pct_seconds', atMost: (figures) => unchangedAndTwoPercent(figures, 1.3) },
  { figure: 'one_patient_growth', atMost: () => 1.5, at: { figure: 'persons', least: 100_000 } },
  { figure: 'patient_sync_p50_seconds', atMost: () => 5 },
  { figure: 'idle_sync_latency_ms', atMost: () => 1000 },
  { figure: 'worker_peak_rss_mb', atMost: () => 300 },
  { figure: 'big_file_peak_rss_mb', atMost: () => 300, at: { figure: 'big_file_bytes', least: 3e9 } },
  { figure: 'growth', atMost: () => 1.25, at: { figure: 'resources', least: 5_000_000 } },
  {
    figure: 'vocabulary_load_ratio',
    atMost: () => 1.3,
    at: { figure: 'vocabulary_concepts', least: 5_000_000 },
  },
  { figure: 'api_dashboard_p95_ms', atMost: () => 50, at: { figure: 'resources', least: 5_000_000 } },
  { figure: 'api_runs_p95_ms', atMost: () => 50, at: { figure: 'resources', least: 5_000_000 } },
  { figure: 'pages_p95_ms', atMost: () => 100 },
];

/** So many times a full export in which nothing has changed, and a fiftieth of the first sync. */
function unchangedAndTwoPercent(figures: Readonly<Record<string, number>>, times: number): number {
  const { rerun_unchanged_seconds: unchanged = Number.NaN, sync_seconds: first = Number.NaN } = figures;
  return times * unchanged + 0.02 * first;
}

/** Up to this share of the machine, others count as none: Postgres' and the system's own housekeeping is among them. */
const QUIET = 0.05;

export type Compared = {
  readonly figure: string;
  readonly target: string;
  readonly value: number;
  readonly others: string;
  readonly cpu: string;
  readonly is: string;
};

/** `others`: share of the machine that others used all the while. Where that was not quiet, no target is met. */
export function compared({ figures, circumstances }: Findings, others: number): Compared[] {
  return TARGETS.flatMap(({ figure, atMost, atLeast, at }) => {
    const value = figures[figure];
    if (value === undefined) return [];
    const bound = atLeast ?? atMost?.(figures) ?? Number.NaN;
    const met = atLeast === undefined ? value <= bound : value >= bound;
    const known = circumstances[figure];
    const most = Math.max(others, known?.others ?? 0);
    const smaller = at && (figures[at.figure] ?? 0) < at.least;
    const size = smaller ? `, below the ${at.least.toLocaleString('en-US')} ${at.figure} asked for` : '';
    return [
      {
        figure,
        target: `${atLeast === undefined ? '≤' : '≥'} ${round(bound).toLocaleString('en-US')}`,
        value: round(value),
        others: `${(100 * most).toFixed(0)} %`,
        cpu: known?.cpu ?? '',
        is: `${verdict(met, most)}${size}`,
      },
    ];
  });
}

function verdict(met: boolean, others: number): string {
  if (others <= QUIET) return met ? 'met' : 'not met';
  // Where there is no /proc nobody knows.
  const why = Number.isNaN(others)
    ? 'whether the machine was quiet is not known'
    : 'the machine was not quiet';
  return `${met ? 'not told' : 'not met'}: ${why}`;
}

/** Rounds a figure as it is printed and kept. */
export function round(value: number): number {
  return Math.abs(value) >= 1000 ? Math.round(value) : Math.round(value * 1000) / 1000;
}
