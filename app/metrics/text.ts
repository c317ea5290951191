/** Prometheus's text format, version 0.0.4. */
import { METRICS, type MetricName } from './names.ts';

export interface Sample {
  readonly metric: MetricName;
  /** What the metric's name is followed by, as "_bucket". */
  readonly suffix?: string | undefined;
  /** Values of its labels, in their order. */
  readonly labels: readonly string[];
  /** Upper bound of a bucket. */
  readonly le?: string | undefined;
  readonly value: number;
}

export const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

export function metricsText(samples: readonly Sample[]): string {
  const byMetric = Map.groupBy(samples, ({ metric }) => metric);
  const names = Object.keys(METRICS) as MetricName[];
  return names
    .map((name) => {
      const { help, type } = METRICS[name];
      const lines = (byMetric.get(name) ?? []).map(lineOf);
      return [`# HELP ${name} ${escaped(help)}`, `# TYPE ${name} ${type}`, ...lines, ''].join('\n');
    })
    .join('');
}

function lineOf({ metric, suffix = '', labels, le, value }: Sample): string {
  const pairs = METRICS[metric].labels.map((label, n) => [label, labels[n] ?? ''] as const);
  const all = le === undefined ? pairs : [...pairs, ['le', le] as const];
  const shown = all.map(([label, text]) => `${label}="${escaped(text).replaceAll('"', '\\"')}"`).join(',');
  return `${metric}${suffix}${shown === '' ? '' : `{${shown}}`} ${String(value)}`;
}

const escaped = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
