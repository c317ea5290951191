/** Measures how long the servers of connections take to begin their answers, and how they answer. */
import { performance } from 'node:perf_hooks';
import type { Meters } from '../step/meters.ts';
import type { Traces } from '../step/traces.ts';
import { underWay } from '../step/under-way.ts';
import type { Outbound } from './outbound.ts';

export function measured(
  outbound: Outbound,
  { meters, traces }: { readonly meters?: Meters | undefined; readonly traces?: Traces | undefined },
): Outbound {
  return {
    isProxied: (host) => outbound.isProxied(host),
    async request(url, call, reach) {
      const connection_id = underWay()?.connection_id;
      const ask = () => outbound.request(url, call, reach);
      if (connection_id === undefined) return await ask();
      const since = performance.now();
      const observe = (outcome: string) =>
        meters?.observe({ name: 'ehr-request', connection_id, outcome }, (performance.now() - since) / 1000);
      try {
        const answer = await (traces ? traces.request(call.method ?? 'GET', url.host, ask) : ask());
        observe(classOfStatus(answer.statusCode ?? 0));
        return answer;
      } catch (error) {
        observe('none');
        throw error;
      }
    },
  };
}

/** "2xx"; 429 stands for itself, since it asks for patience. */
export function classOfStatus(status: number): string {
  return status === 429 ? '429' : `${Math.trunc(status / 100)}xx`;
}
