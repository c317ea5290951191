/**
 * Chooses the folders of the cluster and of the programs, so that the server's account reaches both: in DATA_DIR and
 * in the npm package, or else in a folder of root's own, to which a link in DATA_DIR leads.
 */
import { chownSync, existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { demandOwnFolder } from '../private-file.ts';
import { type Account, runAs } from './account.ts';
import { type Cluster, own } from './cluster.ts';
import { ownHome } from './home.ts';
import { copyOfPrograms, packagedPrograms } from './programs.ts';
import type { State } from './state.ts';

/** Notes in `state` what must be remembered; the caller saves it. */
export async function placeCluster(dataDir: string, account: Account, state: State): Promise<Cluster> {
  const packaged = await packagedPrograms();
  const folder = join(dataDir, 'postgres');
  const { uid, gid } = account;
  if (uid === undefined || gid === undefined) return { folder, bin: join(packaged, 'bin'), account };

  const canReach = (path: string) => runAs(account, '/bin/sh', ['-c', 'test -x "$0"', path]).status === 0;
  if (state.place === undefined && canReach(dataDir) && canReach(join(packaged, 'bin', 'postgres'))) {
    own(folder, account);
    return { folder, bin: join(packaged, 'bin'), account };
  }
  const us = process.getuid?.() ?? 0;
  const home = ownHome(state.home, us);
  if (!home.startsWith('/var/lib/')) state.home = home;
  const bin = join(copyOfPrograms(packaged, home, us), 'bin');
  if (state.place === undefined || (!state.initialised && !existsSync(state.place))) {
    state.place = mkdtempSync(join(home, 'data-'));
    chownSync(state.place, uid, gid);
  }
  demandOwnFolder(state.place, { owner: uid, forbidden: 0o077 });
  rmSync(folder, { force: true });
  symlinkSync(state.place, folder);
  return { folder: state.place, bin, account };
}
