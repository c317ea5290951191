/** The secret of the de-identified copy: random, made once, and stored only sealed with ENCRYPTION_KEY. */
import { randomBytes } from 'node:crypto';
import type { Sql, Tx } from '../../sql/connect.ts';
import { type Keyring, seal, unseal } from '../connection/secrets.ts';
import { type DeidKeys, keysOf } from './keyed-id.ts';

export async function openDeidKeys(tx: Sql | Tx, keyring: Keyring): Promise<DeidKeys> {
  const fresh = await seal(keyring, randomBytes(32).toString('base64'));
  await tx`insert into deid_secret (secret_sealed) values (${fresh}) on conflict do nothing`;
  const [row] = await tx<{ secret_sealed: string }[]>`select secret_sealed from deid_secret`;
  return keysOf(Buffer.from(await unseal(keyring, row?.secret_sealed ?? ''), 'base64'));
}
