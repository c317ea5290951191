/**
 * The one answer to whoever is not recognised. It is the same whatever was wrong (absent, unknown, expired, revoked,
 * of another server), so that it tells nobody how near they were.
 */
import { Problem } from '../problems.ts';

const DETAIL =
  'Expected "Authorization: Bearer …" with a valid token of this server, or a session. ' +
  'A token is made with: npm run cli -- tokens create --role ROLE --note TEXT';

/** Nobody is recognised. Thrown as it is where no credential was given, which is not counted. */
export class Unauthorized extends Problem {
  constructor() {
    super('unauthorized', DETAIL, { headers: { 'www-authenticate': 'Bearer realm="fhir-omop-sync"' } });
  }
}

/** A credential was given and is wrong: counted by address, and by `prefix` where its beginning is no secret. */
export class WrongCredential extends Unauthorized {
  readonly prefix: string | undefined;

  constructor(prefix?: string) {
    super();
    this.prefix = prefix;
  }
}
