/**
 * One batch of questions, a few at a time. It ends early when the server wants to be left alone or refuses everything of
 * a type, and when the worker must stop: what has been answered by then counts, the rest is asked for later.
 */
import type { SyncError } from '../step/errors.ts';
import type { Answer, Asked, Asking } from './answer.ts';
import { isAttachment } from './attachments.ts';
import { readOne, searchSeveral } from './read-one.ts';

export interface Asker extends Asking {
  readonly parallel: number;
  /** Types that the server takes searches for, or does not; others are tried. */
  readonly searches: ReadonlyMap<string, boolean>;
  /** Types of which it has told something in this run: a refusal is then about one resource. */
  readonly told: ReadonlySet<string>;
  mayGoOn(): boolean;
}

export interface Heard {
  readonly answers: readonly Answer[];
  /** What was learned of searches. */
  readonly learned: ReadonlyMap<string, boolean>;
  /** Types that are refused as a whole, with the status. */
  readonly refused: ReadonlyMap<string, string>;
  /** Set where it wants fewer requests. */
  readonly throttled: SyncError | undefined;
}

/** Servers take URLs of some thousand characters. */
const GROUP = 50;
/** As FHIR has them (R4, datatypes.html#id): nothing that a search would understand. */
const PLAIN_ID = /^[A-Za-z0-9.-]{1,64}$/;
/** One resource may be closed to us for reasons of its own; three in a row, and nothing else, are the type. */
const REFUSALS = 3;
/** A batch is held in memory and committed at once. */
const MOST_BYTES = 32 * 1024 * 1024;

export async function askAll(asker: Asker, wanted: readonly Asked[]): Promise<Heard> {
  const answers: Answer[] = [];
  const learned = new Map<string, boolean>();
  const refusals = new Map<string, number>();
  const refused = new Map<string, string>();
  const told = new Set(asker.told);
  let throttled: SyncError | undefined;
  let bytes = 0;

  function take(answer: Answer): void {
    const { type } = answer.asked;
    if (answer.state === 'unavailable') {
      // Called off by ourselves, it says nothing of the server.
      if (answer.error.code === 'request-aborted') return;
      if (answer.error.code === 'search-throttled') throttled = answer.error;
    }
    if (answer.state === 'found' || answer.state === 'not-found') told.add(type);
    const closed = answer.state === 'refused' && /^status-40[13]$/.test(answer.reason);
    if (closed && !told.has(type)) {
      refusals.set(type, (refusals.get(type) ?? 0) + 1);
      const all = wanted.filter((one) => one.type === type).length;
      if ((refusals.get(type) ?? 0) >= Math.min(REFUSALS, all)) refused.set(type, answer.reason);
    }
    if (answer.state === 'found') bytes += answer.line.length;
    answers.push(answer);
  }

  const mayGoOn = () =>
    throttled === undefined && bytes < MOST_BYTES && asker.signal?.aborted !== true && asker.mayGoOn();

  for (const [type, asked] of Map.groupBy(wanted, (one) => one.type)) {
    const left = new Map(asked.map((one) => [one.id, one]));
    const searched = asked.flatMap((one) => (PLAIN_ID.test(one.id) && !isAttachment(one) ? [one.id] : []));
    for (const ids of groups(searched)) {
      if (ids.length < 2 || (learned.get(type) ?? asker.searches.get(type)) === false || !mayGoOn()) break;
      const { found, works } = await searchSeveral(asker, type, ids);
      if (works !== undefined) learned.set(type, works);
      for (const answer of found) {
        take(answer);
        left.delete(answer.asked.id);
      }
    }
    const queue = [...left.values()].values();
    const worker = async () => {
      for (const one of queue) {
        if (!mayGoOn() || refused.has(type)) return;
        take(await readOne(asker, one));
      }
    };
    await Promise.all(Array.from({ length: asker.parallel }, worker));
  }
  return { answers, learned, refused, throttled };
}

function groups(ids: readonly string[]): string[][] {
  return Array.from({ length: Math.ceil(ids.length / GROUP) }, (_, n) =>
    ids.slice(n * GROUP, (n + 1) * GROUP),
  );
}
