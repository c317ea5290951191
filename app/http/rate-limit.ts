/**
 * How many requests an address may send: so many a minute, a tenth of them at once. Each process counts for itself and
 * in memory, since the limit is there to keep a process alive, not to be exact.
 *
 * Probes do not count: they come from the one address of a load balancer or a node, where others' requests would use
 * their limit up and have a healthy process killed. Their answers cost no more than a refusal: one asks nothing, of the
 * other there is one check at a time.
 */
import type { MiddlewareHandler } from 'hono';
import type { AppEnv } from '../app-env.ts';
import { problem } from '../problems.ts';
import { route as healthz } from '../routes/healthz.ts';
import { route as readyz } from '../routes/readyz.ts';
import { countedAddress } from './proxies.ts';

interface Bucket {
  left: number;
  at: number;
}

/** Addresses that are remembered; the one that was heard of longest ago goes first. */
const REMEMBERED = 10_000;

export function rateLimit(perMinute: number): MiddlewareHandler<AppEnv> {
  const burst = Math.max(1, perMinute / 10);
  const buckets = new Map<string, Bucket>();
  return async (c, next) => {
    const { address } = c.var;
    if (perMinute > 0 && address !== null && !isProbe(c.req.method, c.req.path)) {
      const wait = take(buckets, countedAddress(address), {
        now: c.var.services.clock().getTime(),
        perMs: perMinute / 60_000,
        burst,
      });
      if (wait > 0) {
        throw problem('too-many-requests', `Expected at most ${perMinute} requests a minute.`, {
          headers: { 'retry-after': String(Math.ceil(wait / 1000)) },
        });
      }
    }
    await next();
  };
}

const isProbe = (method: string, path: string): boolean =>
  (method === 'GET' || method === 'HEAD') && (path === healthz.path || path === readyz.path);

/** Takes one from the bucket; the milliseconds to wait where it is empty. */
function take(
  buckets: Map<string, Bucket>,
  key: string,
  { now, perMs, burst }: { now: number; perMs: number; burst: number },
): number {
  const before = buckets.get(key) ?? { left: burst, at: now };
  const left = Math.min(burst, before.left + (now - before.at) * perMs);
  const taken = left >= 1;
  buckets.delete(key);
  buckets.set(key, { left: taken ? left - 1 : left, at: now });
  const oldest = buckets.size > REMEMBERED ? buckets.keys().next().value : undefined;
  if (oldest !== undefined) buckets.delete(oldest);
  return taken ? 0 : (1 - left) / perMs;
}
