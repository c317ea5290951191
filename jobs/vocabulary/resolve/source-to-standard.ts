/**
 * What a sync would do with these codes, with the names of the concepts. The answer comes from the code that
 * syncs use (look-up.ts), so the two cannot differ.
 */
import type { Sql, Tx } from '../../../sql/connect.ts';
import { vocabulariesFor } from '../../map/read/code-systems.ts';
import type { MappingSettings } from '../../map/settings.ts';
import { type Concept, conceptsById } from '../concept.ts';
import { type Explained, explainCodes } from './look-up.ts';
import { readState } from './state.ts';

export interface Code {
  /** URI, OID or the name of a vocabulary. */
  readonly system: string;
  readonly code: string;
}

export interface Mapped extends Code {
  /** The vocabularies that the system stands for. */
  readonly vocabularies: readonly string[];
  readonly decided_by: 'local-map' | 'vocabulary' | 'replacement' | 'nothing';
  readonly source: Concept | null;
  readonly targets: readonly Concept[];
  readonly values: readonly Concept[];
  /** The concepts that replaced a source concept that is no longer valid. */
  readonly replaced_by: readonly Concept[];
}

export interface Answers {
  readonly release_id: number;
  readonly version: string;
  /** The codes in the order asked. */
  readonly codes: readonly Mapped[];
}

/** `settings` are those of the connection that sends the codes, for its own code systems. */
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
    const retired = await replacements(
      tx,
      explained.map(({ resolution }) => resolution.sourceConceptId),
    );
    const named = await conceptsById(tx, [
      ...[...retired.values()].flat(),
      ...explained.flatMap(({ resolution: { sourceConceptId, targets, values }, replacedBy }) => [
        ...[sourceConceptId, ...replacedBy],
        ...[...targets, ...values].map((target) => target.conceptId),
      ]),
    ]);
    const version = await versionOf(tx, releaseId);
    return {
      ...{ release_id: releaseId, version },
      codes: explained.map((one, index) => ({
        ...(asked[index] ?? { system: '', code: '', vocabularies: [] }),
        ...withNames(one, named, retired),
      })),
    };
  });
}

function withNames(
  { resolution, byLocalMap, replacedBy }: Explained,
  named: ReadonlyMap<number, Concept>,
  retired: ReadonlyMap<number, readonly number[]>,
): Omit<Mapped, keyof Code | 'vocabularies'> {
  const name = (ids: readonly number[]) => ids.flatMap((id) => named.get(id) ?? []);
  const targets = name(resolution.targets.map((target) => target.conceptId));
  const values = name(resolution.values.map((target) => target.conceptId));
  const { sourceConceptId } = resolution;
  return {
    decided_by: byLocalMap
      ? 'local-map'
      : targets.length + values.length === 0
        ? 'nothing'
        : replacedBy.length > 0
          ? 'replacement'
          : 'vocabulary',
    source: sourceConceptId === 0 ? null : (named.get(sourceConceptId) ?? null),
    ...{ targets, values },
    replaced_by: name(replacedBy.length > 0 ? replacedBy : (retired.get(sourceConceptId) ?? [])),
  };
}

async function versionOf(tx: Tx, releaseId: number): Promise<string> {
  const [row] = await tx<{ version: string }[]>`
    select version from vocabulary_release where release_id = ${releaseId}`;
  return row?.version ?? '';
}

/**
 * The replacements of retired concepts, whether or not a sync needs them: many retired concepts have a "Maps
 * to" as well.
 */
async function replacements(tx: Tx, conceptIds: readonly number[]): Promise<Map<number, number[]>> {
  const rows = await tx<{ from: number; to: number[] }[]>`
    select r.concept_id_1 as "from", array_agg(r.concept_id_2 order by r.concept_id_2) as "to"
    from concept c join concept_relationship r on r.concept_id_1 = c.concept_id
    where c.concept_id = any(${[...conceptIds]}::int[]) and c.concept_id <> 0 and c.invalid_reason is not null
      and r.relationship_id = 'Concept replaced by' and r.invalid_reason is null
    group by r.concept_id_1`;
  return new Map(rows.map(({ from, to }) => [from, to]));
}
