/**
 * What is kept of a resource besides its rows; all of it goes when the resource changes, is parked or deleted. What it
 * says of other resources is applied later, set-based (sql/derive, merge-patients.ts).
 */
import type { Tx } from '../../../sql/connect.ts';
import type { DiagnosisRole } from '../../map/types.ts';
import { forgetUsesInTx } from '../../vocabulary/unmapped/changes.ts';
import type { Finished } from '../assemble.ts';
import { identifierHash, targetId } from '../compare/known.ts';
import { type Cell, copyRows } from './copy.ts';

/** Besides unmapped_use, whose changes are noted. */
const TABLES = [
  'unkept_answer',
  'open_link',
  'waiting',
  'medication_content',
  'substance_content',
  'device_content',
  'attachment_content',
  'content_use',
  'diagnosis_role',
  'condition_own_status',
  'resource_link',
  'specimen_use',
  'patient_link',
  'merged_resource',
  'resource_identifier',
  'practitioner_role',
  'provider_from_role',
];

export async function forgetDetailsInTx(
  tx: Tx,
  keys: readonly number[],
  kept: readonly string[] = [],
): Promise<void> {
  if (keys.length === 0) return;
  const tables = TABLES.filter((one) => !kept.includes(one));
  await Promise.all([
    forgetUsesInTx(tx, keys),
    ...tables.map((table) => tx`delete from ${tx(table)} where resource_key = any(${keys}::bigint[])`),
  ]);
}

export async function writeUnkeptInTx(tx: Tx, finished: readonly Finished[]): Promise<void> {
  const cells = finished.flatMap(({ key, result, item: { outcome } }) =>
    result === 'loaded' && outcome.kind === 'rows'
      ? (outcome.unkept ?? []).map(({ table, conceptId, asSent }) => [key, table, conceptId, asSent])
      : [],
  );
  await copyRows(
    tx,
    'unkept_answer',
    ['resource_key', 'table_name', 'value_concept_id', 'value_as_sent'],
    cells,
  );
}

export async function writeRelationsInTx(
  tx: Tx,
  connectionId: number,
  finished: readonly Finished[],
): Promise<void> {
  const merged = finished.filter((one) => one.mergedFrom !== undefined);
  await copyRows(
    tx,
    'merged_resource',
    ['connection_id', 'resource_key', 'replaced_id', 'person_id'],
    merged.map((one) => [connectionId, one.key, one.mergedFrom, one.personKey]),
  );
  const told = finished.flatMap((one) => {
    const { outcome } = one.item;
    if (one.result !== 'loaded' || outcome.kind !== 'rows' || !outcome.relations) return [];
    return [{ key: one.key, person: one.personKey, type: one.item.entry.type, ...outcome.relations }];
  });
  if (told.length === 0) return;
  const copy = async (table: string, columns: readonly string[], cells: readonly Cell[][]) =>
    await copyRows(tx, table, ['connection_id', 'resource_key', ...columns], distinct(cells));
  await copy(
    'diagnosis_role',
    ['condition_id', 'status_concept_id', 'source_value'],
    told.flatMap(({ key, diagnoses = [] }) =>
      eachOnce(diagnoses).map((one) => [
        connectionId,
        key,
        one.condition.id,
        one.statusConceptId,
        one.sourceValue,
      ]),
    ),
  );
  await copy(
    'resource_link',
    ['relationship_concept_id', 'target_type', 'target_id', 'reverse_concept_id', 'person_id'],
    told.flatMap(({ key, person, links = [] }) =>
      links.flatMap(({ target, conceptId, reverseConceptId }) =>
        target.types.map((type) => [
          connectionId,
          key,
          conceptId,
          type,
          targetId(target),
          reverseConceptId,
          person,
        ]),
      ),
    ),
  );
  await copy(
    'specimen_use',
    ['specimen_id'],
    told.flatMap(({ key, specimens = [] }) =>
      specimens.map(({ specimen }) => [connectionId, key, targetId(specimen)]),
    ),
  );
  await copy(
    'patient_link',
    ['replaced_id', 'survivor_id'],
    told.flatMap(({ key, merges = [] }) =>
      merges.map((one) => [connectionId, key, one.replaced, one.survivor]),
    ),
  );
  await copy(
    'practitioner_role',
    ['practitioner_id', 'until'],
    told.flatMap(({ key, role }) =>
      role ? [[connectionId, key, targetId(role.practitioner), role.until]] : [],
    ),
  );
  await copy(
    'resource_identifier',
    ['resource_type', 'hash'],
    told.flatMap(({ key, type, identifiers = [] }) =>
      identifiers.map((one) => [connectionId, key, type, identifierHash(one)]),
    ),
  );
}

/** Several ranks are one status: the first stands for it. */
function eachOnce(diagnoses: readonly DiagnosisRole[]): readonly DiagnosisRole[] {
  const found = new Map<string, DiagnosisRole>();
  for (const one of diagnoses) {
    const name = `${one.statusConceptId} ${one.condition.id}`;
    if (!found.has(name)) found.set(name, one);
  }
  return [...found.values()];
}

/** A resource may say the same twice. */
function distinct(cells: readonly Cell[][]): readonly Cell[][] {
  return [...new Map(cells.map((row) => [JSON.stringify(row), row])).values()];
}
