/** API tokens: `fos_…`. */
import { beginningOf, looksLikeApiToken } from './api-token.ts';
import { callerOfToken, noteUse, tokenInForce } from './api-tokens.ts';
import { bearerOf } from './bearer.ts';
import type { Recogniser } from './recogniser.ts';
import { WrongCredential } from './unauthorized.ts';

export const byApiToken: Recogniser = async (c) => {
  const { sql, clock } = c.var.services;
  const given = bearerOf(c);
  if (given === undefined || !looksLikeApiToken(given)) return undefined;
  const found = await tokenInForce(sql, given, clock());
  if (!found) throw new WrongCredential(beginningOf(given));
  await noteUse(sql, found, clock());
  return callerOfToken(found);
};
