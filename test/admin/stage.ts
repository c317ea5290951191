/**
 * The pages on a port, over a database with the demo vocabulary, simulated EHRs, and a clock that only the test moves.
 * Nothing works in the background: `work` does what is queued.
 */
import { createApp } from '../../app/app.ts';
import type { App } from '../../app/app-env.ts';
import { beginSessionInTx, csrfTokenOf } from '../../app/auth/session.ts';
import { makeSignInCode } from '../../app/auth/sign-in-code.ts';
import type { Role } from '../../app/caller.ts';
import { type Serving, serveApp } from '../../app/serve.ts';
import { drain, openTestWorld, type World } from '../world/world.ts';

export interface Stage {
  readonly world: World;
  readonly app: App;
  readonly url: string;
  /** Does all that is queued, and what follows from it. */
  work(): Promise<void>;
  /** An address that signs in once, as an admin. */
  signInAddress(): Promise<string>;
  /** A session of this role: its cookie, and the token of its forms. */
  session(role: Role, connections?: readonly number[]): Promise<{ cookie: string; csrf: string }>;
  close(): Promise<void>;
}

export async function openStage(): Promise<Stage> {
  const world = await openTestWorld();
  const { deps, clock } = world;
  const app = createApp({ ...deps, config: { adminToken: undefined } });
  const serving: Serving = await serveApp(app, { host: '127.0.0.1', port: 0 });
  return {
    ...{ world, app, url: serving.url },
    work: () => drain(deps, clock),
    signInAddress: async () => `${serving.url}/sign-in?code=${await makeSignInCode(world.sql, clock())}`,
    async session(role, connections) {
      const person = { name: `a ${role}`, role, connections: connections ?? null, target: 'test' };
      const id = await world.sql.begin((tx) => beginSessionInTx(tx, person, clock()));
      return { cookie: `fos-session=${id}`, csrf: csrfTokenOf(id) };
    },
    async close() {
      await serving.close();
      await world.close();
    },
  };
}
