/** The database here for other programs: its address, and psql on it. */
import { spawn } from 'node:child_process';
import { databaseSettings, namesDatabase, openDatabase } from '../../sql/database.ts';
import { environment } from '../../sql/environment.ts';
import { readTls } from '../../sql/tls.ts';
import { complain } from './terminal.ts';

export interface OwnDatabase {
  readonly url: string;
  readonly described: string;
  readonly isEmbedded: boolean;
  close(): Promise<void>;
}

export async function openOwnDatabase(): Promise<OwnDatabase> {
  const env = environment();
  const { url, described, close } = await openDatabase(databaseSettings(env));
  return { url, described, isEmbedded: !namesDatabase(env), close };
}

/** Whether psql ended well. Its password is in its environment, not among its words, which others can read. */
export async function runPsql({ url }: OwnDatabase, words: readonly string[]): Promise<boolean> {
  const { password, ...address } = partsOf(url);
  const env = { ...tlsOf(url), ...process.env, ...(password ? { PGPASSWORD: password } : {}) };
  const child = spawn('psql', [address.url, ...words], { env, stdio: 'inherit' });
  // Ctrl-C is psql's, to end a query.
  const ignore = (): void => {};
  process.on('SIGINT', ignore);
  try {
    return await new Promise<boolean>((resolve, reject) => {
      child.on('error', (error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') return reject(error);
        complain(
          'psql is not installed here. Debian, Ubuntu: apt install postgresql-client; macOS: brew install libpq; ' +
            'Windows: the installer of postgresql.org. Any other client takes what "database url" says.',
        );
        resolve(false);
      });
      child.on('close', (code) => resolve(code === 0));
    });
  } finally {
    process.off('SIGINT', ignore);
  }
}

/** Without a word, psql would take a certificate that nobody has checked. */
function tlsOf(url: string): { readonly PGSSLMODE: string; readonly PGSSLROOTCERT?: string } {
  const { mode } = readTls(url);
  return { PGSSLMODE: mode, ...(mode.startsWith('verify') ? { PGSSLROOTCERT: 'system' } : {}) };
}

function partsOf(text: string): { readonly url: string; readonly password: string | undefined } {
  const url = new URL(text);
  const password = decodeURIComponent(url.password) || url.searchParams.get('password') || undefined;
  url.password = '';
  // libpq takes it there, too.
  url.searchParams.delete('password');
  return { url: url.href, password };
}
