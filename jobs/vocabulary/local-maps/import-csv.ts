/**
 * Imports a CSV file of maps: reads it, checks it, and writes it where that is asked for and nothing speaks
 * against it.
 */
import type { Tx } from '../../../sql/connect.ts';
import { FINDINGS, type Finding, type FindingCode } from './local-map.ts';
import { type CodeSystem, type ReadMaps, readMapsCsv } from './read-csv.ts';
import { writeMapsInTx } from './write.ts';

export interface ImportOptions extends CodeSystem {
  readonly apply: boolean;
  readonly replace: boolean;
}

export interface ImportReport {
  readonly format: ReadMaps['format'];
  readonly lines: number;
  readonly applied: boolean;
  readonly new: number;
  readonly unchanged: number;
  readonly replaced: number;
  readonly skipped: number;
  readonly errors: number;
  readonly warnings: number;
  /** How many findings there are of each kind. */
  readonly kinds: readonly { code: FindingCode; level: Finding['level']; lines: number; meaning: string }[];
  /** The first findings, errors before warnings before skipped lines. */
  readonly findings: readonly Finding[];
}

/** How many findings a report lists: people read it, and the counts tell of the rest. */
const SHOWN = 500;
const LEVELS = ['error', 'warning', 'skipped'] as const;

export async function importMapsInTx(tx: Tx, text: string, options: ImportOptions): Promise<ImportReport> {
  const read = readMapsCsv(text, options);
  // A line that cannot be read is an error of the whole file: nothing of it is written.
  const readable = !read.findings.some((one) => one.level === 'error');
  const written = await writeMapsInTx(tx, read.proposed, { ...options, apply: options.apply && readable });
  const findings = [...read.findings, ...written.findings];
  const count = (level: Finding['level']): number => findings.filter((one) => one.level === level).length;
  const kinds = [...Map.groupBy(findings, (one) => `${one.level} ${one.code}`).values()].flatMap((of) =>
    of[0] ? [{ code: of[0].code, level: of[0].level, lines: of.length, meaning: FINDINGS[of[0].code] }] : [],
  );
  const byLevel = (one: { level: Finding['level'] }): number => LEVELS.indexOf(one.level);
  return {
    format: read.format,
    lines: read.lines,
    applied: written.applied,
    new: written.fresh.length,
    unchanged: written.unchanged,
    replaced: written.replaced.length,
    skipped: count('skipped'),
    errors: count('error'),
    warnings: count('warning'),
    kinds: kinds.toSorted((a, b) => byLevel(a) - byLevel(b) || b.lines - a.lines),
    findings: findings.toSorted((a, b) => byLevel(a) - byLevel(b) || a.line - b.line).slice(0, SHOWN),
  };
}
