/**
 * How far a load is, over its whole length. Copying is the smaller part: on a full release it takes about a
 * third of the time. The rest goes into the indexes, in proportion to rows times indexes. So the completed
 * share grows evenly enough to tell how long the rest will take.
 */

import type { VocabularyTable } from '../../../sql/vocabulary-tables.ts';
import { type Bundle, bytesOf } from './bundle.ts';

export interface LoadProgress {
  readonly step: 'copy' | 'index' | 'swap';
  readonly table: VocabularyTable | undefined;
  /** Rows of this table so far. */
  readonly rows: number;
  /** Rows of all tables so far. */
  readonly allRows: number;
  /** Share of the whole work that is done, 0 to 1. */
  readonly fraction: number;
}

export interface Progress {
  copying(table: VocabularyTable, bytes: number, rows: number): void;
  copied(table: VocabularyTable, rows: number): void;
  /** Sets how many indexes each table will have, once everything is copied. */
  willIndex(indexes: ReadonlyMap<VocabularyTable, number>): void;
  /** Reports how many of the table's indexes are built. */
  indexed(table: VocabularyTable, built: number): void;
  swapping(): void;
  rows(table: VocabularyTable): number;
}

const COPYING = 1 / 3;

export function followProgress(bundle: Bundle, tell: (progress: LoadProgress) => void): Progress {
  const bytesOfAll = Math.max(1, bytesOf(bundle));
  const rowsOf = new Map<VocabularyTable, number>();
  let bytesBefore = 0;
  let rowsBefore = 0;
  let entriesOfAll = 1;
  let entriesBefore = 0;
  const copying = (table: VocabularyTable, bytes: number, rows: number): void =>
    tell({
      ...{ step: 'copy', table, rows, allRows: rowsBefore + rows },
      fraction: COPYING * Math.min(1, (bytesBefore + bytes) / bytesOfAll),
    });

  return {
    copying,
    copied(table, rows) {
      const bytes = bundle.files.get(table)?.bytes ?? 0;
      copying(table, bytes, rows);
      bytesBefore += bytes;
      rowsBefore += rows;
      rowsOf.set(table, rows);
    },
    willIndex(indexes) {
      entriesOfAll = Math.max(
        1,
        [...indexes].reduce((sum, [table, count]) => sum + count * (rowsOf.get(table) ?? 0), 0),
      );
    },
    indexed(table, built) {
      const rows = rowsOf.get(table) ?? 0;
      if (built > 0) entriesBefore += rows;
      const fraction = COPYING + (1 - COPYING) * Math.min(1, entriesBefore / entriesOfAll);
      tell({ step: 'index', table, rows, allRows: rowsBefore, fraction });
    },
    swapping: () => tell({ step: 'swap', table: undefined, rows: 0, allRows: rowsBefore, fraction: 1 }),
    rows: (table) => rowsOf.get(table) ?? 0,
  };
}
