/** What a page says of what was just done. The address carries a key of this list, so nobody can put words into it. */
const SAID: Readonly<Record<string, string>> = {
  'connection-created': 'The connection is created. Test it before the first sync.',
  'connection-created-key':
    'The connection is created, and its key pair with it. Register the public key at the EHR, then test.',
  'connection-saved': 'The changes are saved.',
  'credentials-saved': 'The credentials are stored, encrypted. They are never shown again.',
  'key-made': 'The key pair is made. Register its public half at the EHR.',
  'keys-rotated': 'The next key signs from now on.',
  paused: 'The connection is paused: nothing starts by itself or by hand.',
  resumed: 'The connection is active again.',
  'sync-started': 'The sync is queued.',
  'redrive-started': 'What failed is mapped again.',
  'reconcile-started': 'A full export is asked for, to be compared with what is stored.',
  'reconcile-confirmed': 'What vanished is being taken out.',
  'remap-started': 'What uses other answers now is mapped again.',
  cancelled: 'The run is cancelled. What was loaded stays; the watermark has not moved.',
  retried: 'The run goes on from its checkpoint.',
  acknowledged: 'The alert is acknowledged. The same found again is a new alert.',
  'code-mapped': 'The code is mapped, and what uses it is mapped again.',
  'codes-mapped': 'The codes are mapped, and what uses them is mapped again.',
  'map-changed': 'The local map is changed. What is loaded follows with a remap.',
  'map-added': 'The local map is added. What is loaded follows with a remap.',
  'map-ended': 'The local map is removed.',
  'purge-started': 'The purge is asked for. Nothing of the patient is loaded from now on.',
  'purge-lifted': 'The purge is lifted: the next full sync loads the patient again.',
  'load-started': 'The load is queued. A worker that sees the folder takes it up.',
  'pass-started': 'The pass is queued. A worker checks table by table; the page shows how far it is.',
  'threshold-set': 'The threshold is set. It counts at once, also for passes made before.',
  'threshold-reset': 'The check has the threshold of the Data Quality Dashboard again. It counts at once.',
  approved: 'It is approved, and done.',
  'request-refused': 'It is refused: nothing was done.',
  'webhook-saved': 'The receiver is changed; its secret stays.',
  'webhook-deleted': 'The receiver is deleted. What waited for it is not sent any more.',
  'token-revoked': 'The token is revoked.',
  deleted: 'The connection is gone.',
  'deletion-started': 'The connection is being deleted, with what it loaded.',
};

export function flashOf(key: string | undefined): string | undefined {
  return key !== undefined && Object.hasOwn(SAID, key) ? SAID[key] : undefined;
}
