/** The exports under way: started at one of three levels, asked for, deleted. */

import { randomUUID } from 'node:crypto';
import type { Grant } from './authorization.ts';
import { createJob, type ExportFile, type ExportJob, findFile } from './export-job.ts';
import type { ExportRequest } from './export-request.ts';
import { LAZY_TYPES, lazyFiles } from './lazy.ts';
import type { PopulationOptions } from './population.ts';
import { mayRead } from './scopes.ts';
import type { EhrSettings } from './settings.ts';
import type { Store } from './store.ts';

/** Whom an export is about: everything, all patients, or the members of a group. */
export type Level =
  | { readonly level: 'system' | 'patient' }
  | { readonly level: 'group'; readonly id: string };

export interface Exports {
  group(id: string, patients: readonly string[]): void;
  /** The new job, or the status and the sentence of a refusal. */
  start(
    level: Level,
    request: ExportRequest,
    who: Grant,
    url: string,
    errors: readonly unknown[],
  ): ExportJob | { readonly status: number; readonly why: string };
  find(id: string): ExportJob | undefined;
  file(job: ExportJob, name: string): ExportFile | undefined;
  remove(id: string): void;
  /** A file beside what is stored, in every full export from now on. */
  offer(file: ExportFile): void;
}

interface Options {
  readonly store: Store;
  readonly settings: EhrSettings;
  readonly clock: () => Date;
  readonly lazy: PopulationOptions | undefined;
}

/** Patients of a lazy population per file: some 10,000 observations. */
const LAZY_PATIENTS_PER_FILE = 100;

export function createExports({ store, settings, clock, lazy }: Options): Exports {
  const jobs = new Map<string, ExportJob>();
  const groups = new Map<string, ReadonlySet<string> | undefined>([['everybody', undefined]]);
  const born = clock().toISOString();
  const offered: ExportFile[] = [];

  return {
    group: (id, patients) => void groups.set(id, new Set(patients)),
    find: (id) => jobs.get(id),
    file: findFile,
    remove: (id) => void jobs.delete(id),
    offer: (file) => void offered.push(file),
    start(level, request, who, url, errors) {
      if (level.level === 'group' && !groups.has(level.id)) return { status: 404, why: 'no such Group' };
      const held = lazy === undefined ? store.types() : [...new Set([...store.types(), ...LAZY_TYPES])];
      const types =
        request.types.length > 0 ? request.types : held.filter((type) => mayRead(who.scopes, type));
      const forbidden = types.find((type) => !mayRead(who.scopes, type));
      if (forbidden !== undefined)
        return { status: 403, why: `the scopes do not allow to read ${forbidden}` };
      const members = level.level === 'group' ? groups.get(level.id) : undefined;
      const named = request.patients.length > 0 ? new Set(request.patients) : undefined;
      const job = createJob(store, {
        id: randomUUID(),
        client: who.client,
        url,
        request,
        types: [...new Set(types)],
        patients:
          named === undefined || members === undefined ? (named ?? members) : intersect(named, members),
        polls: settings.polls,
        maxPerFile: settings.maxPerFile,
        errors,
        generated: [
          ...(lazy === undefined || (request.since !== undefined && request.since >= Date.parse(born))
            ? []
            : lazyFiles(lazy, types, LAZY_PATIENTS_PER_FILE, born)),
          ...offered.filter(
            ({ type }) => request.since === undefined && (request.types.length === 0 || types.includes(type)),
          ),
        ],
      });
      jobs.set(job.id, job);
      return job;
    },
  };
}

function intersect(one: ReadonlySet<string>, other: ReadonlySet<string>): ReadonlySet<string> {
  return new Set([...one].filter((id) => other.has(id)));
}
