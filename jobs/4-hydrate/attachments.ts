/**
 * The attachments that documents wait for. What is asked for is known by its id alone (of an address that is no Binary's,
 * a hash): where it is, and whose it is, says the line of a document that waits for it.
 */

import type { Connection } from '../connection/connection.ts';
import { openLine } from '../connection/sealed-data.ts';
import { mappingSettings } from '../connection/sync-config.ts';
import { readAttachment } from '../fhir/attachment.ts';
import { type Read, readLine } from '../lines/read-lines.ts';
import { ATTACHMENT, attachmentByUrl, type ByUrl } from '../map/clinical/attached-by-url.ts';
import { isText, typeOf } from '../map/clinical/attachments.ts';
import { attachmentsOf } from '../map/clinical/documents--note.ts';
import { patientsOf } from '../map/read/patient-of.ts';
import type { Deps } from '../step/deps.ts';
import { SyncError } from '../step/errors.ts';
import type { Answer, Asked, Asking } from './answer.ts';

export interface AskedAttachment extends Asked {
  /** Where it is; else why nobody can say. */
  readonly at: Pick<ByUrl, 'url' | 'contentType'> | Nowhere;
  readonly patient: string | undefined;
}

/**
 * No document waits for it any more; the line of the one that waits cannot be read; or that one names another attachment
 * by now, as after a change of the connection's address.
 */
type Nowhere = 'nobody-waits' | 'document-unreadable' | 'address-changed';

export const isAttachment = (asked: Asked): asked is AskedAttachment => 'at' in asked;

/** The same, with where each of the attachments is. */
export async function locate(
  { sql, keyring }: Pick<Deps, 'sql' | 'keyring'>,
  connection: Connection,
  wanted: readonly Asked[],
): Promise<Asked[]> {
  const ids = wanted.flatMap(({ type, id }) => (type === ATTACHMENT ? [id] : []));
  if (ids.length === 0) return [...wanted];
  const waiting = await sql<{ key: number; id: string; line: Buffer }[]>`
    select distinct on (target_id) target_id as id, resource_key as key, line from waiting
    where connection_id = ${connection.connection_id} and target_type = ${ATTACHMENT}
      and target_id = any(${ids}::text[])
    order by target_id, resource_key`;
  const settings = mappingSettings(connection);
  const found = new Map<string, AskedAttachment>();
  for (const { key, id, line } of waiting) {
    const read: Read = { entries: [], unreadable: [] };
    readLine(read, { bytes: await openLine(keyring, key, line), line: 0, position: 0 });
    const resource = read.entries[0]?.resource;
    if (resource === undefined) {
      found.set(id, { type: ATTACHMENT, id, at: 'document-unreadable', patient: undefined });
      continue;
    }
    const at = attachmentByUrl(attachmentsOf(resource), settings);
    const [patient] = patientsOf(resource, settings);
    found.set(id, { type: ATTACHMENT, id, at: at?.ref.id === id ? at : 'address-changed', patient });
  }
  return wanted.map((one) =>
    one.type === ATTACHMENT ? (found.get(one.id) ?? { ...one, at: 'nobody-waits', patient: undefined }) : one,
  );
}

export async function readAttached(
  { deps, connection, signal }: Asking,
  asked: AskedAttachment,
): Promise<Answer> {
  const { at } = asked;
  if (typeof at === 'string') return { asked, state: 'not-found', reason: at };
  const { hydrate, limits } = connection.config;
  // As a line it is in base64.
  const maxBytes = Math.min(hydrate?.notes_max_bytes ?? 0, Math.floor(limits.max_line_bytes * 0.7));
  const options = { outbound: deps.outbound, now: deps.clock(), maxBytes, signal };
  try {
    const answer = await readAttachment(connection, deps.tokens.of(connection), at, options);
    if (answer.kind === 'missing') return { asked, state: 'not-found', reason: `status-${answer.status}` };
    if (answer.kind === 'refused') return { asked, state: 'refused', reason: answer.reason };
    const type = typeOf(answer.contentType);
    if (!isText(type)) return { asked, state: 'refused', reason: 'not-text' };
    return { asked, state: 'found', line: lineOf(asked, answer.bytes, answer.contentType) };
  } catch (error) {
    if (error instanceof SyncError && NOT_ASKED.has(error.code))
      return { asked, state: 'refused', reason: error.code };
    throw error;
  }
}

/** An address that may not be asked is no reason to give up the others. */
const NOT_ASKED = new Set([
  ...['named-url-invalid', 'named-url-not-http', 'named-url-insecure'],
  ...['address-refused', 'address-never-asked', 'host-not-named'],
]);

/** A Binary of the patient whose document it is, so that it goes with them. */
function lineOf({ id, patient }: AskedAttachment, bytes: Buffer, contentType: string): Buffer {
  const whose = patient === undefined ? {} : { securityContext: { reference: `Patient/${patient}` } };
  return Buffer.from(
    JSON.stringify({ resourceType: ATTACHMENT, id, contentType, ...whose, data: bytes.toString('base64') }),
  );
}
