/** The members of a cohort as a CSV file has them: a row each, found by the names of its columns. */
import { createReadStream } from 'node:fs';
import { parse } from 'csv-parse';
import { syncError } from '../step/errors.ts';

export interface Member {
  readonly line: number;
  /** person_id, or person_source_value where the file has that; as it was written. */
  readonly subject: string;
  readonly start: string;
  readonly end: string;
}

export interface MembersFile {
  readonly by: 'person_id' | 'person_source_value';
  readonly members: AsyncIterable<readonly Member[]>;
}

const SUBJECT = ['subject_id', 'person_id', 'person_source_value'] as const;
const START = 'cohort_start_date';
const END = 'cohort_end_date';
const BATCH = 5000;

export async function openMembers(path: string): Promise<MembersFile> {
  const rows = createReadStream(path).pipe(
    parse({
      ...{ bom: true, relax_column_count: true, trim: true, skip_empty_lines: true, info: true },
      max_record_size: 100_000,
    }),
  );
  const lines: AsyncIterator<{ record: string[]; info: { lines: number } }> = rows[Symbol.asyncIterator]();
  const header = (await lines.next()).value?.record.map((name: string) => name.toLowerCase()) ?? [];
  const subject = SUBJECT.find((name) => header.includes(name));
  if (!subject || !header.includes(START)) {
    throw syncError('cohort-columns', { found: header.join(', ').slice(0, 200) || 'none' });
  }
  const [at, start, end] = [subject, START, END].map((name) => header.indexOf(name));
  async function* members() {
    let batch: Member[] = [];
    for (let next = await lines.next(); !next.done; next = await lines.next()) {
      const { record, info } = next.value;
      const of = (index = -1): string => record[index] ?? '';
      batch.push({ line: info.lines, subject: of(at), start: of(start), end: of(end) || of(start) });
      if (batch.length < BATCH) continue;
      yield batch;
      batch = [];
    }
    if (batch.length > 0) yield batch;
  }
  return { by: subject === 'person_source_value' ? subject : 'person_id', members: members() };
}
