/** Access tokens of the identity provider, which programs bring as bearer tokens (JWT, RFC 9068 or close to it). */
import { problem } from '../problems.ts';
import { bearerOf } from './bearer.ts';
import { connectionsOf, nameOf, roleOf, subjectOf } from './identity.ts';
import { OidcError } from './oidc.ts';
import type { Recogniser } from './recogniser.ts';
import { WrongCredential } from './unauthorized.ts';

const JWT = /^[\w-]+\.[\w-]+\.[\w-]*$/;

/**
 * The program that the token was issued to, or the person that it acts for.
 * @throws WrongCredential where the token is refused, whatever the reason, which only the log says.
 */
export const byAccessToken: Recogniser = async (c) => {
  const { oidc, sql, log } = c.var.services;
  const token = bearerOf(c);
  if (oidc === undefined || token === undefined || !JWT.test(token)) return undefined;
  try {
    const claims = await oidc.verifyAccessToken(token);
    const name = nameOf(claims);
    const role = roleOf(claims, oidc.settings);
    if (name === undefined || role === undefined) throw new OidcError('no-role');
    if (subjectOf(claims) === undefined) throw new OidcError('no-subject');
    const connections = await connectionsOf(sql, claims, oidc.settings);
    return { name, role, via: 'oidc', connections, person: null };
  } catch (error) {
    if (!(error instanceof OidcError)) throw error;
    log.warn({ code: error.code, request_id: c.var.requestId }, 'access token refused');
    if (error.unavailable) {
      throw problem(
        'identity-provider-unavailable',
        'The identity provider did not answer, so the access token could not be checked. Try again.',
      );
    }
    throw new WrongCredential();
  }
};
