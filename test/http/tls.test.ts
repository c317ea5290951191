import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { pino } from 'pino';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { readTls, reloadTls, renew, stamp } from '../../app/http/tls.ts';
import { serveApp } from '../../app/serve.ts';
import { selfSigned } from '../ehr/certificate.ts';
import { startApi } from '../routes/api.ts';

const folder = await mkdtemp(join(tmpdir(), 'tls-'));
const files = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') };
const api = await startApi();
afterAll(async () => {
  await api.close();
  await rm(folder, { recursive: true, force: true });
});

async function write({ cert, key }: { cert: string; key: string }) {
  await writeFile(files.cert, cert);
  await writeFile(files.key, key);
}

interface Seen {
  readonly protocol: string | null;
  readonly hsts: string | undefined;
}

function ask(url: string, options: { ca: string; maxVersion?: 'TLSv1.1' | 'TLSv1.2' }): Promise<Seen> {
  return new Promise((resolve, reject) => {
    const minVersion = options.maxVersion === 'TLSv1.1' ? ('TLSv1.1' as const) : undefined;
    const request = get(`${url}/healthz`, {
      ...options,
      agent: false,
      ...(minVersion ? { minVersion } : {}),
    });
    request.on('error', reject);
    request.on('response', (response) => {
      response.resume();
      const socket = response.socket as TLSSocket;
      resolve({
        protocol: socket.getProtocol(),
        hsts: response.headers['strict-transport-security'],
      });
    });
  });
}

describe('a server with a certificate', () => {
  it('speaks TLS from 1.2 on, and says that browsers are to keep to it', async () => {
    const made = selfSigned();
    await write(made);
    const serving = await serveApp(api.app, { host: '127.0.0.1', port: 0, tls: files });
    try {
      expect(serving.url).toMatch(/^https:/);
      const seen = await ask(serving.url, { ca: made.cert });
      expect(seen).toMatchObject({ protocol: 'TLSv1.3', hsts: expect.stringContaining('max-age=') });
      expect((await ask(serving.url, { ca: made.cert, maxVersion: 'TLSv1.2' })).protocol).toBe('TLSv1.2');
      await expect(ask(serving.url, { ca: made.cert, maxVersion: 'TLSv1.1' })).rejects.toThrow();
      await expect(fetch(`${serving.url.replace('https', 'http')}/healthz`)).rejects.toThrow();
    } finally {
      await serving.close();
    }
  });

  it('is not started with files that are missing or do not belong together', async () => {
    const [one, other] = [selfSigned(), selfSigned()];
    expect(() => readTls({ cert: join(folder, 'none'), key: files.key })).toThrow(
      /TLS_CERT_FILE.*got ENOENT/,
    );
    await write({ cert: one.cert, key: other.key });
    expect(() => readTls(files)).toThrow(/TLS_CERT_FILE/);
    expect(() => readTls(files)).not.toThrow(/BEGIN/);
  });

  it('uses files that were replaced, and keeps what it has when they are no good', async () => {
    const used: unknown[] = [];
    const server = { setSecureContext: (options: unknown) => void used.push(options) };
    const lines: string[] = [];
    const log = pino({ level: 'info' }, { write: (line) => void lines.push(line) });
    await write(selfSigned());
    let seen = stamp(files);
    expect(renew(server, { files, seen, log })).toBe(seen);
    expect(used).toHaveLength(0);
    const next = selfSigned();
    await write(next);
    seen = renew(server, { files, seen, log });
    expect(used).toEqual([expect.objectContaining({ cert: Buffer.from(next.cert), minVersion: 'TLSv1.2' })]);
    await writeFile(files.cert, 'no certificate at all');
    const broken = renew(server, { files, seen, log });
    expect(broken).not.toBe(seen);
    expect(used).toHaveLength(1);
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { level: 30, msg: 'the new certificate is in use' },
      {
        level: 50,
        msg: 'the old certificate stays in use',
        reason: expect.stringContaining('TLS_CERT_FILE'),
      },
    ]);
  });

  it('looks at both files once a minute until it is stopped, whether they are there or not', async () => {
    const used: { cert: Buffer }[] = [];
    const server = { setSecureContext: (options: { cert: Buffer }) => void used.push(options) };
    const one = selfSigned();
    await write(one);
    const before = stamp(files);
    await writeFile(files.key, `${one.key}\n`);
    expect(stamp(files)).not.toBe(before);
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    try {
      const stop = reloadTls(server, files, pino({ level: 'silent' }));
      vi.advanceTimersByTime(60_000);
      expect(used).toHaveLength(0);
      await rm(files.key);
      expect(() => stamp(files)).not.toThrow();
      vi.advanceTimersByTime(60_000);
      expect(used).toHaveLength(0);
      const next = selfSigned();
      await write(next);
      vi.advanceTimersByTime(59_999);
      expect(used).toHaveLength(0);
      vi.advanceTimersByTime(1);
      vi.advanceTimersByTime(120_000);
      expect(used.map(({ cert }) => cert)).toEqual([Buffer.from(next.cert)]);
      stop();
      await write(selfSigned());
      vi.advanceTimersByTime(60_000);
      expect(used).toHaveLength(1);
    } finally {
      vi.useRealTimers();
    }
  });
});
