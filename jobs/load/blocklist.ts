/**
 * Patients who were purged and must not be loaded again. Their ids are kept as HMACs under a random secret of
 * the connection, which is sealed like a credential. A connection without purges pays one look into an empty
 * index per chunk.
 */

import { createHmac, randomBytes } from 'node:crypto';
import type { Sql, Tx } from '../../sql/connect.ts';
import type { Keyring } from '../connection/keyring.ts';
import { type Place, seal, unseal } from '../connection/secrets.ts';
import type { Line } from '../lines/line.ts';
import { type Lines, type Read, type Refused, readLine } from '../lines/read-lines.ts';
import { patientsOf } from '../map/read/patient-of.ts';
import type { MappingSettings } from '../map/settings.ts';

/** Rule by which resources of a purged patient are excluded. */
export const PURGED = 'purged';

export type IsBlocked = (patientId: string) => boolean;

/** Resolves to undefined when no patient of this connection is blocked. */
export async function readBlocklist(
  tx: Tx,
  keyring: Keyring,
  connectionId: number,
): Promise<IsBlocked | undefined> {
  const rows = await tx<{ hash: string }[]>`
    select encode(b.patient_hash, 'hex') as hash from purge_patient b join purge p using (purge_id)
    where b.connection_id = ${connectionId} and p.lifted_at is null`;
  if (rows.length === 0) return undefined;
  const hashOf = await openHash(tx, keyring, connectionId);
  const blocked = new Set(rows.map((row) => row.hash));
  return (id) => blocked.has(hashOf(id).toString('hex'));
}

export async function openHash(
  tx: Tx | Sql,
  keyring: Keyring,
  connectionId: number,
): Promise<(patientId: string) => Buffer> {
  const place: Place = { table: 'blocklist_secret', column: 'secret_sealed', connection: connectionId };
  const fresh = await seal(keyring, place, randomBytes(32).toString('base64'));
  await tx`
    insert into blocklist_secret (connection_id, secret_sealed) values (${connectionId}, ${fresh})
    on conflict (connection_id) do nothing`;
  const [row] = await tx<{ secret_sealed: string }[]>`
    select secret_sealed from blocklist_secret where connection_id = ${connectionId}`;
  const secret = await unseal(keyring, place, row?.secret_sealed ?? '');
  return (id) => createHmac('sha256', secret).update(id).digest();
}

/** Sets the lines of blocked patients apart. They are counted as excluded, and nothing else of them is kept. */
export function withoutBlocked(all: Lines, isBlocked: IsBlocked, settings: MappingSettings): Lines {
  const refused = new Map<Line, Refused>();
  for (const line of all.lines) {
    const read: Read = { entries: [], unreadable: [] };
    readLine(read, line);
    const [entry] = read.entries;
    if (!entry || !patientsOf(entry.resource, settings).some(isBlocked)) continue;
    refused.set(line, { entry, rule: PURGED });
  }
  if (refused.size === 0) return all;
  return {
    ...all,
    lines: all.lines.filter((line) => !refused.has(line)),
    refused: [...refused.values()],
  };
}
