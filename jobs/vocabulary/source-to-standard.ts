/**
 * What a sync would do with these codes, with the names of the concepts. The answer comes from the code that syncs
 * use (look-up.ts), so that it cannot differ from it.
 */
import type { Sql, Tx } from '../../sql/connect.ts';
import { vocabulariesFor } from '../map/code-systems.ts';
import type { MappingSettings } from '../map/settings.ts';
import { type Concept, conceptsById } from './concept.ts';
import { explainCodes } from './look-up.ts';
import { readState } from './state.ts';

export interface Code {
  /** URI, OID or the name of a vocabulary. */
  readonly system: string;
  readonly code: string;
}

export interface Mapped extends Code {
  /** The vocabularies that the system stands for. */
  readonly vocabularies: readonly string[];
  readonly decided_by: 'local-map' | 'vocabulary' | 'nothing';
  readonly source: Concept | null;
  readonly targets: readonly Concept[];
  readonly values: readonly Concept[];
  /** Of a source concept that is no longer valid. */
  readonly replaced_by: Concept | null;
}

export interface Answers {
  readonly release_id: number;
  readonly version: string;
  /** In the order asked. */
  readonly codes: readonly Mapped[];
}

/** `settings`: of the connection that sends the codes, for its own code systems. */
export async function sourceToStandard(
  sql: Sql,
  codes: readonly Code[],
  settings: Pick<MappingSettings, 'codeSystems' | 'vendor'>,
  now: Date,
): Promise<Answers> {
  return sql.begin(async (tx) => {
    const { releaseId, day } = await readState(tx, now);
    const asked = codes.map(({ system, code }) => ({
      ...{ system, code },
      vocabularies: vocabulariesFor(system, settings.codeSystems, settings.vendor),
    }));
    const explained = await explainCodes(tx, asked, day);
    const replacements = await replacedBy(
      tx,
      explained.map(({ resolution }) => resolution.sourceConceptId),
    );
    const named = await conceptsById(tx, [
      ...replacements.values(),
      ...explained.flatMap(({ resolution: { sourceConceptId, targets, values } }) => [
        sourceConceptId,
        ...[...targets, ...values].map((target) => target.conceptId),
      ]),
    ]);
    const nameAll = (targets: readonly { readonly conceptId: number }[]) =>
      targets.flatMap(({ conceptId }) => named.get(conceptId) ?? []);
    return {
      release_id: releaseId,
      version: await versionOf(tx, releaseId),
      codes: asked.map((one, index): Mapped => {
        const { resolution, byLocalMap } = explained[index] ?? { byLocalMap: false };
        const source = resolution?.sourceConceptId ? named.get(resolution.sourceConceptId) : undefined;
        const targets = nameAll(resolution?.targets ?? []);
        const values = nameAll(resolution?.values ?? []);
        const known = targets.length > 0 || values.length > 0;
        return {
          ...one,
          decided_by: byLocalMap ? 'local-map' : known ? 'vocabulary' : 'nothing',
          source: source ?? null,
          targets,
          values,
          replaced_by: named.get(replacements.get(source?.concept_id ?? 0) ?? 0) ?? null,
        };
      }),
    };
  });
}

async function versionOf(tx: Tx, releaseId: number): Promise<string> {
  const [row] = await tx<{ version: string }[]>`
    select version from vocabulary_release where release_id = ${releaseId}`;
  return row?.version ?? '';
}

/** The lowest id, should a release name several. */
async function replacedBy(tx: Tx, conceptIds: readonly number[]): Promise<Map<number, number>> {
  const rows = await tx<{ from: number; to: number }[]>`
    select r.concept_id_1 as "from", min(r.concept_id_2) as "to"
    from concept c join concept_relationship r on r.concept_id_1 = c.concept_id
    where c.concept_id = any(${[...conceptIds]}::int[]) and c.concept_id <> 0 and c.invalid_reason is not null
      and r.relationship_id = 'Concept replaced by' and r.invalid_reason is null
    group by r.concept_id_1`;
  return new Map(rows.map(({ from, to }) => [from, to]));
}
