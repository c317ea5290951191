/**
 * What a bench has found: figures under the names of its JSON, in the order in which they were found, and
 * remarks on them.
 */
export interface Findings {
  readonly figures: Record<string, number>;
  readonly remarks: Record<string, string>;
  /** How it was measured, of the figures of which that is known. */
  readonly circumstances: Record<string, Circumstances>;
}

export interface Circumstances {
  /** Share of the machine that others used meanwhile. */
  readonly others: number;
  /** What it took of our CPU. */
  readonly cpu: string;
}

export function figure({ figures }: Findings, name: string): number {
  const value = figures[name];
  if (value === undefined) throw new Error(`${name} was not measured`);
  return value;
}

export function say(text: string): void {
  console.error(`  ${text}`);
}

export function megabytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MB`;
}

/** The value below which that share of the others lies. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN;
}
