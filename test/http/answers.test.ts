/** What clients rely on besides the body: HEAD, Location, Link, Retry-After. */
import { afterAll, describe, expect, it } from 'vitest';
import { CONNECTIONS, DASHBOARD, startApi, TOKEN } from '../routes/api.ts';

const api = await startApi();
afterAll(() => api.close());
const RUNS = '/api/v1/admin/sync-runs';

describe('HEAD', () => {
  it('answers as GET does, without a body', async () => {
    const id = await api.connect();
    for (const path of ['/healthz', DASHBOARD, `${CONNECTIONS}/${id}`, '/openapi.json']) {
      const get = await api.send('GET', path, { token: TOKEN });
      const head = await api.send('HEAD', path, { token: TOKEN });
      expect(head.text, path).toBe('');
      expect([head.status, head.headers.get('content-type'), head.headers.get('etag')], path).toEqual([
        get.status,
        get.headers.get('content-type'),
        get.headers.get('etag'),
      ]);
    }
  });

  it('needs the token that GET needs', async () => {
    expect((await api.send('HEAD', DASHBOARD)).status).toBe(401);
  });
});

describe('a list', () => {
  it('names its next page, filters included, in Link and body until the last one', async () => {
    const id = await api.connect();
    await api.sql`
      insert into run (connection_id, status, kind, mode, triggered_by, created_at, finished_at)
      select ${id}, 'cancelled', 'export', 'full', 'test', now(), now() from generate_series(1, 5)`;
    const seen: number[] = [];
    let path: string | null = `${RUNS}?limit=2&status=cancelled,failed&connection_id=${id}`;
    let pages = 0;
    while (path !== null) {
      const answer = await api.call('GET', path);
      expect(answer.status).toBe(200);
      seen.push(...answer.json.items.map((run: { run_id: number }) => run.run_id));
      expect(answer.headers.get('link')).toBe(answer.json.next && `<${answer.json.next}>; rel="next"`);
      expect(answer.json.next === null).toBe(answer.json.next_cursor === null);
      path = answer.json.next;
      pages += 1;
    }
    expect(pages).toBe(3);
    expect(seen).toEqual(seen.toSorted((one, other) => other - one));
    expect(new Set(seen).size).toBe(5);
  });

  it('that is sorted by several columns names it too', async () => {
    await api.sql`
      insert into source_to_concept_map (source_code, source_concept_id, source_vocabulary_id, target_concept_id,
        target_vocabulary_id, valid_start_date, valid_end_date)
      select 'c' || n, 0, 'House', 0, 'None', '2020-01-01', '2099-12-31' from generate_series(1, 3) n`;
    const first = await api.call('GET', '/api/v1/admin/vocabulary/local-maps?limit=2');
    const { next_cursor } = first.json;
    expect(first.json.next).toBe(`/api/v1/admin/vocabulary/local-maps?limit=2&cursor=${next_cursor}`);
    const last = await api.call('GET', first.json.next);
    expect(last.json).toMatchObject({ next: null, next_cursor: null });
    expect([...first.json.items, ...last.json.items].map((map) => map.source_code)).toEqual([
      'c1',
      'c2',
      'c3',
    ]);
  });
});

describe('what was started', () => {
  it('is followed at Location', async () => {
    const id = await api.connect();
    const started = await api.call('POST', `${CONNECTIONS}/${id}/sync`, {});
    const run = await api.call('GET', started.headers.get('location') ?? '');
    expect(run.json).toMatchObject({ run_id: started.json.run_id, status: 'pending' });
    const cancelled = await api.call('POST', `${started.headers.get('location')}/cancel`);
    expect(cancelled.status).toBe(202);
    expect(cancelled.headers.get('location')).toBe(started.headers.get('location'));
  });
});

describe('Retry-After', () => {
  it('stands where waiting helps, and nowhere else', async () => {
    const id = await api.connect();
    expect((await api.call('POST', `${CONNECTIONS}/${id}/sync`, {})).status).toBe(202);
    const running = await api.call('POST', `${CONNECTIONS}/${id}/sync`, {});
    expect([running.status, running.headers.get('retry-after')]).toEqual([409, '30']);
    const taken = await api.call('POST', CONNECTIONS, { site_name: 'x', site_key: 'site-1' });
    expect([taken.status, taken.headers.get('retry-after')]).toEqual([409, null]);
  });
});
