/** Whom we believe by TLS: the authorities of the runtime, and those of EXTRA_CA_FILE beside them. */
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { getCACertificates } from 'node:tls';
import { OUTBOUND } from '../../sql/settings/program.ts';
import { readSettings, settingFault } from '../step/settings.ts';

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;
/** Of a file of authorities; that of all of Mozilla's has 250 kB. */
const LONGEST = 4 * 1024 * 1024;

/** PEM of each authority; undefined for those of the runtime alone. */
export function readAuthorities(env: Readonly<Record<string, string | undefined>>): string[] | undefined {
  const { EXTRA_CA_FILE: file } = readSettings({ EXTRA_CA_FILE: OUTBOUND.EXTRA_CA_FILE }, env);
  if (!file) return undefined;
  const fault = (reason: string) => settingFault(`EXTRA_CA_FILE: ${reason}`);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw fault(
      `${file} cannot be read (${error instanceof Error ? Reflect.get(error, 'code') : 'unknown'})`,
    );
  }
  const found = text.length > LONGEST ? [] : (text.match(CERTIFICATE) ?? []);
  if (found.length === 0) throw fault(`expected certificates in PEM, and ${file} holds none`);
  for (const [index, pem] of found.entries()) {
    try {
      new X509Certificate(pem);
    } catch {
      throw fault(`certificate ${index + 1} of ${file} cannot be read`);
    }
  }
  // A list replaces the runtime's own, so those go along.
  return [...getCACertificates('default'), ...found];
}
