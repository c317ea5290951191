/**
 * `npm run serve`: the admin API. `npm start`: the API and the workers in one process (--with-workers). Ends on
 * SIGTERM or SIGINT, in order: no new requests, no new jobs, then queue and database.
 */
import { endBecause } from '../jobs/end-because.ts';
import { openEngine } from '../jobs/engine.ts';
import { applyEnvironment } from '../jobs/environment-connection.ts';
import { withThreads } from '../jobs/step/worker-threads.ts';
import { listenForSignals } from '../jobs/stop-on-signal.ts';
import { openTicks } from '../jobs/tick.ts';
import { startWorkers } from '../jobs/workers.ts';
import { readArguments } from '../sql/arguments.ts';
import { connect } from '../sql/connect.ts';
import { environment } from '../sql/environment.ts';
import { createApp } from './app.ts';
import { sayHowToSignIn } from './auth/first-start.ts';
import { askIssuer } from './auth/issuer-fetch.ts';
import { openOidc } from './auth/oidc.ts';
import { readConfig } from './config.ts';
import { serveApp } from './serve.ts';

const values = readArguments(
  `Usage: npm start [-- --threads N]
       npm run serve

The API with workers in one process (npm start, or --with-workers), or alone (npm run serve), until SIGTERM or SIGINT.
Settings come from the environment: HOST, PORT, DATABASE_URL and the others that sql/settings/README.md lists.

  --threads N  threads of the workers for what takes much CPU; 0: all in one (WORKER_THREADS)`,
  { 'with-workers': { type: 'boolean', default: false }, threads: { type: 'string' } },
);

const signals = listenForSignals();

start(values['with-workers']).catch(endBecause);

async function start(withWorkers: boolean): Promise<void> {
  const env = withThreads(environment(), values.threads);
  const config = readConfig(env);
  // Ticks and workers run steps; requests alone need less.
  const role = withWorkers || config.tickSecret ? 'worker' : 'api';
  const engine = await openEngine(env, { passive: !withWorkers, role });
  const { log } = engine.deps;
  await applyEnvironment(engine.deps, env).catch(async (error: unknown) => {
    await engine.close();
    throw error;
  });
  const ticks = openTicks(engine.deps);
  // Requests have connections of their own: a slow one ends, and takes none from the steps.
  const { urls, schemas } = engine.database;
  const sql = connect(urls.api, schemas, {
    max: 6,
    statementTimeoutMs: 1000 * config.statementTimeoutSeconds,
  });
  const oidc =
    config.signIn.oidc &&
    openOidc(config.signIn.oidc, {
      ask: askIssuer(engine.deps.outbound),
      clock: engine.deps.clock,
    });
  const logins = [
    { role: 'api', sql } as const,
    ...(role === 'worker' ? [{ role, sql: engine.deps.sql } as const] : []),
  ];
  const app = createApp({ ...engine.deps, sql, logins, config, oidc, tick: ticks.run });
  const serving = await serveApp(app, config, log).catch(async (error: unknown) => {
    await sql.end({ timeout: 1 });
    await engine.close();
    throw error;
  });
  const workers = withWorkers ? await startWorkers(engine.deps, engine) : undefined;
  await sayHowToSignIn(
    { sql, clock: engine.deps.clock },
    { base: config.signIn.publicUrl ?? serving.url, config },
  );
  log.info(
    {
      ...{ url: serving.url, database: engine.database.described, workers: withWorkers },
      threads: workers?.threads,
    },
    'admin API ready',
  );
  const { psql } = engine.database;
  if (psql) log.info({ psql }, `${engine.database.described}; for psql`);
  signals.stopWith(log, async () => {
    await Promise.all([serving.close(), ticks.stop(), workers?.stop()]);
    await sql.end({ timeout: 5 });
    await engine.close();
  });
}
