/** Which releases there are, and what the current one holds. */
import type { Sql, Tx } from '../../sql/connect.ts';

export interface Release {
  readonly release_id: number;
  readonly version: string;
  readonly source: string;
  readonly concepts: number;
  readonly relationships: number;
  readonly loaded_at: Date;
  readonly is_current: boolean;
}

export interface VocabularyPart {
  readonly vocabulary_id: string;
  readonly vocabulary_name: string;
  readonly vocabulary_version: string | null;
  readonly concepts: number;
  readonly standard: number;
}

/** Releases, newest first. */
export async function listReleases(sql: Sql | Tx): Promise<Release[]> {
  return sql<Release[]>`
    select release_id, version, source, concepts, relationships, loaded_at, is_current
    from vocabulary_release order by release_id desc limit 100`;
}

/** The vocabularies of a release, largest first. */
export async function listParts(sql: Sql | Tx, releaseId: number): Promise<VocabularyPart[]> {
  return sql<VocabularyPart[]>`
    select vocabulary_id, vocabulary_name, vocabulary_version, concepts, standard
    from vocabulary_release_part where release_id = ${releaseId}
    order by concepts desc, vocabulary_id`;
}

/**
 * Counts the concepts of each vocabulary, also in tables that are not in use yet: a second or so on a full
 * release.
 */
export async function countParts(tx: Tx, concept: string, vocabulary: string): Promise<VocabularyPart[]> {
  return tx.unsafe<VocabularyPart[]>(`
    select vocabulary_id, coalesce(v.vocabulary_name, vocabulary_id) as vocabulary_name, v.vocabulary_version,
      concepts, standard
    from (
      select vocabulary_id, count(*) as concepts, count(*) filter (where standard_concept = 'S') as standard
      from ${concept} group by vocabulary_id
    ) counted
    left join ${vocabulary} v using (vocabulary_id)
    order by concepts desc, vocabulary_id`);
}
