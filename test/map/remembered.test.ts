/** What is remembered of texts that servers send is bounded, whatever they send. */
import { expect, it } from 'vitest';
import { Remembered } from '../../jobs/map/read/remembered.ts';

it('answers as it was told, and never holds more than it may', () => {
  const remembered = new Remembered<number>({ most: 10, longest: 5 });
  for (let n = 0; n < 1000; n++) {
    remembered.set(String(n), n);
    expect(remembered.get(String(n))).toBe(n);
    expect(remembered.size).toBeLessThanOrEqual(10);
  }
});

it('keeps no text that is longer than it should be', () => {
  const remembered = new Remembered<number>({ most: 10, longest: 5 });
  remembered.set('x'.repeat(5), 1);
  remembered.set('x'.repeat(6), 2);
  expect([remembered.get('xxxxx'), remembered.get('xxxxxx'), remembered.size]).toEqual([1, undefined, 1]);
});
