/**
 * Actions that may need a second person. Each is one function of a transaction, which is run at once, or when another
 * admin approves: the same code either way. Where one is needed the action is tried out first and taken back, so that
 * whoever asks for what cannot be done hears so at once, and what it would do can be shown.
 */
import type { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { expireApprovalsInTx } from '../../jobs/record/approvals.ts';
import { canonicalJson } from '../../jobs/record/changes.ts';
import type { Facts } from '../../jobs/record/record.ts';
import type { Tx } from '../../sql/connect.ts';
import type { AppEnv } from '../app-env.ts';
import { audit } from '../audit.ts';
import { asTrigger } from '../caller.ts';
import { type Problem, problem } from '../problems.ts';
import { countPendingInTx, insertApprovalInTx } from './approvals.ts';
import { type Need, NO_SECOND_PERSON } from './settings.ts';

/** Somebody's approval of what somebody else has asked for. */
export interface Grant {
  readonly approval_id: number;
  /** As runs and purges name who asked. */
  readonly requested_by: string;
}

export interface GuardedAction<Request, Result> {
  /** Operation of the API. */
  readonly operation: string;
  readonly need: Need;
  /** The request as it is stored. */
  readonly request: z.ZodType<Request>;
  /** Does it, the record included. It reads what it decides by, and locks it. */
  run(tx: Tx, c: Context<AppEnv>, request: Request, grant?: Grant): Promise<Result>;
  /** What follows the commit. */
  afterwards?(c: Context<AppEnv>, result: Result): Promise<void>;
  /** Told of what was tried out; undefined where that needs nobody. */
  asks(request: Request, tried: Result): Asked | undefined;
  /** What the approval is about. Where it differs by then, the approval is void. It is stored sealed. */
  concerns(tx: Tx, request: Request): Promise<unknown>;
  /** What came of it, as the record names it. */
  resultOf(result: Result): string;
}

export interface Asked {
  readonly connection_id: number;
  /** As the record names it. */
  readonly object: string;
  /** For the list and the record: no secret, and nothing that says of whom. */
  readonly shown: Facts;
}

const MOST_PENDING = 100;
/** Of one person, who would else fill the list for all others. */
const MOST_OF_ONE = 20;

/** @throws Problem `second-person-needed` where the request waits for one now. */
export async function doOrAsk<Request, Result>(
  c: Context<AppEnv>,
  action: GuardedAction<Request, Result>,
  request: Request,
): Promise<Result> {
  const { sql, config } = c.var.services;
  const { needs } = config.secondPerson ?? NO_SECOND_PERSON;
  const outcome = await sql.begin(async (tx) => {
    const asked = needs.has(action.need) ? await triedOut(tx, c, action, request) : undefined;
    if (asked) return { waits: await askInTx(tx, c, action, request, asked) };
    return { done: await action.run(tx, c, request) };
  });
  if ('waits' in outcome) throw outcome.waits;
  await action.afterwards?.(c, outcome.done);
  return outcome.done;
}

class TakenBack extends Error {}

async function triedOut<Request, Result>(
  tx: Tx,
  c: Context<AppEnv>,
  action: GuardedAction<Request, Result>,
  request: Request,
): Promise<Asked | undefined> {
  let asked: Asked | undefined;
  await tx
    .savepoint(async (inner) => {
      asked = action.asks(request, await action.run(inner, c, request));
      throw new TakenBack();
    })
    .catch((error: unknown) => {
      if (!(error instanceof TakenBack)) throw error;
    });
  return asked;
}

async function askInTx<Request, Result>(
  tx: Tx,
  c: Context<AppEnv>,
  action: GuardedAction<Request, Result>,
  request: Request,
  asked: Asked,
): Promise<Problem> {
  const { clock, keyring, config } = c.var.services;
  const { caller } = c.var;
  const person = personOrRefuse(c);
  const at = clock();
  await expireApprovalsInTx(tx, at);
  const { all, theirs } = await countPendingInTx(tx, person);
  if (theirs >= MOST_OF_ONE || all >= MOST_PENDING) {
    const waiting = theirs >= MOST_OF_ONE ? `${theirs} requests of yours` : `${all} requests`;
    throw problem('too-many-approvals', `${waiting} wait already. Approve or refuse some first.`);
  }
  const { hours } = config.secondPerson ?? NO_SECOND_PERSON;
  const expires_at = new Date(at.getTime() + 3_600_000 * hours);
  const { operation, need } = action;
  const approval_id = await insertApprovalInTx(tx, keyring, {
    ...{
      ...asked,
      operation,
      need,
      requested_by: asTrigger(caller),
      requested_person: person,
      at,
      expires_at,
    },
    held: { request, concerns: canonicalJson(await action.concerns(tx, request)) },
  });
  await audit(tx, c, {
    ...{ action: 'approval.ask', target: `approval/${approval_id}`, status: 409 },
    details: {
      ...{ operation, object: asked.object, shown: asked.shown, requested_person: person },
      expires_at: expires_at.toISOString(),
    },
  });
  return problem(
    'second-person-needed',
    `Nothing is done yet: approval ${approval_id} waits for another admin until ${expires_at.toISOString()} ` +
      `(POST /api/v1/admin/approvals/${approval_id}/approve, or: npm run cli -- approvals approve ${approval_id}).`,
    { headers: { location: `/api/v1/admin/approvals/${approval_id}` } },
  );
}

/** Who it is, however they were let in. Credentials that several may share, and programs, are nobody. */
export function personOrRefuse(c: Context<AppEnv>): string {
  const { person } = c.var.caller;
  if (person !== null) return person;
  throw problem(
    'second-person-unknown',
    'A second person is required here, and nobody can tell whose credential this is. Sign in through the identity ' +
      'provider, use a token that a known person has made, or the command line under an account of your own.',
  );
}

/** What the record of the action says of an approval. */
export function grantFacts(c: Context<AppEnv>, grant: Grant | undefined): Facts {
  if (!grant) return {};
  return { ...grant, approved_by: asTrigger(c.var.caller) };
}
