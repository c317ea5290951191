/** What a recogniser is given and answers. The chain of them is authenticate.ts. */
import type { Context } from 'hono';
import type { AppEnv } from '../app-env.ts';
import type { Caller } from '../caller.ts';

/** A caller before it is known where the request came from. */
export type Recognised = Omit<Caller, 'address'>;

/**
 * Knows one kind of credential. It answers undefined where the request has none of its kind, and throws
 * WrongCredential where it has one that is wrong.
 */
export type Recogniser = (c: Context<AppEnv>) => Promise<Recognised | undefined>;
