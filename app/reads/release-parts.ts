/** Vocabularies of the release before the one in use, so that a page can say what has changed. */
import type { Sql } from '../../sql/connect.ts';

export interface ReleasePart {
  readonly vocabulary_id: string;
  readonly vocabulary_version: string | null;
  readonly concepts: number;
}

/** By vocabulary; empty where there was none before. */
export async function partsBefore(sql: Sql): Promise<ReadonlyMap<string, ReleasePart>> {
  const rows = await sql<ReleasePart[]>`
    select vocabulary_id, vocabulary_version, concepts from vocabulary_release_part
    where release_id = (select max(release_id) from vocabulary_release where not is_current)`;
  return new Map(rows.map((row) => [row.vocabulary_id, row]));
}
