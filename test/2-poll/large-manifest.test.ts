/** A manifest that names very many files, or claims to. */
import { afterAll, describe, expect, it } from 'vitest';
import { readConnection } from '../../jobs/connection/connection.ts';
import { askForManifest } from '../../jobs/run/manifest.ts';
import { dropStaged, storeFilesInTx } from '../../jobs/run/staged-files.ts';
import { type Answer, startServer } from '../fhir/server.ts';
import { inLongRun, LONG_RUN } from '../long-run.ts';
import { openTestWorld } from '../world/world.ts';

const world = await openTestWorld();
const server = await startServer();
afterAll(async () => {
  await server.close();
  await world.close();
});
const { sql, deps } = world;

/** A fifth of all that a manifest names in its pages. */
const SOME = LONG_RUN ? 5000 : 1000;

const file = (n: number) =>
  `{"type":"${n % 2 ? 'Observation' : 'Patient'}","url":"https://files.example/${n}.ndjson?${'signature'.repeat(20)}","count":${n}}`;

/** Written while it is read. */
function manifest(amount: number, more: { next?: string; from?: number; filler?: string } = {}): Answer {
  const { next, from = 0, filler = '' } = more;
  return {
    raw: async (response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write(
        `{"transactionTime":"2026-01-01T00:00:00Z","requiresAccessToken":false,"error":[],"output":[`,
      );
      for (let n = from; n < from + amount && !response.destroyed; n += 1000) {
        const some = Array.from({ length: Math.min(1000, from + amount - n) }, (_, i) => file(n + i));
        const text = `${n > from ? ',' : ''}${some.join(',')}${filler}`;
        if (!response.write(text))
          await new Promise((done) => response.once('drain', done).once('close', done));
      }
      const link = next ? [{ relation: 'next', url: next }] : [];
      response.end(`],"link":${JSON.stringify(link)}}`);
    },
  };
}

async function opened(config: object = {}) {
  const site = await world.site({
    connection: { fhir_base_url: `${server.url}/fhir` },
    config: { ...config },
  });
  const run_id = await site.start();
  const connection = await readConnection(sql, site.id);
  const run = { run_id, part: 'main' as const };
  const read = () => askForManifest(deps, connection, run, `${server.url}/status`);
  const staged = async () =>
    (await sql<{ n: number }[]>`select count(*)::int as n from manifest_entry where run_id = ${run_id}`)[0]
      ?.n;
  return { site, run, read, staged };
}

describe('a manifest of very many files', () => {
  it('becomes rows, over all its pages, in the order of the phases, each URL once', async () => {
    const { run, read, staged } = await opened();
    server.on('/status', manifest(3 * SOME, { next: `${server.url}/page2` }));
    server.on('/page2', manifest(2 * SOME, { from: 2 * SOME }));
    const { files, counts, pages } = await read();
    expect([files.amount, counts.output, pages.length]).toEqual([5 * SOME, 5 * SOME, 2]);
    await sql.begin((tx) => storeFilesInTx(tx, run, files));
    const [stored] = await sql`
      select count(*)::int as files, count(distinct url)::int as urls, min(file_no) as first, max(file_no) as last,
        max(file_no) filter (where resource_type = 'Patient') < min(file_no) filter (where resource_type = 'Observation') as ordered,
        max(expected_count)::int as most
      from export_file where run_id = ${run.run_id}`;
    expect(stored).toEqual({
      files: 4 * SOME,
      urls: 4 * SOME,
      first: 1,
      last: 4 * SOME,
      ordered: true,
      most: 4 * SOME - 1,
    });
    expect(await staged()).toBe(0);
  });

  inLongRun(it)(
    'that is read again adds what is new, renews what has another URL, and doubles nothing',
    async () => {
      const { run, read } = await opened();
      server.on('/status', manifest(3000));
      await sql.begin(async (tx) => storeFilesInTx(tx, run, (await read()).files));
      await sql`update export_file set state = 'done' where run_id = ${run.run_id} and expected_count < 10`;
      const list = Array.from({ length: 3001 }, (_, n) => ({
        ...JSON.parse(file(n)),
        url: `https://files.example/${n}?renewed`,
      }));
      const json = { transactionTime: '2026-01-01T00:00:00Z', output: list };
      server.on('/status', { json });
      for (const _ of [1, 2]) await sql.begin(async (tx) => storeFilesInTx(tx, run, (await read()).files));
      const [stored] = await sql`
      select count(*)::int as files, count(*) filter (where url like '%?renewed')::int as renewed, max(file_no) as last
      from export_file where run_id = ${run.run_id}`;
      // Those that are here keep the URL by which they came.
      expect(stored).toEqual({ files: 3001, renewed: 2991, last: 3001 });
    },
  );

  it('is given up as soon as it names more than the limit, which a manifest can reach, and leaves nothing behind', async () => {
    const { read, staged } = await opened({ limits: { export_max_files: 5000 } });
    server.on('/status', manifest(5000));
    const { files } = await read();
    expect(files.amount).toBe(5000);
    await dropStaged(sql, files);
    server.on('/status', manifest(2_000_000));
    await expect(read()).rejects.toMatchObject({ code: 'manifest-too-large', sort: 'give-up' });
    expect(await staged()).toBe(0);
  });

  inLongRun(it)('is given up when it has more bytes than so many files can have', async () => {
    const { read } = await opened({ limits: { export_max_files: 1000 } });
    server.on('/status', manifest(1000, { filler: ' '.repeat(6 * 1024 * 1024) }));
    await expect(read()).rejects.toMatchObject({ code: 'manifest-too-large' });
  });

  it('is not half believed: what was read of one that breaks off is let go', async () => {
    const { read, staged } = await opened();
    server.on('/status', {
      raw: (response) => {
        response.writeHead(200);
        const some = Array.from({ length: 5000 }, (_, n) => file(n)).join(',');
        response.write(`{"transactionTime":"2026-01-01T00:00:00Z","output":[${some}`, () =>
          response.destroy(),
        );
      },
    });
    await expect(read()).rejects.toMatchObject({ code: 'network-error' });
    expect(await staged()).toBe(0);
    server.on('/status', { text: `{"transactionTime":"2026-01-01T00:00:00Z","output":[${file(1)}` });
    await expect(read()).rejects.toMatchObject({ code: 'manifest-unreadable' });
    expect(await staged()).toBe(0);
  });

  it('is read again when its entries were lost with a crash of the database', async () => {
    const { run, read } = await opened();
    server.on('/status', manifest(10));
    const { files } = await read();
    await sql`delete from manifest_entry where run_id = ${run.run_id} and n = 3`;
    await expect(sql.begin((tx) => storeFilesInTx(tx, run, files))).rejects.toMatchObject({
      ...{ code: 'manifest-entries-lost', sort: 'retry' },
    });
    expect(await sql`select 1 from export_file where run_id = ${run.run_id}`).toEqual([]);
  });
});
