/**
 * New key pairs by schedule (sync_config.auth.rotate_days): the next key is made and published `overlap_days` before it
 * signs, then takes over, and the one before is published for as long again.
 */
import type { Tx } from '../../sql/connect.ts';
import { type KeyToMake, MADE_RSA_BITS, makeKey, OVERLAP_DAYS, rotateKeys } from '../connection/key-pairs.ts';
import { PublicJwkSchema } from '../connection/signing-key.ts';
import { SyncConfigSchema } from '../connection/sync-config-schema.ts';
import type { Deps } from '../step/deps.ts';

const DAY = 86_400_000;

interface Due {
  readonly connection_id: number;
  readonly sync_config: unknown;
  readonly jwks_url: string | null;
  readonly signs_from: Date;
  readonly algorithm: string;
  readonly public_jwk: unknown;
  readonly next_made_at: Date | null;
}

export async function rotateKeysInTx(tx: Tx, deps: Pick<Deps, 'clock' | 'keyring' | 'log'>): Promise<void> {
  const now = deps.clock();
  await tx`delete from connection_key where published_until <= ${now}`;
  // Locked by a statement of its own, so that a second delivery of the job finds what the first has done.
  await tx`
      select 1 from connection c join connection_key k using (connection_id)
      where c.is_active and k.signs_from is not null and k.published_until is null
      order by c.connection_id for no key update of c, k`;
  const current = await tx<Due[]>`
      select c.connection_id, c.sync_config, c.jwks_url, k.signs_from, k.algorithm, k.public_jwk,
        (select made_at from connection_key n where n.connection_id = c.connection_id and n.signs_from is null)
          as next_made_at
      from connection c join connection_key k using (connection_id)
      where c.is_active and k.signs_from is not null and k.published_until is null
      order by c.connection_id`;
  for (const one of current) {
    const auth = SyncConfigSchema.safeParse(one.sync_config ?? {}).data?.auth;
    // An EHR that was handed the key by a person does not learn of the next one.
    if (!auth?.rotate_days || !one.jwks_url) continue;
    const overlapDays = auth.overlap_days ?? OVERLAP_DAYS;
    const age = (now.getTime() - one.signs_from.getTime()) / DAY;
    if (!one.next_made_at) {
      if (age < auth.rotate_days - overlapDays) continue;
      const kid = await makeKey(tx, deps.keyring, one.connection_id, likeIt(one), now);
      deps.log.info({ connection_id: one.connection_id, kid }, 'next key made and published');
    } else if (age >= auth.rotate_days && now.getTime() - one.next_made_at.getTime() >= overlapDays * DAY) {
      const kid = await rotateKeys(tx, one.connection_id, { now, overlapDays });
      deps.log.info({ connection_id: one.connection_id, kid }, 'next key signs from now on');
    }
  }
}

/** The next key is of the kind of the current one. */
function likeIt({ algorithm, public_jwk }: Due): KeyToMake {
  const jwk = PublicJwkSchema.safeParse(public_jwk).data;
  const bits = jwk?.kty === 'RSA' ? Buffer.from(jwk.n, 'base64url').length * 8 : undefined;
  return {
    algorithm: algorithm === 'RS384' ? 'RS384' : 'ES384',
    bits: MADE_RSA_BITS.find((one) => one === bits),
  };
}
