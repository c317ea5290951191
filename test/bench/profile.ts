/** Reads what --cpu-prof wrote, and ranks functions by the time spent in themselves. */
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

interface Profile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

export interface SelfTime {
  readonly name: string;
  readonly place: string;
  readonly milliseconds: number;
  /** Percent of the time in which the process was not idle. */
  readonly share: number;
}

export async function selfTimes(folder: string, limit: number): Promise<SelfTime[]> {
  const times = new Map<string, number>();
  for (const name of await readdir(folder)) {
    if (!name.endsWith('.cpuprofile')) continue;
    const profile: Profile = JSON.parse(await readFile(join(folder, name), 'utf8'));
    const frames = new Map(profile.nodes.map((node) => [node.id, node.callFrame]));
    profile.samples.forEach((id, index) => {
      const frame = frames.get(id);
      if (!frame || frame.functionName === '(idle)') return;
      const key = `${frame.functionName || '(anonymous)'}\t${placeOf(frame.url, frame.lineNumber)}`;
      times.set(key, (times.get(key) ?? 0) + (profile.timeDeltas[index] ?? 0) / 1000);
    });
  }
  const busy = [...times.values()].reduce((sum, time) => sum + time, 0);
  return [...times]
    .sort((a, b) => b[1] - a[1])
    .slice(0, limit)
    .map(([key, milliseconds]) => {
      const [name = '', place = ''] = key.split('\t');
      return { name, place, milliseconds, share: (100 * milliseconds) / busy };
    });
}

function placeOf(url: string, line: number): string {
  const path = url.startsWith('file:') ? relative(process.cwd(), fileURLToPath(url)) : url;
  return path === '' ? '' : `${path}:${line + 1}`;
}
