/** Records who signed in, who signed out, and who was refused. */
import type { Context } from 'hono';
import type { Tx } from '../../sql/connect.ts';
import type { AppEnv } from '../app-env.ts';
import { audit, auditRefusal } from '../audit.ts';

export interface SignInEvent {
  readonly action: 'sign-in' | 'sign-out';
  /** Whom the identity provider says it was ("subject/…"), or "first-start". Names are chosen by people; this is not. */
  readonly target: string;
}

/** In the transaction that begins or ends the session. The name is that of `c.var.caller`. */
export async function recordSignIn(tx: Tx, c: Context<AppEnv>, event: SignInEvent): Promise<void> {
  await audit(tx, c, { ...event, status: 200 });
}

/** Nobody was let in; the code says why ("no-role"). */
export async function recordRefusedSignIn(c: Context<AppEnv>, code: string): Promise<void> {
  await auditRefusal(c, { action: 'sign-in.refuse', target: code, status: 403 });
}
