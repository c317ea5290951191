/** Certificates for https on this machine, made for the moment (X.509 v3, in DER by hand). */
import { createHash, createPrivateKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto';

export interface Certificate {
  /** PEM. */
  readonly key: string;
  readonly cert: string;
  /** Of its own, since one process believes many authorities, and finds an issuer by its name. */
  readonly name: string;
}

/**
 * An authority that is its own server, too: for the name "localhost", and for 127.0.0.1 unless that is not wanted.
 */
export function selfSigned({ address = true } = {}): Certificate {
  return certificate(['localhost'], undefined, address);
}

/** For a server with these names; believed by whoever believes the authority. */
export function signedBy(
  authority: Certificate,
  names: readonly string[],
  valid: Validity = LONG,
): Certificate {
  return certificate(names, authority, true, valid);
}

export interface Validity {
  readonly from: Date;
  readonly until: Date;
}

const LONG: Validity = { from: new Date('2025-01-01T00:00:00Z'), until: new Date('2099-01-01T00:00:00Z') };

function certificate(
  hosts: readonly string[],
  authority: Certificate | undefined,
  address: boolean,
  { from, until }: Validity = LONG,
): Certificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const name = `${authority ? 'server' : 'simulated EHR'} ${randomBytes(6).toString('hex')}`;
  const subject = nameOf(name);
  const issuer = authority ? nameOf(authority.name) : subject;
  const ecdsaWithSha256 = sequence(oid('2a8648ce3d040302'));
  const subjectKey = publicKey.export({ type: 'spki', format: 'der' });
  const byAddress = address ? [tagged(0x87, Buffer.from([127, 0, 0, 1]))] : [];
  const names = sequence(...hosts.map((host) => tagged(0x82, Buffer.from(host))), ...byAddress);
  const isAuthority = authority ? sequence() : sequence(tagged(0x01, Buffer.from([0xff])));
  const keyId = tagged(0x04, createHash('sha1').update(subjectKey).digest());
  const extensions = [
    sequence(oid('551d11'), tagged(0x04, names)),
    sequence(oid('551d13'), tagged(0x01, Buffer.from([0xff])), tagged(0x04, isAuthority)),
    sequence(oid('551d0e'), tagged(0x04, keyId)),
  ];
  const body = sequence(
    tagged(0xa0, tagged(0x02, Buffer.from([2]))),
    tagged(0x02, Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    ...[ecdsaWithSha256, issuer, sequence(time(from), time(until)), subject, subjectKey],
    tagged(0xa3, sequence(...extensions)),
  );
  const signature = tagged(
    0x03,
    Buffer.concat([
      Buffer.from([0]),
      sign('sha256', body, authority ? createPrivateKey(authority.key) : privateKey),
    ]),
  );
  const der = sequence(body, ecdsaWithSha256, signature);
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return {
    name,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n'),
  };
}

function nameOf(text: string): Buffer {
  return sequence(tagged(0x31, sequence(oid('550403'), tagged(0x0c, Buffer.from(text)))));
}

function tagged(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

const sequence = (...parts: Buffer[]) => tagged(0x30, Buffer.concat(parts));
const oid = (hex: string) => tagged(0x06, Buffer.from(hex, 'hex'));
const time = (at: Date) => tagged(0x18, Buffer.from(at.toISOString().replace(/[-:T]|\.\d+/g, '')));
