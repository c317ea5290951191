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
  group(id: string, patients: readonly string[], inactive?: readonly string[]): void;
  /** undefined where there is no such group. */
  members(id: string): { readonly id: string; readonly inactive: boolean }[] | undefined;
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
  const inactive = new Map<string, readonly string[]>();
  const started = new Map<string, number[]>();
  const born = clock().toISOString();
  const offered: ExportFile[] = [];

  return {
    group(id, patients, left = []) {
      groups.set(id, new Set(patients));
      inactive.set(id, left);
    },
    members(id) {
      if (!groups.has(id)) return undefined;
      const left = (inactive.get(id) ?? []).map((patient) => ({ id: patient, inactive: true }));
      return [
        ...[...(groups.get(id) ?? livePatients())].map((one) => ({ id: one, inactive: false })),
        ...left,
      ];
    },
    find: (id) => jobs.get(id),
    file: findFile,
    remove: (id) => void jobs.delete(id),
    offer: (file) => void offered.push(file),
    start(level, request, who, url, errors) {
      if (level.level === 'group' && !groups.has(level.id)) return { status: 404, why: 'no such Group' };
      const day = clock().getTime() - 24 * 3_600_000;
      const today = (started.get(who.client) ?? []).filter((time) => time > day);
      if (settings.exportsADay !== undefined && today.length >= settings.exportsADay)
        return { status: 400, why: 'Request not allowed: The Client requested this Group too recently' };
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
        types: [...new Set(types)].filter((type) => !settings.leftOut.includes(type)),
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
      started.set(who.client, [...today, clock().getTime()]);
      jobs.set(job.id, job);
      return job;
    },
  };

  function livePatients(): string[] {
    return [...store.entries('Patient')].filter(({ deleted }) => !deleted).map(({ id }) => id);
  }
}

function intersect(one: ReadonlySet<string>, other: ReadonlySet<string>): ReadonlySet<string> {
  return new Set([...one].filter((id) => other.has(id)));
}
