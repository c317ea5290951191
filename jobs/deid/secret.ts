/** The secret of the de-identified copy: random, made once, and stored only sealed with ENCRYPTION_KEY. */
import { randomBytes } from 'node:crypto';
import type { Sql, Tx } from '../../sql/connect.ts';
import type { Keyring } from '../connection/keyring.ts';
import { type Place, seal, unseal } from '../connection/secrets.ts';
import { type DeidKeys, keysOf } from './keyed-id.ts';

const PLACE: Place = { table: 'deid_secret', column: 'secret_sealed', connection: 0 };

export async function openDeidKeys(tx: Sql | Tx, keyring: Keyring): Promise<DeidKeys> {
  const fresh = await seal(keyring, PLACE, randomBytes(32).toString('base64'));
  await tx`insert into deid_secret (secret_sealed) values (${fresh}) on conflict do nothing`;
  const [row] = await tx<{ secret_sealed: string }[]>`select secret_sealed from deid_secret`;
  return keysOf(Buffer.from(await unseal(keyring, PLACE, row?.secret_sealed ?? ''), 'base64'));
}
