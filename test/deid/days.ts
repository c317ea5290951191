/** By how many days each person of the copy was moved, by new id: read where no researcher may. */
import { keyedId } from '../../jobs/deid/keyed-id.ts';
import { openDeidKeys } from '../../jobs/deid/secret.ts';
import type { World } from '../world/world.ts';

export async function daysOfPersons({ sql, deps }: World): Promise<Map<number, number>> {
  const keys = await openDeidKeys(sql, deps.keyring);
  return await sql.begin(async (tx) => {
    await tx`
      select set_config('deid.inner_key', ${keys.inner.toString('hex')}, true),
        set_config('deid.outer_key', ${keys.outer.toString('hex')}, true)`;
    const rows = await tx<{ id: number; days: number }[]>`
      select person_id as id, cdm_deid_store.days_of(person_id) as days from cdm.person`;
    return new Map(rows.map(({ id, days }) => [keyedId(id, keys.id), days]));
  });
}
