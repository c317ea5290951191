/**
 * The three questions to the vocabulary: what codes lead to, which concepts are Standard, and which descend
 * from which. Each is one statement however many codes are asked, save that retired concepts need a second
 * one. Local maps (source_to_concept_map) go before the vocabulary's.
 */
import type { Sql, Tx } from '../../../sql/connect.ts';
import { NOTHING, type Resolution, type Target } from '../../map/types.ts';
import { normalise } from './code-forms.ts';
import { followReplacements } from './replacements.ts';
import { dayOf } from './state.ts';
import { asTarget, itselfOr, type SourceRow, type TargetRow, targetsOf } from './targets.ts';

export interface Asked {
  /** The system as sent; a row of source_to_concept_map may name it instead of a vocabulary. */
  readonly system: string;
  readonly vocabularies: readonly string[];
  readonly code: string;
}

/** What a sync does with a code, and why. */
export interface Explained {
  readonly resolution: Resolution;
  /** Whether a row of source_to_concept_map decided. */
  readonly byLocalMap: boolean;
  /** The concepts that replaced the code's own, which was retired, where they decided. */
  readonly replacedBy: readonly number[];
}

/** Returns the answers in the order asked. Local maps count when they hold on `day`. */
export async function lookUpCodes(
  tx: Sql | Tx,
  asked: readonly Asked[],
  day = dayOf(new Date()),
): Promise<Resolution[]> {
  return (await explainCodes(tx, asked, day)).map(({ resolution }) => resolution);
}

export async function explainCodes(
  tx: Sql | Tx,
  asked: readonly Asked[],
  day = dayOf(new Date()),
): Promise<Explained[]> {
  const candidates = asked.flatMap(candidatesOf);
  if (candidates.length === 0) return asked.map(() => NOT_KNOWN);
  const found = await tx<Found[]>`
    with candidate as (
      select * from unnest(
        ${candidates.map((c) => c.asked)}::int[], ${candidates.map((c) => c.rank)}::int[],
        ${candidates.map((c) => c.vocabulary)}::text[], ${candidates.map((c) => c.code)}::text[]
      ) as t (asked, rank, vocabulary_id, code)
    ),
    -- The names under which local maps of a candidate may be kept: a system's URI is too long for one.
    named as (
      select asked, rank, vocabulary_id, code from candidate
      union
      select k.asked, k.rank, v.vocabulary_id, k.code from candidate k
      join local_vocabulary v on v.system = k.vocabulary_id
    )
    select k.asked, k.rank, k.code, 'concept' as origin, c.concept_id as source_concept_id, c.domain_id as source_domain,
           c.invalid_reason is null as valid, c.standard_concept = 'S' as standard, c.vocabulary_id as source_vocabulary,
           c.concept_class_id as source_class, r.relationship_id as relationship,
           t.concept_id, t.domain_id, t.vocabulary_id, t.concept_class_id
    from candidate k
    join concept c on c.vocabulary_id = k.vocabulary_id and c.concept_code = k.code
    left join (
      concept_relationship r
      join concept t on t.concept_id = r.concept_id_2 and t.standard_concept = 'S' and t.invalid_reason is null
    ) on r.concept_id_1 = c.concept_id and r.relationship_id in ('Maps to', 'Maps to value') and r.invalid_reason is null
    union all
    select k.asked, k.rank, k.code, 'local', m.source_concept_id, '', true, false, '', '', 'Maps to',
           t.concept_id, t.domain_id, t.vocabulary_id, t.concept_class_id
    from named k
    join source_to_concept_map m on m.source_vocabulary_id = k.vocabulary_id and m.source_code = k.code
    join concept t on t.concept_id = m.target_concept_id and t.standard_concept = 'S' and t.invalid_reason is null
    where m.invalid_reason is null and ${day}::date between m.valid_start_date and m.valid_end_date
      and t.concept_id <> 0`;

  const byAsked = Map.groupBy(found, (row) => row.asked);
  return withReplacements(
    tx,
    asked.map((_, index) => answer(byAsked.get(index) ?? [])),
  );
}

const NOT_KNOWN: Explained = { resolution: NOTHING, byLocalMap: false, replacedBy: [] };

/** Asks a second statement, for the few retired concepts that lead nowhere. */
async function withReplacements(tx: Sql | Tx, answers: readonly Answer[]): Promise<Explained[]> {
  const stranded = answers.flatMap(({ retired, resolution }) =>
    retired ? [resolution.sourceConceptId] : [],
  );
  const replacements = stranded.length > 0 ? await followReplacements(tx, stranded) : undefined;
  return answers.map(({ retired, ...explained }) => {
    const { resolution } = explained;
    const replacement = retired ? replacements?.get(resolution.sourceConceptId) : undefined;
    if (!replacement) return explained;
    const { conceptIds, targets, values } = replacement;
    return { ...explained, resolution: { ...resolution, targets, values }, replacedBy: conceptIds };
  });
}

/** The Standard and valid ones among these concepts. */
export async function lookUpStandard(tx: Sql | Tx, conceptIds: readonly number[]): Promise<Target[]> {
  if (conceptIds.length === 0) return [];
  const rows = await tx<TargetRow[]>`
    select concept_id, domain_id, vocabulary_id, concept_class_id from concept
    where concept_id = any(${[...conceptIds]}::int[]) and standard_concept = 'S' and invalid_reason is null`;
  return rows.map(asTarget);
}

/** Whether the first concept of each pair is a descendant of the second, in the order asked. */
export async function lookUpAncestors(
  tx: Sql | Tx,
  pairs: readonly (readonly [conceptId: number, ancestorId: number])[],
): Promise<boolean[]> {
  if (pairs.length === 0) return [];
  const rows = await tx<{ descends: boolean }[]>`
    select exists (
      select 1 from concept_ancestor a
      where a.descendant_concept_id = p.descendant and a.ancestor_concept_id = p.ancestor
    ) as descends
    from unnest(${pairs.map(([one]) => one)}::int[], ${pairs.map(([, two]) => two)}::int[])
      with ordinality as p(descendant, ancestor, nr)
    order by nr`;
  return rows.map((row) => row.descends);
}

interface Found extends SourceRow {
  asked: number;
  rank: number;
  code: string;
  origin: 'concept' | 'local';
}

interface Candidate {
  asked: number;
  rank: number;
  vocabulary: string;
  code: string;
}

/** Rank of all guesses: they are equally good, so two that exist cancel each other. */
const GUESS = 1000;

function candidatesOf({ system, vocabularies, code }: Asked, asked: number): Candidate[] {
  const named = [...vocabularies, system.trim()];
  return named.flatMap((vocabulary, order) => {
    const { asSent, guesses } = normalise(vocabulary, code);
    return [
      { asked, rank: order, vocabulary, code: asSent },
      ...guesses.map((guess) => ({ asked, rank: GUESS, vocabulary, code: guess })),
    ];
  });
}

interface Answer extends Explained {
  /** Whether the code's concept is no longer valid and leads nowhere. */
  readonly retired: boolean;
}

function answer(rows: readonly Found[]): Answer {
  const own = best(rows.filter((row) => row.origin === 'concept'));
  const local = best(rows.filter((row) => row.origin === 'local'));
  const source = own[0];
  const sourceConceptId = local.find((row) => row.source_concept_id > 0)?.source_concept_id;
  const resolution = {
    sourceConceptId: source?.source_concept_id ?? sourceConceptId ?? 0,
    sourceDomain: source?.source_domain ?? '',
    targets: local.length > 0 ? targetsOf(local, 'Maps to') : itselfOr(own),
    values: targetsOf(own, 'Maps to value'),
  };
  const retired = source !== undefined && !source.valid && resolution.targets.length === 0;
  return { resolution, byLocalMap: local.length > 0, replacedBy: [], retired };
}

/**
 * The rows of the one source that is meant: that of the best rank, where a guess counts only if it is the
 * only one. Of several, a valid one goes first, then a Standard one.
 */
function best(rows: readonly Found[]): Found[] {
  const rank = Math.min(...rows.map((row) => row.rank));
  const ranked = rows.filter((row) => row.rank === rank);
  if (rank === GUESS && new Set(ranked.map((row) => `${row.code} ${row.source_vocabulary}`)).size > 1)
    return [];
  if (ranked[0]?.origin === 'local') return ranked;
  const [chosen] = ranked.toSorted(
    (a, b) =>
      Number(b.valid) - Number(a.valid) ||
      Number(b.standard ?? false) - Number(a.standard ?? false) ||
      a.source_concept_id - b.source_concept_id,
  );
  return ranked.filter((row) => row.source_concept_id === chosen?.source_concept_id);
}
