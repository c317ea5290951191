import { afterAll, expect, it } from 'vitest';
import { beginHandshake, HANDSHAKE_MS, takeHandshake } from '../../app/auth/handshake.ts';
import { newDatabase } from '../database.ts';

const db = await newDatabase();
afterAll(() => db.drop());
const NOW = new Date('2026-11-30T08:00:00Z');

it('is taken once, by the browser that began it, and by no secret that is not its own', async () => {
  const [mine, other] = [
    await beginHandshake(db.sql, NOW, '/mine'),
    await beginHandshake(db.sql, NOW, '/other'),
  ];
  expect(await takeHandshake(db.sql, NOW, 'unknown')).toBeUndefined();
  expect(await takeHandshake(db.sql, NOW, mine)).toBe('/mine');
  expect(await takeHandshake(db.sql, NOW, mine)).toBeUndefined();
  expect(await takeHandshake(db.sql, NOW, other)).toBe('/other');
});

it('is good for ten minutes, to the millisecond, and let go by the next one after that', async () => {
  const at = (milliseconds: number) => new Date(NOW.getTime() + milliseconds);
  const [mine, other] = [await beginHandshake(db.sql, NOW, '/mine'), await beginHandshake(db.sql, NOW, '/o')];
  expect(await takeHandshake(db.sql, at(HANDSHAKE_MS), mine)).toBeUndefined();
  expect(await takeHandshake(db.sql, at(HANDSHAKE_MS - 1), mine)).toBe('/mine');
  await beginHandshake(db.sql, at(HANDSHAKE_MS), '/later');
  expect(await takeHandshake(db.sql, NOW, other)).toBeUndefined();
});
