/** What is logged, where a person reads along and where none does. */
import { afterAll, describe, expect, it } from 'vitest';
import { readable } from '../../jobs/log.ts';
import { inLongRun } from '../long-run.ts';
import { openTestWorld } from '../world/world.ts';
import { commandLine } from './command-line.ts';

describe('a line of the log for people', () => {
  it('has time, level, message and what it is about, and cuts long lists', () => {
    const line = JSON.stringify({
      ...{
        level: 40,
        time: Date.parse('2026-03-01T08:15:30Z'),
        pid: 1,
        hostname: 'here',
        name: 'fhir-omop-sync',
      },
      ...{
        message: 'the server is not there',
        run_id: 7,
        step: 'export',
        concept_ids: [1, 2, 3, 4, 5, 6, 7],
        error: { code: 'x' },
      },
      msg: 'the server is not there',
    });
    expect(readable(line)).toBe(
      '08:15:30Z warn  the server is not there (run_id 7, step export, concept_ids 1 2 3 4 5 and 2 more, error {"code":"x"})',
    );
  });

  it.each([
    ['vocabulary-not-loaded', '08:15:30Z error none (code vocabulary-not-loaded)'],
    ['ERR_OTHER', '08:15:30Z error none (code ERR_OTHER, stack at readState (state.ts:34:9))'],
  ])('has frames only of an error that the catalogue does not explain: %s', (code, expected) => {
    const time = Date.parse('2026-03-01T08:15:30Z');
    const line = { level: 50, time, code, stack: 'at readState (state.ts:34:9)', msg: 'none' };
    expect(readable(JSON.stringify(line))).toBe(expected);
  });
});

describe('the command line', async () => {
  const world = await openTestWorld();
  afterAll(() => world.close());

  inLongRun(it)('logs no JSON between its lines', async () => {
    const one = await world.site();
    one.ehr.faults.push({ on: 'kick-off', do: { status: 403 } });
    const settings = { url: world.database.url, encryptionKey: world.encryptionKey, logLevel: 'info' };
    const { code, said, errors } = await commandLine(settings, ['sync', 'site-1', '--watch']);
    expect(code).toBe(1);
    expect(said).toContain('kick-off-refused');
    expect(errors).toMatch(/^\d\d:\d\d:\d\dZ error .*step export/m);
    for (const line of `${said}${errors}`.split('\n')) expect(line).not.toMatch(/^\s*\{/);
  });
});
