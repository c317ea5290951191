/** Errors about the settings and credentials of one connection. */
import type { Entry } from './entry.ts';

export const CONNECTION = {
  'connection-not-found': {
    sort: 'give-up',
    says: 'There is no connection {connection_id}; it may have been deleted.',
    todo: 'List the connections.',
  },
  'sync-config-invalid': {
    sort: 'give-up',
    says: "The connection's settings cannot be used. {faults}",
    todo: 'Correct sync_config.',
  },
  'url-invalid': {
    sort: 'give-up',
    says: 'Expected an absolute http(s) URL without user name and password, got {found}.',
    todo: 'Check the URLs of the connection; credentials have fields of their own.',
  },
  'url-insecure': {
    sort: 'give-up',
    says: '{host} was to be asked over http.',
    todo: 'Use https, or set sync_config.allow_http for a test system.',
  },
  'group-missing': {
    sort: 'give-up',
    says: 'sync_config.level is "group", but the connection has no group_id.',
    todo: "Enter the Group's id.",
  },
  'credentials-missing': {
    sort: 'give-up',
    says: 'The connection has no {field}.',
    todo: 'Enter it and try again; a private key can also be made here (cli keys create).',
  },
  'credentials-cleared': {
    sort: 'give-up',
    says: 'The credentials of the connection were cleared when {settings} changed, since that is where they go.',
    todo: 'If the change is right, enter private_key_pem or client_secret again, or make a key ("cli keys create").',
  },
  'audience-foreign': {
    sort: 'give-up',
    says: `sync_config.auth.audience is {audience}, which is neither the token endpoint ({endpoint}) nor on its host or
      that of the FHIR server: whoever got the assertion could use it there.`,
    todo: `Correct it or leave it out; an audience that is no address of the server must be named in ALLOWED_AUDIENCES.`,
  },
  'private-key-invalid': {
    sort: 'give-up',
    says: 'The private key cannot be used: {reason}.',
    todo: 'Enter an RSA key of at least 2048 bits, or an EC key on P-384 or P-256, as PEM.',
  },
  'client-certificate-invalid': {
    sort: 'give-up',
    says: 'The client certificate cannot be used: {reason}.',
    todo: 'Enter the certificate in PEM, those between it and its authority behind it, and its private key without a passphrase.',
  },
  'signing-algorithm-mismatch': {
    sort: 'give-up',
    says: 'sync_config.auth.algorithm is {algorithm}, but the private key can sign {possible}.',
    todo: 'Remove the setting, or enter a key that can do it.',
  },
  'secret-unreadable': {
    sort: 'give-up',
    says: 'A stored secret does not open: {reason}.',
    todo: 'Restore the right ENCRYPTION_KEY or enter the secret again.',
  },
  'sealed-data-unreadable': {
    sort: 'give-up',
    says: '{place} of {row}, sealed with the key "{id}", does not open: that key is not here, it was altered, or it is not where it was stored.',
    todo: 'Add the key to ENCRYPTION_KEYS_OLD; what was altered comes again with a full sync.',
  },
  'encryption-key-unknown': {
    sort: 'give-up',
    says: 'A stored secret was sealed with the key "{id}", which is not among the keys.',
    todo: 'Add the old key to ENCRYPTION_KEYS_OLD, or enter the secret again.',
  },
  'scopes-not-granted': {
    sort: 'give-up',
    says: 'The server granted fewer scopes than were asked for; missing: {scopes}.',
    todo: `Ask the EHR for them, correct scopes, or set sync_config.missing_scopes to "warn" to go on without
      their types.`,
  },
  'address-refused': {
    sort: 'give-up',
    says: '{host} is not on a public address ({at}), and the connection may reach only those and its allowed networks.',
    todo: 'If it is the right server, add its address or network to sync_config: {line}.',
  },
  'address-never-asked': {
    sort: 'give-up',
    says: '{host} is at an address at which neither EHR nor receiver can be ({at}): clouds serve their secrets at such addresses.',
    todo: 'No setting opens it. Correct the URL, or see what the name service says of the host.',
  },
  'host-not-named': {
    sort: 'give-up',
    says: '{host} would be asked by way of the proxy, which looks names up, and the connection does not name that host.',
    todo: 'If it is right, add it to sync_config: {line}.',
  },
  'token-endpoint-foreign': {
    sort: 'give-up',
    says: `The server names the token endpoint {endpoint}, which is not on its own host ({base}), so no credentials are sent
      there.`,
    todo: `If the vendor's documentation gives the same, set token_endpoint to it, or add "{host}" to
      sync_config.token_hosts.`,
  },
  'token-host-foreign': {
    sort: 'give-up',
    says: "{what} is at {host}, which is not the server's own host, so the access token stays here.",
    todo: 'If that host is right, add it to sync_config.token_hosts; "cli retry" then goes on with the same export.',
  },
} as const satisfies Record<string, Entry>;
