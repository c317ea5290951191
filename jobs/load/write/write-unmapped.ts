/**
 * Writes the codes without a Standard concept for the worklist: each code once, and which resource uses it
 * where.
 */

import type { Tx } from '../../../sql/connect.ts';
import { list } from '../../../sql/list.ts';
import { noteAddedInTx } from '../../vocabulary/unmapped/changes.ts';
import type { Finished } from '../assemble.ts';
import type { WriteContext } from '../context.ts';
import { copyRows } from './copy.ts';

export async function writeUnmapped(
  tx: Tx,
  { connectionId }: Pick<WriteContext, 'connectionId'>,
  finished: readonly Finished[],
): Promise<void> {
  const codes = new Map<string, { system: string; code: string; display: string | null }>();
  const uses: { name: string; key: number; element: string; person: number | null }[] = [];
  for (const one of finished) {
    const { outcome } = one.item;
    if (one.result !== 'loaded' || outcome.kind !== 'rows') continue;
    const seen = new Set<string>();
    for (const unmapped of outcome.unmapped) {
      const name = `${unmapped.system}\n${unmapped.code}`;
      if (seen.has(`${name}\n${unmapped.element}`)) continue;
      seen.add(`${name}\n${unmapped.element}`);
      codes.set(name, { system: unmapped.system, code: unmapped.code, display: unmapped.display ?? null });
      uses.push({ name, key: one.key, element: unmapped.element, person: one.personKey ?? null });
    }
  }
  if (uses.length === 0) return;
  // Sorted, so that two chunks that meet the same new codes take turns instead of blocking each other.
  const sorted = [...codes.values()].sort((a, b) => compare(a.system, b.system) || compare(a.code, b.code));
  const given = [
    sorted.map((c) => c.system),
    sorted.map((c) => c.code),
    sorted.map((c) => c.display),
  ] as const;
  const [, there] = await Promise.all([
    tx`
      insert into source_code (system, code, display)
      select * from unnest(${given[0]}::text[], ${given[1]}::text[], ${list(given[2])}::text[])
      on conflict (system, code) do nothing`,
    tx<{ code_id: number; system: string; code: string }[]>`
      select s.code_id, s.system, s.code from source_code s
      join unnest(${given[0]}::text[], ${given[1]}::text[]) as g(system, code) on g.system = s.system and g.code = s.code`,
  ]);
  const ids = new Map(there.map((row) => [`${row.system}\n${row.code}`, row.code_id]));
  const added = uses.flatMap(({ name, ...use }) => {
    const codeId = ids.get(name);
    return codeId === undefined ? [] : [{ ...use, codeId }];
  });
  await copyRows(
    tx,
    'unmapped_use',
    ['resource_key', 'code_id', 'element', 'person_id'],
    added.map((use) => [use.key, use.codeId, use.element, use.person]),
  );
  await noteAddedInTx(tx, connectionId, added);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
