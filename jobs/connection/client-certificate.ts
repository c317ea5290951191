/**
 * The certificate that a connection shows to servers which ask for one (mTLS): read and checked when it is entered, its
 * key sealed as other secrets are, and opened only for a call that goes where it belongs.
 */
import { createHash, createPublicKey, X509Certificate } from 'node:crypto';
import type { Identity, OpenKey } from '../outbound/reach.ts';
import { type SyncError, syncError } from '../step/errors.ts';
import type { Keyring } from './keyring.ts';
import { type Place, unseal } from './secrets.ts';
import { readPrivateKey } from './signing-key.ts';

/** Days before its end from which on it is warned of. */
export const WARNED_DAYS = 30;

export interface ClientCertificate {
  /** PEM, that of the client first. */
  readonly chain: string;
  /** PEM, PKCS #8. */
  readonly key: string;
  readonly expiresAt: Date;
}

const BLOCK = /-----BEGIN ([A-Z0-9 ]{1,40})-----[^-]*-----END \1-----/g;
/** A client's own and those between it and an authority that the server knows. */
const MOST = 10;
const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';
const ANY_USE = '2.5.29.37.0';

/** Throws client-certificate-invalid with the reason. */
export function readClientCertificate(
  given: { readonly certificate: string; readonly key: string },
  now: Date,
): ClientCertificate {
  const key = readPrivateKey(given.key, (reason) => refused(`the key: ${reason}`));
  const bits = key.asymmetricKeyDetails?.modulusLength;
  if (bits !== undefined && bits < 2048)
    throw refused(`the key: RSA keys need at least 2048 bits, this one has ${bits}`);
  const chain = readChain(given.certificate);
  const [first] = chain;
  if (!first) throw refused('expected certificates in PEM ("-----BEGIN CERTIFICATE-----"), got none');
  const spki = (of: { export(options: { type: 'spki'; format: 'der' }): Buffer }) =>
    of.export({ type: 'spki', format: 'der' });
  const ours = spki(createPublicKey(key));
  const place = chain.findIndex(({ publicKey }) => spki(publicKey).equals(ours));
  if (place < 0) throw refused('the key is not that of the certificate');
  if (place > 0) throw refused(`the key is that of certificate ${place + 1}, which must stand first`);
  const [from, until] = [new Date(first.validFrom), new Date(first.validTo)];
  if (until <= now) throw refused(`it has expired on ${day(until)}`);
  if (from > now) throw refused(`it is valid from ${day(from)} on only`);
  const uses = first.keyUsage;
  if (uses && uses.length > 0 && !uses.includes(CLIENT_AUTH) && !uses.includes(ANY_USE))
    throw refused('it is not for clients (its extended key usage lacks clientAuth)');
  return {
    chain: chain.map((one) => one.toString().trim()).join('\n'),
    key: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
    expiresAt: until,
  };
}

function readChain(given: string): X509Certificate[] {
  const text = given.includes('\n') ? given : given.replaceAll('\\n', '\n');
  const blocks = [...text.matchAll(BLOCK)];
  if (blocks.length > MOST) throw refused(`expected at most ${MOST} certificates, got ${blocks.length}`);
  return blocks.map(([pem, label], index) => {
    if (label !== 'CERTIFICATE') throw refused(`expected certificates alone, got a PEM block "${label}"`);
    try {
      return new X509Certificate(pem);
    } catch {
      throw refused(`certificate ${index + 1} cannot be read. Was it cut off or altered?`);
    }
  });
}

const day = (at: Date) => at.toISOString().slice(0, 'YYYY-MM-DD'.length);

function refused(reason: string): SyncError {
  return syncError('client-certificate-invalid', { reason });
}

/** As it is stored with a connection. */
export interface StoredIdentity {
  readonly connection_id?: number | undefined;
  readonly client_certificate?: string | null | undefined;
  readonly client_certificate_key_sealed?: string | null | undefined;
}

export const placeOfKey = (connection: number): Place => ({
  ...{ table: 'connection', column: 'client_certificate_key_sealed', connection },
});

/** What a connection shows, with its key still sealed. `goesTo`: whether it belongs to a server at this address. */
export function identityOf(stored: StoredIdentity, goesTo: (url: URL) => boolean): Identity | undefined {
  const { connection_id, client_certificate: certificate, client_certificate_key_sealed: sealedKey } = stored;
  if (!connection_id || !certificate || !sealedKey) return undefined;
  const name = createHash('sha256').update(`${connection_id} ${certificate} ${sealedKey}`).digest('hex');
  return { name, certificate, sealedKey, connection: connection_id, goesTo };
}

/** How the client of all calls opens the keys of certificates. */
export const opensKeys =
  (keyring: Keyring): OpenKey =>
  ({ sealedKey, connection }) =>
    unseal(keyring, placeOfKey(connection), sealedKey);
