/** What a server says in words: nowhere but with connections that keep it, for hours, and for administrators. */
import { afterAll, describe, expect, it } from 'vitest';
import { createApp } from '../../app/app.ts';
import { commandHere } from '../cli/command-line.ts';
import { inLongRun } from '../long-run.ts';
import { answerOf } from '../routes/api.ts';
import { observation, patient } from '../world/record.ts';
import { tablesWithRows } from '../world/tables-with-rows.ts';
import { startPurge } from '../world/verbs.ts';
import { drain, openTestWorld, type Site } from '../world/world.ts';

const world = await openTestWorld();
afterAll(() => world.close());
const { sql, deps, clock } = world;
const app = createApp({ ...deps, config: { adminToken: 'token' } });

const WORDS =
  'Patient \u001b]0;Quackenbush\u0007, MRN 83746523, DOB 1948-02-29, see https://x.example/f?sig=s3cret';
const SHOWN = 'Patient ]0;Quackenbush , MRN 83746523, DOB 1948-02-29, see https://x.example/f?…';
const outcome = (diagnostics: string, severity = 'error') => ({
  resourceType: 'OperationOutcome',
  issue: [{ severity, code: 'forbidden', diagnostics }],
});
const refusal = (words = WORDS) => ({ status: 403, body: JSON.stringify(outcome(words)) });

async function listed(site: Site) {
  const path = `/api/v1/admin/fhir-connections/${site.id}/server-text`;
  return await answerOf(await app.request(path, { headers: { authorization: 'Bearer token' } }));
}

/** Everything in the database, as text, without the sealed and the binary. */
async function everything(): Promise<string> {
  const texts = await Promise.all(
    (await tablesWithRows(sql)).map(async (name) =>
      JSON.stringify(await sql.unsafe(`select t::text from ${name} t`)),
    ),
  );
  return texts.join('\n');
}

describe('words of a server', () => {
  inLongRun(it)('are kept nowhere unless the connection asks for it; the codes are told', async () => {
    const one = await world.site();
    one.ehr.faults.push({ on: 'kick-off', do: refusal() });
    const run = await one.sync();
    expect(run['error_message']).toContain(
      'with 403: OperationOutcome (error forbidden; its words are withheld, see retention.server_text_hours)',
    );
    one.ehr.faults.push({
      on: 'token',
      do: { status: 400, body: '{"error":"invalid_scope","error_description":"Quackenbush"}' },
    });
    one.ehr.expireTokens();
    await one.sync();
    expect((await listed(one)).json.items).toEqual([]);
    expect(await everything()).not.toMatch(/Quackenbush|83746523/);
    expect(world.logged()).not.toMatch(/Quackenbush|83746523/);
  });

  inLongRun(it)(
    'are kept for the hours that the connection says, once each, without what a terminal obeys',
    async () => {
      const one = await world.site({ config: { retention: { server_text_hours: 24 } } });
      one.ehr.load([patient('p'), observation('o', 'p')]);
      one.ehr.faults.push({ on: 'kick-off', times: 2, do: refusal() });
      const first = await one.sync();
      const second = await one.sync();
      const { json } = await listed(one);
      expect(json).toEqual({
        items: [
          {
            ...{ server_text_id: expect.any(Number), run_id: second['run_id'], step: 'export' },
            ...{ code: 'kick-off-refused', status: 403, text: SHOWN, times: 2 },
            ...{ said_at: expect.any(String), expires_at: expect.any(String) },
          },
        ],
        next_cursor: null,
        next: null,
      });
      expect(Date.parse(json.items[0].expires_at) - Date.parse(json.items[0].said_at)).toBe(24 * 3_600_000);
      expect(first['error_message']).not.toContain('Quackenbush');
      expect(world.logged()).not.toContain('Quackenbush');
      expect(JSON.stringify(await sql`select * from pgboss.job`)).not.toContain('Quackenbush');
      const said = await commandHere({ url: world.database.url, encryptionKey: world.encryptionKey }, [
        'server-text',
        `site-${one.id}`,
      ]);
      expect(said.said).toContain(SHOWN);

      clock.advance(24 * 3600);
      expect((await listed(one)).json.items).toEqual([]);
      await sql.begin((tx) => deps.queue.sendInTx(tx, 'watch', {}));
      await drain(deps, clock);
      expect(await sql`select 1 from server_text where connection_id = ${one.id}`).toEqual([]);
    },
  );

  inLongRun(it)('of a test, of a retry and of the error files of an export are kept as well', async () => {
    const one = await world.site({ config: { retention: { server_text_hours: 1 } } });
    one.ehr.load([patient('p'), observation('o', 'p')]);
    one.ehr.faults.push(
      { on: 'status', do: { status: 503, body: JSON.stringify(outcome('status of Quackenbush')) } },
      { on: 'kick-off', do: { errors: [outcome('file of Quackenbush')] } },
    );
    await one.sync();
    one.ehr.faults.push({ on: 'metadata', do: refusal('metadata of Quackenbush') });
    const path = `/api/v1/admin/fhir-connections/${one.id}/test`;
    const tested = await answerOf(
      await app.request(path, { method: 'POST', headers: { authorization: 'Bearer token' } }),
    );
    expect(tested.text).not.toContain('Quackenbush');
    const { items } = (await listed(one)).json;
    expect(
      items.map((item: { code: string; step: string; text: string }) => [item.step, item.code, item.text]),
    ).toEqual([
      ['test fhir_metadata', 'metadata-refused', 'metadata of Quackenbush'],
      ['map', 'server-reported-error', 'file of Quackenbush'],
      ['poll', 'export-status-unavailable', 'status of Quackenbush'],
    ]);
  });

  it('go when the connection keeps none any more, when a patient is purged, and with the connection', async () => {
    const texts = (site: Site) => sql`select 1 from server_text where connection_id = ${site.id}`;
    const make = async (synced: boolean) => {
      const one = await world.site({ config: { retention: { server_text_hours: 168 } } });
      one.ehr.load([patient('p')]);
      if (synced) await one.sync();
      one.ehr.faults.push({ on: 'kick-off', do: refusal() });
      await one.sync();
      expect(await texts(one)).toHaveLength(1);
      return one;
    };
    const switched = await make(false);
    await sql`update connection set sync_config = '{}' where connection_id = ${switched.id}`;
    expect((await listed(switched)).json.items).toEqual([]);
    await sql.begin((tx) => deps.queue.sendInTx(tx, 'watch', {}));
    await drain(deps, clock);
    expect(await texts(switched)).toEqual([]);

    const purged = await make(true);
    await startPurge(deps, {
      unknown: false,
      ...{ connection_id: purged.id, patient_id: 'p', reason: 'opt-out', requested_by: 'test' },
    });
    await drain(deps, clock);
    expect(await texts(purged)).toEqual([]);
  });
});
