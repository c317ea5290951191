/**
 * A file of connections in JSON or YAML, as `connections apply` reads it: one, a list, or a list under `connections`.
 * Each has the fields of the API, and `private_key_file` or the like in place of a secret; such paths count from the file.
 */
import { readFileSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { demandPrivate } from '../../sql/private-file.ts';
import { readSecret } from './connection-settings.ts';
import { NotUnderstood } from './not-understood.ts';

export interface Described {
  readonly site_key: string;
  /** Fields of the API that are no secrets. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Those that are; empty without any. */
  readonly secrets: Readonly<Record<string, string>>;
}

/** Where each secret may be read from instead. */
const SECRETS: Readonly<Record<string, string>> = {
  private_key_pem: 'private_key_file',
  client_secret: 'client_secret_file',
  client_certificate_key_pem: 'client_certificate_key_file',
};
/** No secret, and long all the same. */
const CERTIFICATE = { field: 'client_certificate_pem', file: 'client_certificate_file' } as const;

const One = z.looseObject({ site_key: z.string() });
const File = z.union([
  z.object({ connections: z.array(One) }).transform(({ connections }) => connections),
  z.array(One),
  One.transform((one) => [one]),
]);

/** `-` is standard input. */
export function readConnections(file: string): Described[] {
  const read = File.safeParse(parsed(readFileSync(file === '-' ? 0 : file, 'utf8')));
  if (!read.success) {
    throw new NotUnderstood(
      `${file}: expected a connection with a site_key, a list of such, or a list of them under "connections".`,
    );
  }
  const folder = file === '-' ? '.' : dirname(file);
  const found = read.data.map((one) => described(one, folder));
  const holdsSecrets = read.data.some((one) => Object.keys(SECRETS).some((field) => field in one));
  if (holdsSecrets && file !== '-') demandPrivate(file);
  const twice = found.find(({ site_key }, at) => found.findIndex((one) => one.site_key === site_key) < at);
  if (twice) throw new NotUnderstood(`${file}: expected each site_key once, got "${twice.site_key}" twice.`);
  return found;
}

/** The parser's messages quote lines, which may be secrets: of all that it remarks only the code and the line are said. */
function parsed(text: string): unknown {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false, stringKeys: true });
  const [fault] = [...document.errors, ...document.warnings];
  if (fault) throw notRead(`see line ${lineCounter.linePos(fault.pos[0]).line} (${fault.code})`);
  try {
    return document.toJS();
  } catch (error) {
    // More aliases than anybody writes.
    if (!(error instanceof ReferenceError)) throw error;
    throw notRead('its aliases stand for more than a file of connections has');
  }
}

const notRead = (why: string) =>
  new NotUnderstood(`The file is neither JSON nor YAML that can be read: ${why}.`);

function described({ site_key, ...fields }: z.infer<typeof One>, folder: string): Described {
  const settings: Record<string, unknown> = { ...fields };
  const secrets: Record<string, string> = {};
  const take = (field: string, named: string, read: (path: string) => string): string | undefined => {
    const { [field]: value, [named]: path } = settings;
    delete settings[named];
    if (path !== undefined && typeof path !== 'string')
      throw new NotUnderstood(`"${site_key}": expected ${named} to name a file.`);
    // What YAML takes for a number has lost its zeros: it is no secret any more.
    if (value !== undefined && value !== null && typeof value !== 'string')
      throw new NotUnderstood(`"${site_key}": expected ${field} to be text. In YAML put it into quotes.`);
    if (path === undefined) return value ?? undefined;
    if (value !== undefined)
      throw new NotUnderstood(`"${site_key}": expected ${field} or ${named}, got both.`);
    return read(isAbsolute(path) ? path : join(folder, path));
  };
  for (const [field, named] of Object.entries(SECRETS)) {
    const secret = take(field, named, (path) => readSecret(path).trim());
    // Null is no secret: it takes the stored one away.
    if (settings[field] !== null) delete settings[field];
    if (secret !== undefined) secrets[field] = secret;
  }
  const certificate = take(CERTIFICATE.field, CERTIFICATE.file, (path) => readFileSync(path, 'utf8'));
  if (certificate !== undefined) {
    delete settings[CERTIFICATE.field];
    secrets[CERTIFICATE.field] = certificate;
  }
  return { site_key, settings, secrets };
}
