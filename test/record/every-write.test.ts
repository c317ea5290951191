/** Every operation of the document that writes leaves exactly one event: who, what, on what, by which request. */
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apiDocument } from '../../app/document.ts';
import { insertApprovalInTx } from '../../app/second-person/approvals.ts';
import { loadVocabulary } from '../../jobs/vocabulary/load/load.ts';
import { CONNECTIONS, startApi, type TestApi, TOKEN } from '../routes/api.ts';
import { bundle, concepts, temporaryFolder, writeFolder, writeZip } from '../vocabulary/bundle.ts';

const TOKENS = '/api/v1/admin/tokens';
const MAPS = '/api/v1/admin/vocabulary/local-maps';
const glucose = { system: 'https://house.example/lab', target_concept_id: 10 };

let api: TestApi;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let zip: string;
beforeAll(async () => {
  folder = await temporaryFolder();
  api = await startApi({ adminToken: TOKEN, vocabularyDir: folder.path });
  const files = bundle({ 'CONCEPT.csv': concepts('10|Glucose|Measurement|LOINC|Lab Test|S|2345-7|') });
  const source = await writeFolder(folder.path, files);
  zip = await writeZip(folder.path, files);
  await loadVocabulary({ sql: api.sql, source, clock: () => new Date(), log: pino({ level: 'silent' }) });
});
afterAll(async () => {
  await api.close();
  await folder.remove();
});

interface Request {
  readonly path: string;
  readonly body?: object | string;
}

/** These answer questions: POST, since the question is long. */
const READS = ['source-to-standard-batch'];
/** Called every minute by a timer. What it does is recorded by the steps that it runs. */
const TIMERS = ['internal-tick'];
/** Leaves an event of its own and that of what it approves, of which test/auth/second-person.test.ts tells. */
const APPROVES = ['approve-request'];

async function run(status: string): Promise<{ id: number; run: number }> {
  const id = await api.connect();
  const [row] = await api.sql<{ run_id: number }[]>`
    insert into run (connection_id, kind, mode, status, triggered_by, created_at, finished_at)
    values (${id}, 'export', 'full', ${status}, 'test', now(), case when ${status} <> 'processing' then now() end)
    returning run_id`;
  return { id, run: row?.run_id ?? 0 };
}

async function purge(): Promise<Request> {
  const id = await api.connect();
  const body = { patient_id: 'p-1', reason: 'opt-out', unknown: true };
  const { json } = await api.call('POST', `${CONNECTIONS}/${id}/purges`, body);
  await api.sql`update purge set finished_at = now(), patient_ids_sealed = null where purge_id = ${json.purge_id}`;
  return { path: `${CONNECTIONS}/${id}/purges/${json.purge_id}` };
}

async function localMap(code: string): Promise<string> {
  const { json } = await api.call('POST', MAPS, { ...glucose, source_code: code });
  return `${MAPS}/${json.map.map_id}`;
}

async function rotation(): Promise<Request> {
  const keys = `${CONNECTIONS}/${await api.connect()}/keys`;
  for (let n = 0; n < 2; n++) await api.call('POST', keys, {});
  return { path: `${keys}/rotate`, body: {} };
}

async function apiToken(): Promise<string> {
  const { json } = await api.call('POST', TOKENS, { role: 'viewer', note: 'hall' });
  return `${TOKENS}/${json.token_id}`;
}

async function unmapped(name = 'UNM'): Promise<number> {
  const { id, run: runId } = await run('completed');
  const [code] = await api.sql<{ code_id: number }[]>`
    insert into source_code (system, code) values ('https://house.example/lab', ${name}) returning code_id`;
  await api.sql`
    insert into unmapped_summary (connection_id, code_id, resource_type, element, records, persons, first_run, last_run)
    values (${id}, ${code?.code_id ?? 0}, 'Observation', 'code', 3, 2, ${runId}, ${runId})`;
  return code?.code_id ?? 0;
}

/** The path of the threshold of a check that a pass has made. */
async function dqdThreshold(): Promise<string> {
  const check = 'table_cdmtable_person';
  const [pass] = await api.sql<{ dqd_run_id: number }[]>`
    insert into dqd_run (started_at, ended_at, program, source) values (now(), now(), 'test', '{}')
    returning dqd_run_id`;
  await api.sql`
    insert into dqd_result (dqd_run_id, check_id, check_name, level, category, context, table_name, description, query,
      seconds, violated, total, default_threshold)
    values (${pass?.dqd_run_id ?? 0}, ${check}, 'cdmTable', 'TABLE', 'Conformance', 'Verification', 'person', '', '', 0, 0,
      1, 0)`;
  return `/api/v1/admin/quality/dqd/thresholds/${check}`;
}

async function alert(): Promise<number> {
  const [row] = await api.sql<{ alert_id: number }[]>`
    insert into alert (connection_id, kind, message, raised_at, last_at)
    values (${await api.connect()}, 'run-failed', 'x', now(), now()) returning alert_id`;
  return row?.alert_id ?? 0;
}

/** One that nobody has approved; somebody must have asked for it in person, which the token here is not. */
async function approval(): Promise<number> {
  const id = await api.connect();
  const asked = {
    connection_id: id,
    operation: 'start-purge',
    need: 'purge',
    object: `connection/${id}`,
  } as const;
  const by = { requested_by: 'api:ada', requested_person: 'subject/ada' };
  const at = new Date();
  const held = { request: {}, concerns: '' };
  return await api.sql.begin((tx) =>
    insertApprovalInTx(tx, api.deps.keyring, {
      ...{ ...asked, ...by, shown: {}, held, at, expires_at: new Date(at.getTime() + 3_600_000) },
    }),
  );
}

const WEBHOOKS = '/api/v1/admin/webhooks';

/** At an address that nothing is sent to: it is private, and not allowed. */
async function webhook(): Promise<number> {
  const made = await api.call('POST', WEBHOOKS, { name: 'x', url: 'https://127.0.0.1:1/x' });
  return made.json.webhook_id;
}

async function reconciliation(): Promise<Request> {
  const { id, run: runId } = await run('completed');
  await api.sql`
    insert into reconciliation (run_id, connection_id, compared_at, types, types_missing, stored, vanished, obstacles, doubts)
    values (${runId}, ${id}, now(), '{}', '{}', 5, 1, '{}', '{}')`;
  return { path: `${CONNECTIONS}/${id}/reconciliations/${runId}/confirm`, body: { vanished: 1 } };
}

/** By operationId: a request that succeeds, and the action that it is recorded as. */
const WRITES: Readonly<Record<string, readonly [action: string, request: () => Promise<Request>]>> = {
  'create-fhir-connection': [
    'connection.create',
    async () => ({ path: CONNECTIONS, body: { site_name: 'x', site_key: 'made', fhir_base_url: null } }),
  ],
  'update-fhir-connection': [
    'connection.update',
    async () => ({ path: `${CONNECTIONS}/${await api.connect()}`, body: { site_name: 'y' } }),
  ],
  'delete-fhir-connection': [
    'connection.delete',
    async () => ({ path: `${CONNECTIONS}/${await api.connect()}` }),
  ],
  'test-fhir-connection': [
    'connection.test',
    async () => ({
      path: `${CONNECTIONS}/${await api.connect({ fhir_base_url: 'https://127.0.0.1:1/fhir' })}/test`,
    }),
  ],
  'start-sync': [
    'sync.start',
    async () => ({ path: `${CONNECTIONS}/${await api.connect()}/sync`, body: {} }),
  ],
  'sync-patients': [
    'patients.sync',
    async () => ({
      path: `${CONNECTIONS}/${await api.connect()}/patients/sync`,
      body: { patient_id: 'p-1' },
    }),
  ],
  'cancel-sync-run': [
    'run.cancel',
    async () => {
      const live = await run('processing');
      return { path: `${CONNECTIONS}/${live.id}/sync-runs/${live.run}/cancel` };
    },
  ],
  'retry-sync-run': [
    'run.retry',
    async () => {
      const failed = await run('failed');
      return { path: `${CONNECTIONS}/${failed.id}/sync-runs/${failed.run}/retry` };
    },
  ],
  'start-redrive': [
    'redrive.start',
    async () => ({ path: `${CONNECTIONS}/${await api.connect()}/redrive`, body: {} }),
  ],
  'ask-again': [
    'hydration.ask-again',
    async () => ({ path: `${CONNECTIONS}/${await api.connect()}/ask-again`, body: {} }),
  ],
  'start-reconciliation': [
    'reconciliation.start',
    async () => ({ path: `${CONNECTIONS}/${await api.connect()}/reconcile` }),
  ],
  'confirm-reconciliation': ['reconciliation.confirm', reconciliation],
  'start-purge': [
    'purge.start',
    async () => ({
      path: `${CONNECTIONS}/${await api.connect()}/purges`,
      body: { patient_id: 'p-2', reason: 'opt-out', unknown: true },
    }),
  ],
  'lift-purge': ['purge.lift', purge],
  'create-connection-key': [
    'key.create',
    async () => ({ path: `${CONNECTIONS}/${await api.connect()}/keys`, body: {} }),
  ],
  'rotate-connection-keys': ['key.rotate', rotation],
  'create-api-token': [
    'token.create',
    async () => ({ path: TOKENS, body: { role: 'viewer', note: 'hall' } }),
  ],
  'revoke-api-token': ['token.revoke', async () => ({ path: await apiToken() })],
  'acknowledge-alert': [
    'alert.acknowledge',
    async () => ({ path: `/api/v1/admin/alerts/${await alert()}/acknowledge` }),
  ],
  'acknowledge-audit-break': [
    'audit.acknowledge',
    async () => {
      // An event that went before it had a seal.
      await api.sql`insert into audit_unsealed (event_id) values (900000)`;
      return {
        ...{ path: '/api/v1/admin/audit/acknowledgements', body: { reason: 'known', events: '900000' } },
      };
    },
  ],
  'start-dqd-pass': ['dqd-pass.start', async () => ({ path: '/api/v1/admin/quality/dqd/passes' })],
  'cancel-dqd-pass': [
    'dqd-pass.cancel',
    async () => {
      await api.sql`
        update dqd_run set state = 'cancelled', ended_at = now() where state in ('queued', 'running')`;
      const { json } = await api.call('POST', '/api/v1/admin/quality/dqd/passes');
      return { path: `/api/v1/admin/quality/dqd/passes/${json.dqd_run_id}/cancel` };
    },
  ],
  'set-dqd-threshold': [
    'dqd-threshold.set',
    async () => ({ path: await dqdThreshold(), body: { threshold: 5, note: 'known' } }),
  ],
  'remove-dqd-threshold': [
    'dqd-threshold.remove',
    async () => {
      const path = await dqdThreshold();
      await api.sql`
        insert into dqd_threshold values ('table_cdmtable_person', 1, 'known', 'os/kim', now())
        on conflict do nothing`;
      return { path };
    },
  ],
  'refuse-request': [
    'approval.refuse',
    async () => ({ path: `/api/v1/admin/approvals/${await approval()}/refuse` }),
  ],
  'start-remap': ['remap.start', async () => ({ path: '/api/v1/admin/vocabulary/remap', body: {} })],
  'start-vocabulary-load': [
    'vocabulary.load',
    async () => ({
      path: '/api/v1/admin/vocabulary/loads',
      body: { path: zip.slice(zip.lastIndexOf('/') + 1) },
    }),
  ],
  'create-webhook': [
    'webhook.create',
    async () => ({ path: WEBHOOKS, body: { name: 'x', url: 'https://hooks.example.org/x' } }),
  ],
  'update-webhook': [
    'webhook.update',
    async () => ({ path: `${WEBHOOKS}/${await webhook()}`, body: { name: 'y' } }),
  ],
  'delete-webhook': ['webhook.delete', async () => ({ path: `${WEBHOOKS}/${await webhook()}` })],
  'test-webhook': ['webhook.test', async () => ({ path: `${WEBHOOKS}/${await webhook()}/test` })],
  'create-local-map': [
    'local-map.create',
    async () => ({ path: MAPS, body: { ...glucose, source_code: 'A' } }),
  ],
  'update-local-map': [
    'local-map.update',
    async () => ({ path: await localMap('B'), body: { valid_end_date: '2020-01-31' } }),
  ],
  'delete-local-map': ['local-map.delete', async () => ({ path: await localMap('C') })],
  'import-local-maps': [
    'local-map.import',
    async () => ({
      path: `${MAPS}/import?apply=true`,
      body: `source_code,source_concept_id,source_vocabulary_id,source_code_description,target_concept_id,target_vocabulary_id,valid_start_date,valid_end_date,invalid_reason\nD,0,HOUSE,,10,LOINC,1970-01-01,2099-12-31,\n`,
    }),
  ],
  'map-unmapped-code': [
    'unmapped.map',
    async () => ({
      path: `/api/v1/admin/vocabulary/unmapped/${await unmapped()}/map`,
      body: { target_concept_id: 10 },
    }),
  ],
  'map-unmapped-codes': [
    'unmapped.map',
    async () => ({
      path: '/api/v1/admin/vocabulary/unmapped/map',
      body: { maps: [{ code_id: await unmapped('MANY'), target_concept_id: 0 }], apply: true },
    }),
  ],
};

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly id: string;
  /** It takes an Idempotency-Key. */
  readonly takesKey: boolean;
}

function writing(): Operation[] {
  const methods = ['post', 'put', 'patch', 'delete'] as const;
  return Object.entries(apiDocument().paths ?? {}).flatMap(([path, item]) =>
    methods.flatMap((method) => {
      const operation = item[method];
      if (!operation) return [];
      const { operationId: id = path, parameters = [] } = operation;
      const takesKey = parameters.some((one) => 'name' in one && one.name === 'idempotency-key');
      return [{ method: method.toUpperCase(), path, id, takesKey }];
    }),
  );
}

describe('every operation that writes', () => {
  const operations = writing();

  it('is known here', () => {
    const known = [...Object.keys(WRITES), ...READS, ...TIMERS, ...APPROVES];
    expect(operations.map((one) => one.id).sort()).toEqual(known.sort());
  });

  it.each(operations.filter(({ id }) => WRITES[id]))(
    'leaves exactly one event, also when it is sent twice with the same Idempotency-Key: $id',
    async ({ method, id, takesKey }) => {
      const [action, make] = WRITES[id] ?? [];
      const request = await make?.();
      const [{ last } = { last: 0 }] = await api.sql<{ last: number }[]>`
      select coalesce(max(event_id), 0) as last from audit_event`;
      const { body } = request ?? {};
      const send = async () =>
        await api.app.request(request?.path ?? '', {
          method,
          headers: {
            authorization: `Bearer ${TOKEN}`,
            'x-request-id': `theirs-${id}`,
            ...(takesKey ? { 'idempotency-key': `key-of-${id}` } : {}),
            ...(body === undefined
              ? {}
              : { 'content-type': typeof body === 'string' ? 'text/csv' : 'application/json' }),
          },
          ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
        });
      const answer = await send();
      expect(answer.status, await answer.clone().text()).toBeLessThan(300);
      if (takesKey) {
        const again = await send();
        expect(again.status).toBe(answer.status);
        expect(again.headers.get('idempotency-replayed')).toBe('true');
        expect(await again.text()).toBe(await answer.text());
      }
      const events = await api.sql`
      select action, actor, role, via, outcome, status, request_id, client_request_id
      from audit_event where event_id > ${last}`;
      expect(events).toEqual([
        {
          ...{ action, actor: 'admin', role: 'admin', via: 'admin-token', outcome: 'done' },
          ...{ status: answer.status, request_id: expect.any(String), client_request_id: `theirs-${id}` },
        },
      ]);
    },
  );

  it.each(operations.filter(({ id }) => WRITES[id]))(
    'leaves none when it is refused: $id',
    async (operation) => {
      const { method, path, id } = operation;
      const [{ last } = { last: 0 }] = await api.sql<{ last: number }[]>`
      select coalesce(max(event_id), 0) as last from audit_event`;
      const nowhere = path.replaceAll(/\{[^}]+\}/g, id.includes('local-map') ? 'x' : '999999');
      const hasPlace = nowhere !== path;
      const answer = await api.call(
        method,
        nowhere,
        method === 'DELETE' || hasPlace ? undefined : { wrong: true },
      );
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(await api.sql`select action from audit_event where event_id > ${last}`).toEqual([]);
    },
  );
});

describe('what is recorded of a connection', () => {
  it('are the settings that changed, before and after, and of secrets that they were set', async () => {
    const id = await api.connect({ client_secret: 'SECRET-1', scopes: 'system/*.read' });
    await api.call('PUT', `${CONNECTIONS}/${id}`, {
      scopes: 'system/Patient.read',
      client_secret: 'SECRET-2',
      site_name: `Site of ${id}`,
    });
    await api.call('PUT', `${CONNECTIONS}/${id}`, { client_secret: null });
    const events = await api.sql`
      select before, after, details from audit_event where object = ${`connection/${id}`} order by event_id`;
    expect(events[0]).toMatchObject({
      before: null,
      after: { scopes: 'system/*.read', has_client_secret: true, client_id: 'us' },
      details: { client_secret: 'set' },
    });
    expect(events[1]).toMatchObject({
      before: { scopes: 'system/*.read' },
      after: { scopes: 'system/Patient.read', site_name: `Site of ${id}` },
      details: { client_secret: 'set' },
    });
    expect(Object.keys(events[1]?.['before']).sort()).toEqual(['scopes', 'site_name']);
    expect(events[2]).toEqual({
      before: { has_client_secret: true },
      after: { has_client_secret: false },
      details: { client_secret: 'cleared' },
    });
    const [all] = await api.sql`select jsonb_agg(to_jsonb(e))::text as text from audit_event e`;
    expect(all?.['text']).not.toContain('SECRET');
  });
});

describe('a read of what tells of persons', () => {
  it.each([
    ['failures', 'failures.read'],
    ['parked', 'parked.read'],
    ['exclusions', 'exclusions.read'],
  ])('is recorded: %s', async (list, action) => {
    const id = await api.connect();
    expect((await api.call('GET', `${CONNECTIONS}/${id}/${list}`)).status).toBe(200);
    expect(
      await api.sql`select action, details from audit_event where object = ${`connection/${id}`} order by event_id desc limit 1`,
    ).toEqual([{ action, details: { rows: 0 } }]);
    expect((await api.call('GET', `${CONNECTIONS}/999999/${list}`)).status).toBe(404);
    expect(await api.sql`select 1 from audit_event where object = 'connection/999999'`).toEqual([]);
  });
});

describe('the record by API', () => {
  const AUDIT = '/api/v1/admin/audit';

  it('is listed with filters, newest first, in pages', async () => {
    const id = await api.connect();
    await api.call('PUT', `${CONNECTIONS}/${id}`, { site_name: 'listed' });
    const all = await api.call('GET', `${AUDIT}?object=connection/${id}`);
    expect(all.json.items.map((one: { action: string }) => one.action)).toEqual([
      'connection.update',
      'connection.create',
    ]);
    const first = await api.call('GET', `${AUDIT}?object=connection/${id}&limit=1`);
    const second = await api.call(
      'GET',
      `${AUDIT}?object=connection/${id}&limit=1&cursor=${first.json.next_cursor}`,
    );
    expect([...first.json.items, ...second.json.items].map((one) => one.event_id)).toEqual(
      all.json.items.map((one: { event_id: number }) => one.event_id),
    );
    const count = async (query: string) => (await api.call('GET', `${AUDIT}?${query}`)).json.items.length;
    expect(await count(`object=connection/${id}&action=connection`)).toBe(2);
    expect(await count(`object=connection/${id}&action=connection.update`)).toBe(1);
    expect(await count(`object=connection/${id}&action=conn`)).toBe(0);
    expect(await count(`object=connection/${id}&actor=admin`)).toBe(2);
    expect(await count(`object=connection/${id}&actor=somebody`)).toBe(0);
    expect(await count(`object=connection/${id}&outcome=refused`)).toBe(0);
    const [{ at }] = all.json.items;
    expect(await count(`object=connection/${id}&since=${at}`)).toBeGreaterThan(0);
    expect(await count(`object=connection/${id}&until=2001-01-01T00:00:00Z`)).toBe(0);
    expect(await count(`object=connection/${id}&since=2999-01-01T00:00:00Z`)).toBe(0);
    expect((await api.call('GET', `${AUDIT}?since=yesterday`)).status).toBe(400);
    expect((await api.call('GET', `${AUDIT}?actor=%00`)).status).toBe(400);
  });

  it('is exported as CSV without formulas, and as lines of JSON, and that is recorded', async () => {
    await api.connect({ site_name: '=HYPERLINK("x")' });
    const csv = await api.call('GET', `${AUDIT}/export`);
    expect(csv.headers.get('content-type')).toContain('text/csv');
    expect(csv.text.split('\r\n')[0]).toMatch(/^seal_no,event_id,at,actor,/);
    expect(csv.text).not.toMatch(/(^|,)"?[=+@-][^,\r\n]*HYPERLINK/m);
    const headers = { authorization: `Bearer ${TOKEN}` };
    const ndjson = await api.app.request(`${AUDIT}/export?format=ndjson`, { headers });
    const lines = (await ndjson.text()).trimEnd().split('\n');
    const events: { action: string; seal_no: number | null }[] = lines.map((line) => JSON.parse(line));
    expect(events[0]).toMatchObject({ action: 'audit.export', seal_no: expect.any(Number) });
    expect(events.every((one) => one.seal_no !== null)).toBe(true);
  });

  it('is verified, with and without an anchor', async () => {
    const found = await api.call('GET', `${AUDIT}/verification`);
    expect(found.json).toMatchObject({ intact: true, faults: [], unsealed: [] });
    const { anchor } = found.json;
    expect((await api.call('GET', `${AUDIT}/verification?anchor=${anchor}`)).json.intact).toBe(true);
    const other = `${anchor.slice(0, -1)}${anchor.endsWith('0') ? '1' : '0'}`;
    expect((await api.call('GET', `${AUDIT}/verification?anchor=${other}`)).json).toMatchObject({
      intact: false,
      faults: [{ code: 'anchor-differs', message: expect.any(String) }],
    });
    expect((await api.call('GET', `${AUDIT}/verification?anchor=1`)).json.code).toBe('invalid-request');
  });
});
