/** A database with two connections, where what is done about one must leave the other alone; and what seals its text. */
import { type Keyring, openKeyring } from '../../jobs/connection/keyring.ts';
import { newDatabase, type TestDatabase } from '../database.ts';
import { newSite, type Site } from './chart.ts';

export interface TwoSites {
  readonly db: TestDatabase;
  readonly site: Site;
  readonly other: Site;
  readonly keyring: Keyring;
}

export async function openTwoSites(): Promise<TwoSites> {
  const db = await newDatabase();
  return {
    db,
    site: await newSite(db.sql, 'here'),
    other: await newSite(db.sql, 'there'),
    keyring: await openKeyring({ ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64') }),
  };
}
