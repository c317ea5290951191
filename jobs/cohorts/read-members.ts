/** The members of a cohort as a CSV file has them: a row each, found by the names of its columns. */
import { readCsvFile } from '../step/csv-file.ts';
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
const NAMES: readonly string[] = [...SUBJECT, START, END, 'cohort_definition_id'];

export async function openMembers(path: string): Promise<MembersFile> {
  const rows = readCsvFile(path);
  const first = await rows.next();
  const header = first.done ? [] : first.value.fields.map((name) => name.toLowerCase());
  const subject = SUBJECT.find((name) => header.includes(name));
  if (!subject || !header.includes(START)) {
    await rows.return(undefined);
    throw syncError('cohort-columns', { found: whatOf(header) });
  }
  const [at, start, end] = [subject, START, END].map((name) => header.indexOf(name));
  async function* members() {
    let batch: Member[] = [];
    for await (const { line, fields } of rows) {
      const of = (index = -1): string => fields[index] ?? '';
      batch.push({ line, subject: of(at), start: of(start), end: of(end) || of(start) });
      if (batch.length < BATCH) continue;
      yield batch;
      batch = [];
    }
    if (batch.length > 0) yield batch;
  }
  return { by: subject === 'person_source_value' ? subject : 'person_id', members: members() };
}

/** The first line of a file without a header names a person, so nothing of it is repeated but the names of columns. */
function whatOf(header: readonly string[]): string {
  const known = header.filter((name) => NAMES.includes(name));
  return `${header.length} columns, ${known.length === 0 ? 'none of them by these names' : `of these names ${known.join(', ')}`}`;
}
