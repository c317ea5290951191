/**
 * The certificate and key of the server, from files that may be replaced while it runs: they are looked at once a
 * minute, so that a renewed certificate needs no restart. Files that cannot be used then leave the old ones in use.
 */
import { readFileSync, statSync } from 'node:fs';
import type { Server } from 'node:https';
import { createSecureContext } from 'node:tls';
import type { Logger } from 'pino';
import { syncError } from '../../jobs/step/errors.ts';

export interface TlsFiles {
  /** PEM of the certificate and of those between it and the root. */
  readonly cert: string;
  /** PEM of its private key. */
  readonly key: string;
}

export interface TlsOptions {
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly minVersion: 'TLSv1.2';
}

const EVERY_MS = 60_000;

/** Reads the files; throws setting-invalid where they cannot be read or do not belong together. */
export function readTls(files: TlsFiles): TlsOptions {
  try {
    const read = {
      cert: readFileSync(files.cert),
      key: readFileSync(files.key),
      minVersion: 'TLSv1.2' as const,
    };
    createSecureContext(read);
    return read;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    throw syncError('setting-invalid', {
      faults: `TLS_CERT_FILE, TLS_KEY_FILE: expected PEM files of a certificate and its own key, got ${code}`,
    });
  }
}

/** Uses the files again whenever one of them has changed. Returns what stops that. */
export function reloadTls(
  server: Pick<Server, 'setSecureContext'>,
  files: TlsFiles,
  log: Logger,
): () => void {
  let seen = stamp(files);
  const timer = setInterval(() => {
    seen = renew(server, { files, seen, log });
  }, EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}

/** One look at the files; returns the stamp of what was seen. */
export function renew(
  server: Pick<Server, 'setSecureContext'>,
  { files, seen, log }: { readonly files: TlsFiles; readonly seen: string; readonly log: Logger },
): string {
  const now = stamp(files);
  if (now === seen) return seen;
  try {
    server.setSecureContext(readTls(files));
    log.info('the new certificate is in use');
  } catch (error) {
    log.error(
      { reason: error instanceof Error ? error.message : 'unknown' },
      'the old certificate stays in use',
    );
  }
  return now;
}

/** When the files were changed; the same text as long as they were not. */
export function stamp(files: TlsFiles): string {
  return [files.cert, files.key]
    .map((file) => {
      const { mtimeMs, size, ino } = statSync(file, { throwIfNoEntry: false }) ?? {
        mtimeMs: 0,
        size: 0,
        ino: 0,
      };
      return `${mtimeMs}/${size}/${ino}`;
    })
    .join(' ');
}
