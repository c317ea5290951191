import { afterAll, describe, expect, it } from 'vitest';
import { CONNECTIONS, startApi } from './api.ts';

const api = await startApi();
afterAll(() => api.close());

describe('starting a sync', () => {
  it('answers 202 with the run and where to follow it', async () => {
    const id = await api.connect();
    const started = await api.call('POST', `${CONNECTIONS}/${id}/sync`);
    expect(started).toMatchObject({
      status: 202,
      json: { run_id: expect.any(Number), connection_id: id, mode: 'full', status: 'pending' },
    });
    const followed = await api.call('GET', started.headers.get('location') ?? '');
    expect(followed).toMatchObject({
      status: 200,
      json: { run_id: started.json.run_id, status: 'pending', triggered_by: 'api:admin', error: null },
    });
    expect((await api.call('GET', `${CONNECTIONS}/${id}`)).json).toMatchObject({
      last_sync_status: 'pending',
    });
    expect(await api.sql`select action from audit where target = ${`run/${started.json.run_id}`}`).toEqual([
      { action: 'sync.start' },
    ]);
  });

  it('answers 409 while one is live, and 202 again once it has ended', async () => {
    const id = await api.connect();
    const path = `${CONNECTIONS}/${id}/sync`;
    const first = (await api.call('POST', path)).json.run_id;
    for (const status of ['pending', 'exporting', 'downloading', 'processing']) {
      await api.sql`update run set status = ${status} where run_id = ${first}`;
      const second = await api.call('POST', path, { force_full: true });
      expect(second).toMatchObject({ status: 409, json: { code: 'sync-already-running' } });
      expect(second.json.detail).toContain(`Run ${first} `);
    }
    await api.sql`update run set status = 'failed', finished_at = now() where run_id = ${first}`;
    expect((await api.call('POST', path)).status).toBe(202);
  });

  it('lets one of many simultaneous calls through', async () => {
    const id = await api.connect();
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => api.call('POST', `${CONNECTIONS}/${id}/sync`)),
    );
    expect(answers.map((answer) => answer.status).sort()).toEqual([202, 409, 409, 409, 409, 409, 409, 409]);
  });

  it('is refused for a connection that is switched off, has no server, or is not there', async () => {
    const off = await api.connect({ is_active: false });
    const files = await api.connect({ fhir_base_url: null });
    expect(await api.call('POST', `${CONNECTIONS}/${off}/sync`)).toMatchObject({
      status: 409,
      json: { code: 'connection-inactive' },
    });
    expect(await api.call('POST', `${CONNECTIONS}/${files}/sync`)).toMatchObject({
      status: 409,
      json: { code: 'connection-without-server' },
    });
    expect(await api.call('POST', `${CONNECTIONS}/999999/sync`)).toMatchObject({
      status: 404,
      json: { code: 'connection-not-found' },
    });
  });

  it('takes an empty body, an empty object or force_full, and nothing else', async () => {
    const path = `${CONNECTIONS}/${await api.connect()}/sync`;
    expect((await api.call('POST', path, {})).status).toBe(202);
    expect(await api.call('POST', path, { force_ful: true })).toMatchObject({
      status: 400,
      json: { detail: expect.stringContaining('"force_ful"') },
    });
    expect((await api.call('POST', path, { force_full: 'yes' })).json.errors[0].path).toBe('force_full');
  });
});

describe('the runs of a connection', () => {
  it('are listed newest first, by status, in pages', async () => {
    const id = await api.connect();
    for (let i = 0; i < 5; i++) {
      const status = i % 2 ? 'failed' : 'completed';
      await api.sql`
        insert into run (connection_id, mode, status, triggered_by, finished_at)
        values (${id}, 'full', ${status}, 'test', now())`;
    }
    const other = await api.connect();
    await api.call('POST', `${CONNECTIONS}/${other}/sync`);
    const path = `${CONNECTIONS}/${id}/sync-runs`;
    const ids = (answer: { json: { items: { run_id: number }[] } }) =>
      answer.json.items.map((run) => run.run_id);
    const all = await api.call('GET', path);
    expect(ids(all)).toHaveLength(5);
    expect(ids(all)).toEqual(ids(all).toSorted((a, b) => b - a));
    expect(all.json.next_cursor).toBeNull();

    const first = await api.call('GET', `${path}?limit=3`);
    const second = await api.call('GET', `${path}?limit=3&cursor=${first.json.next_cursor}`);
    expect([...ids(first), ...ids(second)]).toEqual(ids(all));
    expect(second.json.next_cursor).toBeNull();

    expect(ids(await api.call('GET', `${path}?status=failed`))).toHaveLength(2);
    expect(ids(await api.call('GET', `${path}?status=failed,completed`))).toHaveLength(5);
    expect(ids(await api.call('GET', `${path}?status=failed&status=pending`))).toHaveLength(2);
    expect((await api.call('GET', `${path}?status=done`)).json.errors[0].path).toMatch(/^status/);
    expect((await api.call('GET', `${path}?limit=0`)).status).toBe(400);
    expect((await api.call('GET', `${path}?cursor=x`)).status).toBe(400);
    expect((await api.call('GET', `${CONNECTIONS}/999999/sync-runs`)).json.code).toBe('connection-not-found');
  });

  it('are listed over all connections, too, as far as the caller may see them', async () => {
    const [one, other] = [await api.connect(), await api.connect()];
    const started = [one, other].map((id) => api.call('POST', `${CONNECTIONS}/${id}/sync`));
    const [first, second] = (await Promise.all(started)).map(({ json }) => json.run_id as number);
    const runs = '/api/v1/admin/sync-runs';
    const ids = (answer: { json: { items: { run_id: number }[] } }) =>
      answer.json.items.map((run) => run.run_id);
    const newest = Math.max(first ?? 0, second ?? 0);
    const page = await api.call('GET', `${runs}?limit=1`);
    expect(ids(page)).toEqual([newest]);
    expect(ids(await api.call('GET', `${runs}?limit=1&cursor=${page.json.next_cursor}`))).toEqual([
      Math.min(first ?? 0, second ?? 0),
    ]);
    expect(ids(await api.call('GET', `${runs}?connection_id=${one}`))).toEqual([first]);
    expect(ids(await api.call('GET', `${runs}?connection_id=${one}&status=failed`))).toEqual([]);
    expect(ids(await api.call('GET', `${runs}?connection_id=${one}&status=active`))).toEqual([first]);
    const token = await api.tokenOf('viewer', [other]);
    expect(ids(await api.send('GET', runs, { token }))).toEqual([second]);
    expect(ids(await api.send('GET', `${runs}?connection_id=${one}`, { token }))).toEqual([]);
  });

  it('belong to one connection: another has no such run', async () => {
    const [one, other] = [await api.connect(), await api.connect()];
    const { run_id } = (await api.call('POST', `${CONNECTIONS}/${one}/sync`)).json;
    expect((await api.call('GET', `${CONNECTIONS}/${one}/sync-runs/${run_id}`)).status).toBe(200);
    expect((await api.call('GET', `${CONNECTIONS}/${other}/sync-runs/${run_id}`)).json.code).toBe(
      'run-not-found',
    );
  });

  it('tell in detail what became of each type, table, reason and file, and no URL', async () => {
    const id = await api.connect();
    const { run_id } = (await api.call('POST', `${CONNECTIONS}/${id}/sync`)).json;
    await api.sql`update run set status = 'processing', started_at = created_at where run_id = ${run_id}`;
    await api.sql`
      insert into export_file (run_id, file_no, resource_type, phase, url, expected_count, state, bytes_done, lines_done)
      values (${run_id}, 1, 'Observation', 4, 'https://files.example/a?signature=s3cret', 12, 'done', 4096, 10)`;
    for (const seq of [0, 1]) {
      const [chunk] = await api.sql<[{ chunk_id: number }]>`
        insert into chunk (run_id, seq, phase, byte_start, byte_end, first_line, lines, sha256)
        values (${run_id}, ${seq}, 4, 0, 100, 0, 5, '\\x00')
        returning chunk_id`;
      await api.sql`
        insert into chunk_count (chunk_id, run_id, resource_type, extracted, unchanged, loaded, excluded, failed, mapped)
        values (${chunk.chunk_id}, ${run_id}, 'Observation', 5, 1, 2, 1, 1, 1)`;
      await api.sql`
        insert into chunk_rows (chunk_id, run_id, table_name, written, deleted)
        values (${chunk.chunk_id}, ${run_id}, 'measurement', 3, 1)`;
      await api.sql`
        insert into chunk_reason (chunk_id, run_id, resource_type, outcome, reason, resources)
        values (${chunk.chunk_id}, ${run_id}, 'Observation', 'excluded', 'no-value', 1)`;
    }
    const detail = await api.call('GET', `${CONNECTIONS}/${id}/sync-runs/${run_id}`);
    expect(detail.json).toMatchObject({
      status: 'processing',
      records_extracted: 10,
      records_skipped: 2,
      records_loaded: 4,
      records_mapped: 2,
      records_written: 6,
      records_excluded: 2,
      records_failed: 2,
      records_parked: 0,
      records_redriven: 0,
      mapping_coverage: 50,
      by_type: [
        {
          resource_type: 'Observation',
          extracted: 10,
          redriven: 0,
          unchanged: 2,
          loaded: 4,
          excluded: 2,
          failed: 2,
          parked: 0,
          mapped: 2,
        },
      ],
      by_table: [{ table_name: 'measurement', written: 6, deleted: 2 }],
      by_reason: [{ resource_type: 'Observation', outcome: 'excluded', reason: 'no-value', resources: 2 }],
      files: [
        {
          file_no: 1,
          kind: 'output',
          type: 'Observation',
          state: 'done',
          bytes: 4096,
          lines: 10,
          expected_count: 12,
          finished_at: null,
        },
      ],
    });
    expect(detail.json.duration_seconds).toEqual(expect.any(Number));
    expect(detail.text).not.toMatch(/s3cret|files\.example/);
  });

  it('tell the error of a failed run: step, code and message', async () => {
    const id = await api.connect();
    await api.sql`
      insert into run (connection_id, mode, status, triggered_by, finished_at, error_step, error_code, error_message)
      values (${id}, 'full', 'failed', 'test', now(), 'export', 'kick-off-refused', 'The server refused.')`;
    const { items } = (await api.call('GET', `${CONNECTIONS}/${id}/sync-runs`)).json;
    expect(items[0]).toMatchObject({
      status: 'failed',
      mapping_coverage: null,
    });
    expect(items[0].error).toEqual({
      step: 'export',
      code: 'kick-off-refused',
      message: 'The server refused.',
    });
  });
});

describe('a run that is tried again', () => {
  it('says why, how often and when next, in lists and by itself; "active" finds it', async () => {
    const id = await api.connect();
    const { run_id } = (await api.call('POST', `${CONNECTIONS}/${id}/sync`)).json;
    await api.sql`
      insert into run_retry (run_id, step, attempt, code, message, failed_at, next_at)
      values (${run_id}, 'export', 2, 'network-unreachable', 'Nobody is there.', '2026-01-01T00:00:00Z', '2026-01-01T00:00:04Z')`;
    const retrying = {
      ...{ step: 'export', attempt: 2, code: 'network-unreachable', message: 'Nobody is there.', steps: 1 },
      ...{ failed_at: '2026-01-01T00:00:00.000Z', next_at: '2026-01-01T00:00:04.000Z' },
    };
    const runs = `${CONNECTIONS}/${id}/sync-runs`;
    expect((await api.call('GET', `${runs}/${run_id}`)).json).toMatchObject({ retrying, error: null });
    expect((await api.call('GET', `${runs}?status=active`)).json.items).toMatchObject([{ run_id, retrying }]);
    expect((await api.call('GET', `${runs}?status=completed,failed`)).json.items).toEqual([]);
  });
});

describe('the dashboard', () => {
  it('shows totals, funnel, thirty days, the health of each connection and recent runs', async () => {
    const id = await api.connect({ site_key: 'on-the-dashboard' });
    const { run_id } = (await api.call('POST', `${CONNECTIONS}/${id}/sync`)).json;
    const { json, status } = await api.call('GET', '/api/v1/admin/fhir-sync/dashboard');
    expect(status).toBe(200);
    expect(Object.keys(json)).toEqual([
      'generated_at',
      'totals',
      'workers',
      'funnel',
      'timeline',
      'connections',
      'recent_runs',
    ]);
    const [counts] = await api.sql`
      select (select count(*) from connection) as connections, (select count(*) from run) as runs`;
    expect(json.totals).toMatchObject({ connections: counts?.['connections'], runs: counts?.['runs'] });
    expect(json.recent_runs[0]).toMatchObject({ run_id, connection_id: id });
    expect(json.connections).toContainEqual(
      expect.objectContaining({
        connection_id: id,
        site_key: 'on-the-dashboard',
        live_run_id: run_id,
        is_active: true,
        health: 'never-synced',
        reasons: [
          {
            ...{ code: 'never-synced', subject: '', amount: null, run_id, todo: null },
            message: `No sync has been completed yet; run ${run_id} is under way.`,
          },
        ],
        notices: [],
      }),
    );
    expect(json.funnel).toContainEqual(
      expect.objectContaining({ connection_id: id, extracted: 0, rows_written: 0 }),
    );
    expect(json.workers).toEqual({ seen_at: null, running: false });
    expect(json.timeline).toHaveLength(30);
    expect(json.timeline.at(-1)).toMatchObject({ day: expect.stringMatching(/^\d{4}-\d{2}-\d{2}$/) });
  });
});

describe('syncing some patients', () => {
  const pathOf = async () => `${CONNECTIONS}/${await api.connect()}/patients/sync`;

  it('answers 202 with a run of kind patient and where to follow it, also beside a live export', async () => {
    const id = await api.connect();
    const full = await api.call('POST', `${CONNECTIONS}/${id}/sync`);
    const body = { patients: [{ identifier: 'urn:mrn|MRN-SEVEN' }, { patient_id: 'p-seven' }] };
    const started = await api.call('POST', `${CONNECTIONS}/${id}/patients/sync`, body);
    expect(started).toMatchObject({
      status: 202,
      json: { run_id: expect.any(Number), connection_id: id },
    });
    const { run_id } = started.json;
    expect(run_id).not.toBe(full.json.run_id);
    expect(started.headers.get('location')).toMatch(new RegExp(`/${run_id}$`));
    const followed = await api.call('GET', started.headers.get('location') ?? '');
    expect(followed).toMatchObject({ status: 200, json: { run_id, status: 'pending', mode: 'full' } });
    const wanted =
      await api.sql`select asked, patient_id from crawl_patient where run_id = ${run_id} order by n`;
    expect(wanted).toEqual([
      { asked: 'urn:mrn|MRN-SEVEN', patient_id: null },
      { asked: null, patient_id: 'p-seven' },
    ]);
    const recorded = await api.sql`
      select action, details from audit_event where object = ${`run/${run_id}`}`;
    expect(recorded).toEqual([{ action: 'patients.sync', details: { connection_id: id, patients: 2 } }]);
    expect(api.logged()).not.toMatch(/SEVEN|p-seven/);
  });

  it('answers 409 while another of its kind is live', async () => {
    const path = await pathOf();
    const { run_id } = (await api.call('POST', path, { patient_id: 'a' })).json;
    const second = await api.call('POST', path, { patient_id: 'b' });
    expect(second).toMatchObject({ status: 409, json: { code: 'sync-already-running' } });
    expect(second.json.detail).toContain(`Run ${run_id} `);
  });

  it('answers 404 for a connection that is not there', async () => {
    expect(await api.call('POST', `${CONNECTIONS}/999999/patients/sync`, { patient_id: 'a' })).toMatchObject({
      status: 404,
      json: { code: 'connection-not-found' },
    });
  });

  it('answers 400 for anything but ids and identifiers of one to a hundred patients', async () => {
    const path = await pathOf();
    const many = Array.from({ length: 101 }, (_, n) => ({ patient_id: `p${n}` }));
    for (const body of [
      {},
      { patient_id: 'Patient/a' },
      { patient_id: 'a?_id=b' },
      { identifier: 'MRN-A' },
      { identifier: 'urn:mrn|' },
      { identifier: 'urn:mrn|A|B' },
      { patient_id: 'a', identifier: 'urn:mrn|A' },
      { patients: [] },
      { patients: many },
      { patients: [{ patient_id: 'a', more: 1 }] },
    ]) {
      expect(await api.call('POST', path, body), JSON.stringify(body).slice(0, 60)).toMatchObject({
        status: 400,
        json: { code: 'invalid-request' },
      });
    }
    expect((await api.call('POST', path, { patients: many.slice(1) })).status).toBe(202);
  });
});
