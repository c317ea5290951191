/** The address of a receiver: checked, and sealed. */
import { sealUrl } from '../jobs/alerts/webhooks/deliver.ts';
import type { Keyring } from '../jobs/connection/keyring.ts';
import { checkUrl } from '../jobs/fhir/http.ts';
import { SyncError } from '../jobs/step/errors.ts';
import { problem } from './problems.ts';

/** `id` is of the receiver, to whose row the address is bound. */
export async function sealAddress(keyring: Keyring, id: number, url: string) {
  try {
    checkUrl(url, false);
  } catch (error) {
    if (!(error instanceof SyncError)) throw error;
    // The message leaves the address out.
    const message = 'Expected an https address without user name and password (http for this machine only).';
    throw problem('invalid-request', `url: ${message}`, { errors: [{ path: 'url', message }] });
  }
  return { url_host: new URL(url).host, url_sealed: await sealUrl(keyring, id, url) };
}
