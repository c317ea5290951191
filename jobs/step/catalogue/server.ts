/**
 * Errors about the EHR, from the network to the manifest of an export. For its token endpoint see token.ts.
 */
import type { Entry } from './entry.ts';

export const SERVER = {
  'network-unreachable': {
    sort: 'retry',
    says: '{host} could not be reached: {reason}.',
    todo: 'It is tried again. If it stays, check the URL, the name service and the firewalls between.',
  },
  'network-error': {
    sort: 'retry',
    says: 'The exchange with {host} failed: {reason}.',
    todo: 'It is tried again. If it stays, check the network and proxies between.',
  },
  'network-timeout': {
    sort: 'retry',
    says: 'Expected the whole answer of {host} within {seconds} s, and it did not come.',
    todo: "It is tried again. If it stays, ask the server's operator.",
  },
  'certificate-refused': {
    sort: 'retry',
    says: 'The certificate of {host} is not trusted: {reason}.',
    todo: `If an authority of your own has signed it, name its certificate (PEM) in EXTRA_CA_FILE; else ask the server's
      operator.`,
  },
  'client-certificate-refused': {
    sort: 'give-up',
    says: '{host} {shown} ({reason}).',
    todo: `Enter the certificate that the server's operator has issued, with its key (client_certificate_pem and
      client_certificate_key_pem, or "cli keys certificate"); the connection shows when the one that is stored expires.`,
  },
  'proxy-refused': {
    sort: 'retry',
    says: 'The proxy {proxy} opened no way to {host}; it answered {found}.',
    todo: 'It is tried again. Check HTTPS_PROXY (407: its user name and password) and what the proxy allows.',
  },
  'request-aborted': {
    sort: 'retry',
    says: 'The request to {host} was called off, since the worker had to end.',
    todo: 'Another worker makes it again.',
  },
  'answer-too-large': {
    sort: 'give-up',
    says: 'Expected an answer of at most {bytes} bytes, got more.',
    todo: "Ask the server's operator what it answers.",
  },
  'named-url-invalid': {
    sort: 'give-up',
    says: '{what} should have an absolute https URL without user name and password, and has {found}.',
    todo: "Ask the server's operator.",
  },
  'named-url-not-http': {
    sort: 'give-up',
    says: '{what} is named by {scheme}, and only what is reached by https can be asked for.',
    todo: `The server writes its exports to a storage of its own: have its operator hand them out by https, or copy the
      files to this machine and use "cli import".`,
  },
  'named-url-insecure': {
    sort: 'give-up',
    says: '{what} is named by http, at {host}: tokens and data would travel in the clear.',
    todo: `If that is the server behind its proxy, its operator must set the address by which it is reached from
      outside (its public base URL, or the proxy's X-Forwarded headers).`,
  },
  'kick-off-throttled': {
    sort: 'retry',
    says: 'The server accepts no export now ({status}): {body}.',
    todo: 'It is asked for again when the server allows. If it stays, sync less often.',
  },
  'kick-off-unavailable': {
    sort: 'retry',
    says: 'The server answered the kick-off with {status}: {body}.',
    todo: "It is tried again. If it stays, ask the server's operator.",
  },
  'kick-off-server-error': {
    sort: 'retry-briefly',
    says: `The server itself failed at the kick-off, with {status}: {body}. No setting of the connection is to blame. Each
      try may have begun an export all the same, so it is asked three times in all, some minutes apart.`,
    todo: 'Ask its operator what is wrong, and whether it has begun exports for us; then start the sync again.',
  },
  'kick-off-outcome-unknown': {
    sort: 'give-up',
    says: `The kick-off was sent, and no answer of the server to it arrived here: {found}. It may be preparing an
      export that we cannot find.`,
    todo: 'Check with the server (some allow one export a day), then start the sync again.',
  },
  'kick-off-not-accepted': {
    sort: 'give-up',
    says: 'Expected 202 with a Content-Location, got {found}.',
    todo: 'The server may not support Bulk Data export at this level; see sync_config.level.',
  },
  'kick-off-refused': {
    sort: 'give-up',
    says: 'The server refused the export with {status}: {body}. {advice}',
    todo: `Check scopes (each exported type needs one), group_id, export_resource_types and sync_config with the
      server's documentation.`,
  },
  'export-status-unavailable': {
    sort: 'retry',
    says: 'The status request was answered with {status}: {body}.',
    todo: "It is tried again. If it stays, ask the server's operator.",
  },
  'export-status-redirected': {
    sort: 'give-up',
    says: 'The status request was answered with {status}, which leads nowhere, or on from where one redirect had led.',
    todo: "Ask the server's operator what it answers at the status URL; the watermark has not moved.",
  },
  'export-gone': {
    sort: 'give-up',
    says: 'The server no longer knows the export job ({status}): {body}.',
    todo: 'Start the sync again; the watermark has not moved.',
  },
  'export-failed': {
    sort: 'give-up',
    says: 'The server ended the export with {status}: {body}.',
    todo: "Ask the server's operator, then start the sync again; the watermark has not moved.",
  },
  'export-too-long': {
    sort: 'give-up',
    says: `The server has been preparing the export for {hours} hours, longer than
      sync_config.limits.export_max_hours ({limit}).`,
    todo: 'Raise the limit, or ask for fewer types at a time.',
  },
  'manifest-unreadable': {
    sort: 'give-up',
    says: `Expected the export's manifest as JSON with transactionTime and output, got {bytes} bytes that lack:
      {fields}.`,
    todo: "Ask the server's operator what it answers at the status URL.",
  },
  'manifest-without-urls': {
    sort: 'give-up',
    says: 'The manifest lists {files} files of output and says of none where it is (url).',
    todo: "Ask the server's operator.",
  },
  'manifest-entries-lost': {
    sort: 'retry',
    says: 'The entries of the manifest that were read are not there any more: the database has crashed meanwhile.',
    todo: 'It is read again.',
  },
  'manifest-too-large': {
    sort: 'give-up',
    says: 'The manifest names more than {limit}.',
    todo: `Raise sync_config.limits.export_max_files if that many files are right, or ask for fewer types; more pages
      are not plausible: ask the server's operator.`,
  },
} as const satisfies Record<string, Entry>;
