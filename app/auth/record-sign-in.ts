/** Records who signed in, who signed out, and who was refused. */
import type { Context } from 'hono';
import type { Tx } from '../../sql/connect.ts';
import type { AppEnv } from '../app-env.ts';
import { audit } from '../audit.ts';

export interface SignInEvent {
  readonly action: 'sign-in' | 'sign-in.refuse' | 'sign-out';
  /**
   * Whom the identity provider says it was ("subject/…"), "first-start", or why nobody was let in ("no-role"). Names
   * are chosen by people; this is not.
   */
  readonly target: string;
}

/** In the transaction that begins or ends the session. The name is that of `c.var.caller`. */
export async function recordSignIn(tx: Tx, c: Context<AppEnv>, event: SignInEvent): Promise<void> {
  await audit(tx, c, { ...event, status: event.action === 'sign-in.refuse' ? 403 : 200 });
}
