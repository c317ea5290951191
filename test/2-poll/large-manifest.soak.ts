/** A million files: they become rows, and the process that reads them hardly notices. */
import { afterAll, expect, it } from 'vitest';
import { readConnection } from '../../jobs/connection/connection.ts';
import { askForManifest } from '../../jobs/run/manifest.ts';
import { storeFilesInTx } from '../../jobs/run/staged-files.ts';
import { startServer } from '../fhir/server.ts';
import { openTestWorld } from '../world/world.ts';

const world = await openTestWorld();
const server = await startServer();
afterAll(async () => {
  await server.close();
  await world.close();
});

const FILES = 1_000_000;
const PAGES = 4;

for (let page = 0; page < PAGES; page++) {
  const first = (page * FILES) / PAGES;
  const link = page + 1 < PAGES ? `[{"relation":"next","url":"${server.url}/page-${page + 1}"}]` : '[]';
  server.on(`/page-${page}`, {
    raw: async (response) => {
      response.writeHead(200).write(`{"transactionTime":"2026-01-01T00:00:00Z","link":${link},"output":[`);
      for (let n = first; n < first + FILES / PAGES; n += 500) {
        const some = Array.from(
          { length: 500 },
          (_, i) =>
            `{"type":"Observation","url":"https://files.example/${n + i}.ndjson?${'signature'.repeat(25)}"}`,
        );
        if (!response.write(`${n > first ? ',' : ''}${some.join(',')}`))
          await new Promise((done) => response.once('drain', done).once('close', done));
      }
      response.end(']}');
    },
  });
}

it('a manifest of a million files in four pages is stored, twice the same, with little memory', {
  timeout: 900_000,
}, async () => {
  const site = await world.site({ connection: { fhir_base_url: `${server.url}/fhir` } });
  const run = { run_id: await site.start(), part: 'main' as const };
  const connection = await readConnection(world.sql, site.id);
  let most = 0;
  const sampler = setInterval(() => {
    most = Math.max(most, process.memoryUsage().rss);
  }, 50);
  const before = process.memoryUsage().rss;
  for (const _ of ['stored', 'known']) {
    const { files } = await askForManifest(world.deps, connection, run, `${server.url}/page-0`);
    expect(files.amount).toBe(FILES);
    await world.sql.begin((tx) => storeFilesInTx(tx, run, files));
  }
  clearInterval(sampler);
  const [stored] = await world.sql`
    select count(*)::int as files, max(file_no) as last from export_file where run_id = ${run.run_id}`;
  expect(stored).toEqual({ files: FILES, last: FILES });
  // Server and reader together; the manifest alone has 290 MB.
  expect((most - before) / 1024 ** 2).toBeLessThan(400);
});
