/**
 * Breaks a resource as real exports are broken: fields dropped, types swapped, strings lengthened, dates broken, lists
 * emptied. One to three things at a time, anywhere in it but its type.
 */
import { map } from '../../../jobs/map/index.ts';
import type { Resource } from '../../../jobs/map/types.ts';
import { createRandom, type Random } from '../../ehr/random.ts';
import { newContext } from './context.ts';
import { faultsOf } from './faults.ts';

export function mutate(random: Random, resource: Resource): Resource {
  let broken: unknown = structuredClone(resource);
  const times = 1 + random.int(0, 2);
  for (let n = 0; n < times; n++) broken = mutateAt(random, broken);
  return isRecord(broken)
    ? { ...broken, resourceType: resource.resourceType, id: idOf(broken, resource) }
    : resource;
}

/** What reads lines refuses those without an id; the mapping gets none. */
function idOf(broken: Readonly<Record<string, unknown>>, resource: Resource): string {
  const id = broken['id'];
  return typeof id === 'string' && id !== '' ? id : resource.id;
}

function mutateAt(random: Random, value: unknown): unknown {
  const deeper = random.chance(0.75);
  if (deeper && Array.isArray(value) && value.length > 0) {
    const at = random.int(0, value.length - 1);
    return value.map((item, n) => (n === at ? mutateAt(random, item) : item));
  }
  if (deeper && isRecord(value)) {
    const keys = Object.keys(value);
    if (keys.length === 0) return [];
    const key = random.pick(keys);
    if (random.chance(0.15))
      return Object.fromEntries(Object.entries(value).filter(([name]) => name !== key));
    return { ...value, [key]: mutateAt(random, value[key]) };
  }
  return random.pick(BREAKAGES)(value, random);
}

const BREAKAGES: readonly ((value: unknown, random: Random) => unknown)[] = [
  () => null,
  () => undefined,
  () => '',
  () => [],
  () => ({}),
  () => true,
  () => -1.5e300,
  () => Number.NaN,
  (value) => [value],
  (value) => ({ value }),
  (value) => String(value),
  (value) => (typeof value === 'string' ? `${value}${'\u{1F9EA}x'.repeat(300)}` : 'x'.repeat(5000)),
  (value) => (typeof value === 'string' ? value.slice(0, -1) : value),
  (_, random) =>
    random.pick([
      '2024-02-30',
      '0000-00-00',
      '2024-13',
      '24-1-1',
      '9999-12-31T99:99:99Z',
      '2024-06-31T10:00:00+99:00',
    ]),
  (_, random) =>
    random.pick([
      'Patient/',
      '#',
      'urn:uuid:',
      'Encounter/a/b/c',
      'http://[bad',
      'Practitioner?identifier=%E0%A4%A',
    ]),
];

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export interface Tally {
  /** Outcomes by kind. */
  readonly outcomes: Record<string, number>;
  readonly faults: string[];
}

/** Maps broken ones of these, `times` in all. Throws where the mapping does, with the resource's place in the run. */
export function mapBroken(seed: string, resources: readonly Resource[], times: number): Tally {
  const random = createRandom(seed);
  const context = newContext({}, resources.slice(0, 5000));
  const tally: Tally = { outcomes: {}, faults: [] };
  for (let n = 0; n < times; n++) {
    const resource = mutate(random, random.pick(resources));
    const outcome = map(resource, context);
    tally.outcomes[outcome.kind] = (tally.outcomes[outcome.kind] ?? 0) + 1;
    for (const fault of faultsOf(outcome, context.settings)) {
      if (tally.faults.length < 100) tally.faults.push(`${n} ${resource.resourceType}: ${fault}`);
    }
  }
  return tally;
}
