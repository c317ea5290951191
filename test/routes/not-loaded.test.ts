import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CONNECTIONS, startApi } from './api.ts';

const api = await startApi();
afterAll(() => api.close());
const { sql } = api;
let id = 0;

beforeAll(async () => {
  id = await api.connect();
  const [release] = await sql`
    insert into vocabulary_release (version, source, concepts, relationships) values ('v', 's', 0, 0) returning release_id`;
  await sql`insert into mapping_version (code_version, release_id, settings_hash) values (1, ${release?.['release_id']}, 'h')`;
  await sql`insert into run (connection_id, mode, triggered_by, status, finished_at) values (${id}, 'full', 't', 'completed', now())`;
  await sql`
    insert into resource (connection_id, resource_type, fhir_id, content_hash, mapping_version_id, outcome, reason, position, chunk_id, chunk_line, first_run, last_run)
    select ${id}, case when n % 2 = 0 then 'Observation' else 'Condition' end, 'r' || n, '', 1,
      case when n <= 3 then 'parked' else 'excluded' end, case when n <= 3 then 'patient-not-known' else 'not-clinical' end, 0, 0, 0, 1, 1
    from generate_series(1, 7) as n order by n`;
  await sql`
    insert into waiting (resource_key, connection_id, target_type, target_id, parked, line, since_run, since)
    select resource_key, connection_id, 'Patient', 'p', true, '', 1, now() - interval '5 hours' from resource
    where connection_id = ${id} and outcome = 'parked'`;
  await sql`
    insert into failure (connection_id, run_id, chunk_id, chunk_line, resource_type, fhir_id, reason, resolved_at)
    select ${id}, 1, 0, 0, 'Observation', 'f' || n, case when n = 1 then 'no-code' else 'no-date' end,
      case when n = 4 then now() end
    from generate_series(1, 4) as n order by n`;
});

async function ids(path: string, name = 'fhir_id'): Promise<string[]> {
  const found: string[] = [];
  let cursor: string | null = null;
  do {
    const join = path.includes('?') ? '&' : '?';
    const answer = await api.call(
      'GET',
      `${CONNECTIONS}/${id}/${path}${join}limit=2${cursor ? `&cursor=${cursor}` : ''}`,
    );
    expect(answer.status, answer.text).toBe(200);
    expect(answer.json.items.length).toBeLessThanOrEqual(2);
    found.push(...answer.json.items.map((item: Record<string, string>) => item[name]));
    cursor = answer.json.next_cursor;
  } while (cursor);
  return found;
}

describe('what is not loaded', () => {
  it('is listed page by page: parked with its age and what it waits for', async () => {
    expect(await ids('parked')).toEqual(['r3', 'r2', 'r1']);
    expect(await ids('parked?resource_type=Observation')).toEqual(['r2']);
    const { json } = await api.call('GET', `${CONNECTIONS}/${id}/parked`);
    expect(json.items[0]).toMatchObject({
      resource_type: 'Condition',
      waits_for_type: 'Patient',
      waits_for_id: 'p',
      is_parked: true,
      reason: 'patient-not-known',
      age_hours: 5,
      since_run: 1,
    });
  });

  it('is listed page by page: failures that are open, of a reason, or resolved', async () => {
    expect(await ids('failures')).toEqual(['f3', 'f2', 'f1']);
    expect(await ids('failures?reason=no-code')).toEqual(['f1']);
    expect(await ids('failures?state=resolved')).toEqual(['f4']);
    expect(await ids('failures?state=all')).toEqual(['f4', 'f3', 'f2', 'f1']);
  });

  it('is listed page by page: exclusions by type and rule', async () => {
    expect(await ids('exclusions')).toEqual(['r7', 'r6', 'r5', 'r4']);
    expect(await ids('exclusions?resource_type=Condition&reason=not-clinical')).toEqual(['r7', 'r5']);
    expect(await ids('exclusions?reason=another')).toEqual([]);
  });
});

describe('a redrive', () => {
  it('answers 202 with the run and where to follow it, and is audited', async () => {
    const started = await api.call('POST', `${CONNECTIONS}/${id}/redrive`, { reason: 'no-code' });
    expect(started).toMatchObject({ status: 202, json: { connection_id: id } });
    expect(await api.call('GET', started.headers.get('location') ?? '')).toMatchObject({
      status: 200,
      json: { kind: 'redrive', status: 'processing', triggered_by: 'api:admin' },
    });
    expect(await sql`select action from audit where target = ${`run/${started.json.run_id}`}`).toEqual([
      { action: 'redrive.start' },
    ]);
    expect(await api.call('POST', `${CONNECTIONS}/${id}/redrive`)).toMatchObject({
      status: 409,
      json: { code: 'sync-already-running' },
    });
  });
});
