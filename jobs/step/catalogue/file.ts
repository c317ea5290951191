/** Errors about one file of an export: when it cannot be downloaded, the others still can. */
import type { Entry } from './entry.ts';

export const FILE = {
  'file-refused': {
    sort: 'give-up',
    says: `{host} refused a file of the export with {status}. 403, 404 and 410 mean that it has expired or was
      withdrawn, 401 that the token is not accepted there.`,
    todo: 'Start the sync again; the watermark has not moved. After a 401 see sync_config.token_hosts.',
  },
  'file-throttled': {
    sort: 'retry',
    says: '{host} wants fewer requests for files (429).',
    todo: 'The file is asked for again when the server allows.',
  },
  'file-unavailable': {
    sort: 'retry',
    says: '{host} answered the request for a file with {status}.',
    todo: "It is tried again. If it stays, ask the server's operator.",
  },
  'file-transfer-broken': {
    sort: 'retry',
    says: 'The transfer of a file broke off ({reason}).',
    todo: 'It goes on where it was. If it stays, check the network and proxies between.',
  },
  'file-damaged': {
    sort: 'retry',
    says: 'A compressed file is damaged or ends too early ({reason}). What was read of it is not believed.',
    todo: "It is read again. If it stays, ask the server's operator.",
  },
  'file-is-a-page': {
    sort: 'retry',
    says: '{host} answered the request for a file with {type}; expected NDJSON.',
    todo: "It is tried again. If it stays, ask the server's operator.",
  },
  'file-range-wrong': {
    sort: 'retry',
    says: '{host} sent a part of a file that was asked for whole.',
    todo: "It is tried again. If it stays, ask the server's operator.",
  },
  'file-redirects': {
    sort: 'give-up',
    says: 'A file redirects more than {most} times.',
    todo: "Ask the server's operator.",
  },
  'file-redirect-refused': {
    sort: 'give-up',
    says: 'A file redirects to where it cannot be asked for. {reason}',
    todo: "Ask the server's operator.",
  },
  'file-encoding-unknown': {
    sort: 'give-up',
    says: 'Asked for gzip or no compression, got a Content-Encoding that is neither.',
    todo: "Ask the server's operator.",
  },
  'file-address-refused': {
    sort: 'give-up',
    says: 'A file of the export is where it is not asked for. {reason}',
    todo: 'The next sync asks for it again.',
  },
  'file-too-large': {
    sort: 'give-up',
    says: 'A file of the export is larger than sync_config.limits.export_max_file_bytes ({limit}).',
    todo: 'Raise the limit if that is right; else the server repeats itself: ask its operator.',
  },
  'file-keeps-changing': {
    sort: 'give-up',
    says: 'A file of the export differed at each of {readings} readings.',
    todo: 'Start the sync again.',
  },
  'import-file-unreadable': {
    sort: 'retry',
    says: 'Cannot read {path} on this machine ({reason}).',
    todo: 'The workers must see the folder that is imported: make it readable for them.',
  },
  'import-file-damaged': {
    sort: 'retry-briefly',
    says: 'The compressed file {file} of the import is damaged or ends too early. What was read of it is not believed.',
    todo: 'Fetch it again, whole; then give the command again. What is loaded of the other files stays.',
  },
  'import-archive-unreadable': {
    sort: 'give-up',
    says: 'The archive {file} cannot be read: {found}. Nothing of this import was loaded.',
    todo: 'Fetch it again, or unpack it yourself and import the folder.',
  },
  'import-files-broken': {
    sort: 'give-up',
    says: 'Files of the import are no whole Bundles: {files}. Nothing of this import was loaded.',
    todo: 'Put them right or take them away; then give the command again.',
  },
  'import-file-changed': {
    sort: 'give-up',
    says: '{file} has changed while it was being imported. Nothing of this import was loaded.',
    todo: 'Give the command again once nothing writes there any more.',
  },
} as const satisfies Record<string, Entry>;
