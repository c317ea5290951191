/** Writes the CDM rows of a chunk: one COPY per table, with the columns that any of its rows fills. */
import type { Tx } from '../../../sql/connect.ts';
import type { TableName } from '../../map/cdm/rows.ts';
import { type Finished, type FinishedRow, idOf } from '../assemble.ts';
import { CDM_TABLES, LOAD_ORDER } from './cdm-tables.ts';
import { copyEach, writeCell } from './copy.ts';
import type { Ledger } from './ledger.ts';

interface Sheet {
  readonly columns: Set<string>;
  readonly rows: { readonly id: number; readonly values: FinishedRow['values'] }[];
}

export async function copyCdmRows(tx: Tx, finished: readonly Finished[], ledger: Ledger): Promise<void> {
  const sheets = new Map<TableName, Sheet>();
  for (const { rows, key } of finished) {
    for (let index = 0; index < rows.length; index++) {
      const row = rows[index];
      if (row) addRow(sheets, row, idOf(row.table, key, index));
    }
  }
  for (const table of LOAD_ORDER) {
    const sheet = sheets.get(table);
    if (!sheet) continue;
    const columns = [...sheet.columns];
    await copyEach(tx, table, [CDM_TABLES[table].idColumn, ...columns], sheet.rows, (out, { id, values }) => {
      writeCell(out, 0, id);
      for (let n = 0; n < columns.length; n++) writeCell(out, n + 1, values[columns[n] ?? '']);
    });
    ledger.rows(table, sheet.rows.length, 0);
  }
}

function addRow(sheets: Map<TableName, Sheet>, { table, values }: FinishedRow, id: number): void {
  let sheet = sheets.get(table);
  if (!sheet) {
    sheet = { columns: new Set(), rows: [] };
    sheets.set(table, sheet);
  }
  sheet.rows.push({ id, values });
  for (const column in values) {
    // A version of the CDM may lack a column of which no row says anything.
    if (values[column] !== undefined && !sheet.columns.has(column)) sheet.columns.add(column);
  }
}
