/** What tables and lines of the command line make of an answer. */
import { describe, expect, it } from 'vitest';
import { connectionRow } from '../../app/cli/connection-row.ts';
import { healthText } from '../../app/cli/health.ts';
import type { Schemas } from '../../openapi/client/index.ts';

const connection = (schedule: object | undefined) =>
  ({ credentials_cleared: [], sync_config: { schedule } }) as unknown as Schemas['Connection'];

describe('the row of a connection', () => {
  it.each([
    [{ cron: '30 2 * * *' }, '30 2 * * *'],
    [{ every_seconds: 86_400 }, 'every 24 hours'],
    [{ every_seconds: 3600 }, 'every hour'],
    [{ every_seconds: 1 }, 'every second'],
    [{ every_seconds: 5400 }, 'every 90 minutes'],
    [{ every_seconds: 61 }, 'every 61 seconds'],
    [undefined, ''],
  ])('tells its schedule: %o', (schedule, said) => {
    expect(connectionRow(connection(schedule)).schedule).toBe(said);
  });
});

describe('what is said of health', () => {
  const reason = (message: string, todo: string | null) => ({
    ...{ code: 'run-failed', subject: '', amount: null, run_id: 1, message, todo },
  });
  it.each([
    ['connect ECONNREFUSED', 'Mend the cause.', 'connect ECONNREFUSED. Mend the cause.'],
    ['It was refused.', 'Mend the cause.', 'It was refused. Mend the cause.'],
    ['It said "why?"', 'Mend the cause.', 'It said "why?" Mend the cause.'],
    ['nothing follows', null, 'nothing follows'],
  ])('ends a sentence before the next: %s', (message, todo, said) => {
    const text = healthText({ site_key: 's', health: 'failing', reasons: [reason(message, todo)] });
    expect(text).toBe(`"s" is failing:\n  ! run-failed: ${said}`);
  });
});
