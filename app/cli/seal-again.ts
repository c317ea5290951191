/** All stored secrets are sealed again with the key that seals new ones. */

import { IN_CLEAR, type RowsOfKey, rotateSecrets, rowsByKey } from '../../jobs/connection/reseal.ts';
import { dataByKey, rotateData } from '../../jobs/connection/reseal-data.ts';
import { commandLine } from '../../jobs/record/actor.ts';
import { recordInTx } from '../../jobs/record/record.ts';
import { noun } from '../../sql/noun.ts';
import type { Local } from './local.ts';
import { osUser } from './os-user.ts';
import { table } from './table.ts';
import { say, sayJson } from './terminal.ts';

/** False when something does not open: its key must not be thrown away. */
export async function sealAgain(
  { engine: { deps } }: Local,
  { json }: { readonly json: boolean },
): Promise<boolean> {
  const { sql, keyring, clock } = deps;
  const before = [...(await rowsByKey(sql)), ...(await dataByKey(sql))];
  if (!json) report('Before', before);
  const secrets = await rotateSecrets(sql, keyring);
  const data = await rotateData(sql, keyring);
  const now = [...(await rowsByKey(sql)), ...(await dataByKey(sql))];
  const resealed = secrets.resealed + data.resealed;
  const unreadable = secrets.unreadable + data.unreadable;
  const left = now
    .filter(({ key }) => key !== keyring.sealWith && key !== IN_CLEAR)
    .reduce((sum, { rows }) => sum + rows, 0);
  if (json) sayJson({ key: keyring.sealWith, resealed, unreadable, left, before, now });
  else {
    report('Now', now);
    say(conclusion({ secrets: secrets.resealed, data: data.resealed, unreadable, left }, keyring.sealWith));
  }
  await sql.begin((tx) =>
    recordInTx(tx, {
      ...{ at: clock(), actor: commandLine(osUser()), action: 'key.rotate-encryption' },
      ...{ object: `key/${keyring.sealWith}`, details: { resealed, unreadable } },
    }),
  );
  return left === 0 && unreadable === 0;
}

function report(when: string, rows: readonly RowsOfKey[]): void {
  say(`${when}:\n${table(rows.map(({ key, rows: sealed, place }) => ({ key, rows: sealed, place })))}\n`);
}

function conclusion(
  did: {
    readonly secrets: number;
    readonly data: number;
    readonly unreadable: number;
    readonly left: number;
  },
  key: string,
): string {
  const and = did.data === 0 ? '' : `, and ${did.data} ${noun(did.data, 'row')} of data,`;
  const done = `${did.secrets} ${noun(did.secrets, 'secret')}${and} ${noun(did.secrets + did.data, 'was', 'were')} sealed again with the key "${key}".`;
  if (did.unreadable > 0)
    return (
      `${done} ${did.unreadable} ${noun(did.unreadable, 'does not open: its', 'do not open: their')} key is not here, or ` +
      `${noun(did.unreadable, 'it was altered. Add its', 'they were altered. Add their')} key to ENCRYPTION_KEYS_OLD and run ` +
      `this again, or enter ${noun(did.unreadable, 'it', 'them')} again.`
    );
  if (did.left > 0)
    return (
      `${done} ${did.left} ${noun(did.left, 'is sealed with another key still: it', 'are sealed with other keys still: they')} ` +
      'changed meanwhile, or a process works that seals with another key. See that all have the new one first, and run this again.'
    );
  return `${done} The others are not needed any more: take them out of ENCRYPTION_KEYS_OLD.`;
}
