/**
 * The rows of a CSV file on this machine, one by one. What goes wrong with the file itself (it is missing, may not be
 * read, is a folder) and with its text reaches whoever reads the rows, as an error that names the file.
 */
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { CsvError, parse } from 'csv-parse';
import { clean } from './clean.ts';
import { describeError } from './describe-error.ts';
import { syncError } from './errors.ts';

export interface CsvRow {
  /** Of the file, from 1: where the row ends. */
  readonly line: number;
  readonly fields: readonly string[];
}

const LONGEST_ROW = 100_000;

export async function* readCsvFile(path: string): AsyncGenerator<CsvRow> {
  const parser = parse({
    ...{ bom: true, relax_column_count: true, trim: true, skip_empty_lines: true, info: true },
    max_record_size: LONGEST_ROW,
  });
  // An error of either stream ends the other one, so it comes out of the loop below.
  const whole = pipeline(createReadStream(path), parser);
  whole.catch(() => {});
  try {
    for await (const { record, info } of parser as AsyncIterable<Parsed>) {
      yield { line: info.lines, fields: record };
    }
    await whole;
  } catch (error) {
    throw explained(path, error);
  }
}

interface Parsed {
  readonly record: string[];
  readonly info: { readonly lines: number };
}

/** Only the code: the parser's own words quote the row. */
function explained(path: string, error: unknown): unknown {
  const file = clean(path, 300);
  if (error instanceof CsvError) {
    const line = Number(Reflect.get(error, 'lines')) || 1;
    return syncError('csv-file-broken', { file, line, fault: error.code });
  }
  if (error instanceof Error && 'syscall' in error) {
    return syncError('csv-file-unreadable', { file, reason: describeError(error).code }, { cause: error });
  }
  return error;
}
