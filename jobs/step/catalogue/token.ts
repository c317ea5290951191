/**
 * Errors about the server's token endpoint. `token-invalid-client` and the like are from RFC 6749, section
 * 5.2.
 */
import type { Entry } from './entry.ts';

export const TOKEN = {
  'token-endpoint-unknown': {
    sort: 'give-up',
    says: `The server names no token endpoint: .well-known/smart-configuration answered {status} without a
      token_endpoint, metadata {metadata} without oauth-uris.`,
    todo: 'Check fhir_base_url, or set token_endpoint.',
  },
  'discovery-unavailable': {
    sort: 'retry',
    says: "The server's SMART configuration answered {status}: {body}.",
    todo: 'It is tried again. If it stays, set token_endpoint.',
  },
  'token-unavailable': {
    sort: 'retry',
    says: 'The token endpoint answered {status}: {body}.',
    todo: "It is tried again. If it stays, ask the server's operator.",
  },
  'token-redirected': {
    sort: 'give-up',
    says: 'The token endpoint answered {status}.',
    todo: 'Set token_endpoint to its real address.',
  },
  'token-unreadable': {
    sort: 'give-up',
    says: 'The token endpoint answered {status} without an access_token: {body}.',
    todo: 'Check token_endpoint.',
  },
  'token-invalid-client': {
    sort: 'give-up',
    says: 'The token endpoint refused with {status}, {body}: it does not know the client or refuses its proof.',
    todo: `Check client_id, that the public key (kid, JWKS) is registered there, sync_config.auth.audience, and both
      clocks.`,
  },
  'token-unauthorized-client': {
    sort: 'give-up',
    says: 'The token endpoint refused with {status}, {body}: the client is not allowed client credentials.',
    todo: 'Check its registration as a backend (system) app.',
  },
  'token-invalid-scope': {
    sort: 'give-up',
    says: 'The token endpoint refused with {status}, {body}: it does not grant the scopes.',
    todo: 'Check scopes: the client must be registered for each, and some servers refuse system/*.read.',
  },
  'token-invalid-grant': {
    sort: 'give-up',
    says: 'The token endpoint refused with {status}, {body}: it does not accept the assertion.',
    todo: 'Check the registered public key, sync_config.auth and both clocks.',
  },
  'token-invalid-request': {
    sort: 'give-up',
    says: 'The token endpoint refused with {status}, {body}: it finds the request malformed.',
    todo: 'Check sync_config.auth.token_auth and scopes.',
  },
  'token-unsupported-grant-type': {
    sort: 'give-up',
    says: 'The token endpoint refused with {status}, {body}: it knows no client credentials.',
    todo: 'Check token_endpoint.',
  },
  'token-refused': {
    sort: 'give-up',
    says: 'The token endpoint refused with {status}, {body}.',
    todo: 'Check token_endpoint, client_id and the credentials.',
  },
} as const satisfies Record<string, Entry>;
