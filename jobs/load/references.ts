/**
 * Resolves references to resource keys, in a few statements for all that a chunk refers to. A target counts
 * only when its row is in the table that the column points at, so no row ever points at nothing.
 */
import type { Tx } from '../../sql/connect.ts';
import { textArray } from '../../sql/text-array.ts';
import { ByIdentity } from '../lines/by-identity.ts';
import type { Ref } from '../map/cdm/link.ts';
import { IDS_PER_RESOURCE } from '../map/cdm/row-ids.ts';
import type { TableName } from '../map/cdm/rows.ts';
import { targetId } from './compare/known.ts';
import { phaseOf } from './phases.ts';
import type { Found } from './reference-memory.ts';
import { bitOf } from './write/cdm-tables.ts';

export interface FoundVisit {
  readonly visit: number;
  readonly detail: number | undefined;
}

export interface References {
  /** The key of the first type that has a row in `table`; without `table`, the target need have no row. */
  find(ref: Ref, table: TableName | undefined): number | undefined;
  /** The visit that an Encounter is, or the one that it is part of, with its own visit_detail. */
  visit(ref: Ref): FoundVisit | undefined;
  /** The id of a replaced Patient, where the person is that of the Patient that replaced it. */
  mergedFrom(ref: Ref): string | undefined;
}

interface Context {
  readonly connectionId: number;
  readonly phase: number;
  readonly memory: ByIdentity<Found>;
  /** Whether another run may take away at the same moment what is found: it is held until this commit. */
  readonly holds: boolean;
  /** Keys of all that this chunk brings, with rows or without: what the database has of these is what they were. */
  readonly mine: ReadonlySet<number>;
}

export async function resolveReferences(
  tx: Tx,
  context: Context,
  refs: readonly Ref[],
  /** Resources of this very chunk, which are not in the database yet. */
  own: ByIdentity<Found>,
): Promise<References> {
  const { memory } = context;
  const found = new ByIdentity<Found>();
  const wanted = wantedOf(refs, (type, id) => own.has(type, id) || memory.has(type, id));
  if (wanted.length > 0) {
    const targets = [
      ...(await byIdentity(tx, context.connectionId, wanted)),
      ...(await byIdentifier(tx, context.connectionId, wanted)),
    ].filter((one) => !context.mine.has(one.resource_key));
    // What is mapped at the same time may lose its rows at the same moment.
    const isFirm = ({ type }: Target) => !context.holds && phaseOf(type) < context.phase;
    const rows = [
      ...targets.filter(isFirm),
      ...(await holdInTx(
        tx,
        targets.filter((one) => !isFirm(one)),
      )),
    ];
    const visits = await visitsOfParts(tx, rows);
    for (const { type, id, resource_key: key, row_tables } of rows) {
      const target = { key, row_tables, visit: visits.get(key) };
      found.set(type, id, target);
      if (phaseOf(type) < context.phase) memory.set(type, id, target);
    }
    const strangers = wanted.filter(({ type, id }) => type === 'Patient' && !isPerson(found.get(type, id)));
    const survivors = await survivorsOf(
      tx,
      context.connectionId,
      strangers.map(({ id }) => id),
    );
    const ours = new Set([...own.values()].flatMap((one) => (isPerson(one) ? one.key : [])));
    const persons = survivors
      .filter(({ person_id: key }) => !context.mine.has(key) || ours.has(key))
      .map((one) => ({ ...one, resource_key: one.person_id, row_tables: PERSON }));
    for (const one of context.holds ? await holdInTx(tx, persons) : persons) {
      const { id, resource_key: key } = one;
      if (isPerson(one)) found.set('Patient', id, { key, row_tables: PERSON, merged: true });
    }
  }
  const targetOf = (ref: Ref, bits: number): Found | undefined => {
    const id = targetId(ref);
    for (const type of ref.types) {
      const target = own.get(type, id) ?? found.get(type, id) ?? memory.get(type, id);
      if (target && !target.parked && (bits === ANY || (target.row_tables & bits) !== 0)) return target;
    }
    return undefined;
  };
  // Encounters that are part of each other in a circle are part of no visit.
  const visit = (ref: Ref, seen?: ReadonlySet<number>): FoundVisit | undefined => {
    const target = targetOf(ref, VISIT | DETAIL);
    if (!target || seen?.has(target.key)) return undefined;
    if ((target.row_tables & VISIT) !== 0) return { visit: target.key, detail: undefined };
    const whole = target.partOf
      ? visit(target.partOf, new Set([...(seen ?? []), target.key]))?.visit
      : target.visit;
    return whole === undefined ? undefined : { visit: whole, detail: target.key * IDS_PER_RESOURCE };
  };
  return {
    find: (ref, table) => targetOf(ref, table === undefined ? ANY : bitOf(table))?.key,
    visit: (ref) => visit(ref),
    mergedFrom: (ref) => (targetOf(ref, PERSON)?.merged ? ref.id : undefined),
  };
}

/** The targets to look up, each once. */
function wantedOf(refs: readonly Ref[], isKnown: (type: string, id: string) => boolean): Asked[] {
  const wanted = new ByIdentity<Asked>();
  for (const ref of refs) {
    const id = targetId(ref);
    for (const type of ref.types) {
      if (!isKnown(type, id) && !wanted.has(type, id)) wanted.set(type, id, { type, id });
    }
  }
  return [...wanted.values()];
}

interface Asked {
  readonly type: string;
  readonly id: string;
}

interface Target extends Asked {
  readonly resource_key: number;
  readonly row_tables: number;
}

/** The `limit 1` is for the planner's sake; see readKnown. */
async function byIdentity(tx: Tx, connectionId: number, asked: readonly Asked[]): Promise<Target[]> {
  return await tx<Target[]>`
    select r.resource_type as type, r.fhir_id as id, r.resource_key, r.row_tables
    from unnest(${textArray(asked.map((ref) => ref.type))}::text::text[], ${textArray(asked.map((ref) => ref.id))}::text::text[]) as e(type, id)
    cross join lateral (
      select * from resource
      where connection_id = ${connectionId} and resource_type = e.type and fhir_id = e.id limit 1
    ) r
    where r.outcome = 'loaded'`;
}

/**
 * Whoever takes a resource's rows away locks it first, and then looks for what refers to it. So what is held here has its
 * rows until the commit, and what was taken away meanwhile is left out. `for key share` would not see that: it takes the
 * row as it was.
 */
async function holdInTx<T extends Pick<Target, 'resource_key' | 'row_tables'>>(
  tx: Tx,
  targets: readonly T[],
): Promise<T[]> {
  if (targets.length === 0) return [];
  const rows = await tx<Pick<Target, 'resource_key' | 'row_tables'>[]>`
    select resource_key, row_tables from resource
    where resource_key = any(${targets.map((one) => one.resource_key)}::bigint[]) and outcome = 'loaded'
    order by resource_key for share`;
  const now = new Map(rows.map((row) => [row.resource_key, row.row_tables]));
  return targets.flatMap((one) => {
    const row_tables = now.get(one.resource_key);
    return row_tables === undefined ? [] : [{ ...one, row_tables }];
  });
}

/** Of several resources with the same identifier, which should not occur, the same one is always taken. */
async function byIdentifier(tx: Tx, connectionId: number, all: readonly Asked[]): Promise<Target[]> {
  const asked = all.filter(({ id }) => id.startsWith('?'));
  if (asked.length === 0) return [];
  return await tx<Target[]>`
    select distinct on (e.type, e.id) e.type, e.id, r.resource_key, r.row_tables
    from unnest(${asked.map((ref) => ref.type)}::text[], ${asked.map((ref) => ref.id)}::text[]) as e(type, id)
    join resource_identifier i on i.connection_id = ${connectionId} and i.resource_type = e.type
      and i.hash = substr(e.id, 2)
    join resource r on r.resource_key = i.resource_key
    where r.outcome = 'loaded'
    order by e.type, e.id, r.fhir_id`;
}

/** The persons of the Patients that replaced these, which are no persons themselves. */
async function survivorsOf(
  tx: Tx,
  connectionId: number,
  ids: readonly string[],
): Promise<{ id: string; person_id: number }[]> {
  if (ids.length === 0) return [];
  return await tx<{ id: string; person_id: number }[]>`
    select m.replaced_id as id, m.person_id
    from patient_merge m join resource r on r.resource_key = m.person_id
    where m.connection_id = ${connectionId} and m.replaced_id = any(${[...ids]}::text[])
      and r.outcome = 'loaded' and (r.row_tables & ${PERSON}) <> 0`;
}

/** No bit: a target with any row will do, or with none. */
const ANY = 0;
const PERSON = bitOf('person');
const isPerson = (target: Pick<Found, 'row_tables'> | undefined): boolean =>
  ((target?.row_tables ?? 0) & PERSON) !== 0;

const VISIT = bitOf('visit_occurrence');
const DETAIL = bitOf('visit_detail');

/**
 * The visits of Encounters that are part of another one; the visit_detail of such an Encounter is its first
 * row.
 */
async function visitsOfParts(
  tx: Tx,
  targets: readonly { readonly resource_key: number; readonly row_tables: number }[],
): Promise<Map<number, number>> {
  const parts = targets.filter(({ row_tables }) => (row_tables & DETAIL) !== 0 && (row_tables & VISIT) === 0);
  if (parts.length === 0) return new Map();
  const rows = await tx<{ key: number; visit: number }[]>`
    select visit_detail_id / ${IDS_PER_RESOURCE} as key, visit_occurrence_id as visit
    from visit_detail where visit_detail_id = any(${parts.map((one) => one.resource_key * IDS_PER_RESOURCE)}::bigint[])`;
  return new Map(rows.map((row) => [row.key, row.visit]));
}
