import { expect, it } from 'vitest';
import { ByIdentity } from '../../jobs/lines/by-identity.ts';

it('finds what was kept last of a type and id, and nothing of another', () => {
  const kept = new ByIdentity<string>();
  kept.set('Patient', '1', 'first');
  kept.set('Patient', '1', 'second');
  kept.set('Encounter', '1', 'visit');

  expect(kept.get('Patient', '1')).toBe('second');
  expect(kept.get('Encounter', '1')).toBe('visit');
  expect(kept.get('Patient', '2')).toBeUndefined();
  expect(kept.get('Group', '1')).toBeUndefined();
  expect(kept.has('Patient', '1')).toBe(true);
  expect(kept.has('Patient', '2')).toBe(false);
  expect(kept.has('Group', '1')).toBe(false);
});

it('counts each type and id once, and what is deleted no more', () => {
  const kept = new ByIdentity<number>();
  expect(kept.size).toBe(0);
  for (const type of ['Patient', 'Encounter']) {
    for (const id of ['1', '2', '2', '3']) kept.set(type, id, Number(id));
  }
  expect(kept.size).toBe(6);
  expect([...kept.values()]).toEqual([1, 2, 3, 1, 2, 3]);

  expect(kept.delete('Patient', '2')).toBe(true);
  expect(kept.delete('Patient', '2')).toBe(false);
  expect(kept.delete('Group', '2')).toBe(false);
  expect(kept.size).toBe(5);
  expect(kept.has('Patient', '2')).toBe(false);
  expect([...kept.values()]).toEqual([1, 3, 1, 2, 3]);
});
