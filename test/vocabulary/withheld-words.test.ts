/** Words in the worklist: told only where enough persons have them. */
import { afterAll, describe, expect, it } from 'vitest';
import { createApp } from '../../app/app.ts';
import { answerOf } from '../routes/api.ts';
import { condition, observation, patient } from '../world/record.ts';
import { openTestWorld } from '../world/world.ts';

const world = await openTestWorld();
afterAll(() => world.close());
const { sql, deps } = world;
const app = createApp({ ...deps, config: { adminToken: 'token' } });

const UNMAPPED = '/api/v1/admin/vocabulary/unmapped';
const SYSTEM = 'https://hospital.example/laboratory/codes';
const GLUCOSE = 3004501;
const house = (code: string, display: string) => ({ code: { coding: [{ system: SYSTEM, code, display }] } });

async function call(method: string, path: string, body?: object) {
  const headers = { authorization: 'Bearer token', ...(body ? { 'content-type': 'application/json' } : {}) };
  return await answerOf(
    await app.request(path, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) }),
  );
}

describe('words that stand in place of a code', async () => {
  const site = await world.site();
  const persons = ['p1', 'p2', 'p3', 'p4', 'p5'];
  const named = { code: { text: 'seen by Zebulon Quackenbush' } };
  const common = { code: { text: 'house rash' } };
  site.ehr.load([
    ...persons.map((id) => patient(id)),
    ...persons.map((id) => condition(`r-${id}`, id, common)),
    // Twice one person: it is persons that count, not records.
    ...[1, 2, 3, 4, 5, 6].map((n) => condition(`n${n}`, 'p1', named)),
    condition('m1', 'p2', { code: { text: 'mother of Zebulon' } }),
    observation('v1', 'p1', { code: { coding: [{ code: 'Quackenbush, Zebulon' }] } }),
    observation('d1', 'p1', house('Z-1', 'Zebulon Quackenbush, special')),
    observation('s1', 'p1', house('typed by Zebulon', 'x')),
  ]);
  await site.sync();
  const scope = `?connection_id=${site.id}`;
  const hidden = async () => (await call('GET', `${UNMAPPED}${scope}`)).json.items;

  it('are counted without a text where few persons have them, in one line a kind', async () => {
    const items = await hidden();
    const lines = items.map((one: Record<string, unknown>) =>
      [one['system'], one['code'], one['records'], one['persons'], one['codes_withheld']].join(' '),
    );
    expect(lines).toEqual([
      'text  7  2',
      'text house rash 5 5 0',
      `${SYSTEM} Z-1 1 1 0`,
      'none  1  1',
      `${SYSTEM}  1  1`,
    ]);
    expect(items[2].display).toBeNull();
    expect(JSON.stringify(items)).not.toMatch(/Zebulon|Quackenbush/);
    expect(items.at(-1).cumulative_share).toBe(100);
    // Lines without a code are on one page each, as the others are.
    const paged: unknown[] = [];
    for (let next = `${UNMAPPED}${scope}&limit=2`; next !== null; ) {
      const { json } = await call('GET', next);
      paged.push(...json.items);
      next = json.next;
    }
    expect(paged).toEqual(items);
  });

  it('are paged by short cursors, whatever their systems are called, also where as many use each of them', async () => {
    const many = await world.site();
    const systems = ['a', 'b', 'c', 'd'].map(
      (name) => `https://long.example/Quackenbush/${name.repeat(300)}`,
    );
    many.ehr.load([
      patient('l'),
      ...systems.map((system, n) =>
        observation(`l${n}`, 'l', { code: { coding: [{ system, code: 'typed by Zebulon' }] } }),
      ),
      ...systems.map((system, n) =>
        observation(`k${n}`, 'l', { code: { coding: [{ system, code: `K-${n}` }] } }),
      ),
    ]);
    await many.sync();
    const path = `${UNMAPPED}?connection_id=${many.id}`;
    const { items } = (await call('GET', path)).json;
    expect(items).toHaveLength(8);
    const paged: { system: string }[] = [];
    for (let next = `${path}&limit=1`; next !== null; ) {
      const { json } = await call('GET', next);
      paged.push(...json.items);
      const cursor = json.next_cursor ?? '';
      expect(cursor.length).toBeLessThan(250);
      expect(Buffer.from(cursor, 'base64url').toString()).not.toContain('Quackenbush');
      next = json.next;
    }
    expect(paged).toEqual(items);
    expect(new Set(paged.map(({ system }) => system))).toEqual(
      new Set(systems.map((system) => system.slice(0, 255))),
    );
  });

  it('are in no view, file, search, suggestion or map either', async () => {
    const view = await sql`select * from unmapped_codes where connection_id = ${site.id}`;
    expect(view.map((row) => [row['code'], row['records'], row['codes_withheld']])).toEqual(
      expect.arrayContaining([
        [null, 7, 2],
        ['house rash', 5, 0],
      ]),
    );
    expect(JSON.stringify(view)).not.toMatch(/Zebulon|Quackenbush/);
    const file = (await call('GET', `${UNMAPPED}/export${scope}`)).text;
    expect(file).toContain('house rash');
    expect(file).not.toMatch(/Zebulon|Quackenbush|\r\n,/);
    expect((await call('GET', `${UNMAPPED}${scope}&q=Zebulon`)).json.items).toEqual([]);
    const [code] = await sql`select code_id from source_code where code = ${named.code.text}`;
    const path = `${UNMAPPED}/${code?.['code_id']}`;
    expect((await call('GET', `${path}/suggestions`)).json.code).toBe('unmapped-code-not-found');
    const mapped = await call('POST', `${path}/map`, { target_concept_id: GLUCOSE });
    expect(mapped.json.code).toBe('unmapped-code-not-found');
    const shown = await call('GET', `${UNMAPPED}/${(await hidden())[2].code_id}/suggestions`);
    expect(shown.json.text).toBe('Z-1');
  });

  it('are shown from as many persons on as the connection says', async () => {
    const set = (n: number) =>
      sql`update connection set sync_config = ${sql.json({ unmapped_text_persons: n })} where connection_id = ${site.id}`;
    await set(6);
    expect((await hidden()).filter((one: { code: string }) => one.code === 'house rash')).toEqual([]);
    await set(2);
    expect(JSON.stringify(await hidden())).not.toContain('Zebulon');
    await set(1);
    expect(JSON.stringify(await hidden())).toContain('seen by Zebulon Quackenbush');
  });
});
