/** `cli audit list|export|verify|acknowledge`: the record of who did what. */
import type { Schemas } from '../../openapi/client/index.ts';
import { print, withApi } from './look-up.ts';
import { table } from './table.ts';
import { say, sayFile } from './terminal.ts';

export interface AuditFlags {
  readonly actor: string | undefined;
  readonly action: string | undefined;
  readonly object: string | undefined;
  readonly since: string | undefined;
  readonly until: string | undefined;
  readonly limit: string | undefined;
  readonly anchor: string | undefined;
  readonly reason: string | undefined;
  readonly seals: string | undefined;
  readonly events: string | undefined;
  readonly csv: boolean;
  readonly json: boolean;
}

/** Reads `cli audit …`: what to run, or undefined when the words are no such command. */
export function auditCommand(
  words: readonly string[],
  flags: AuditFlags,
): (() => Promise<boolean>) | undefined {
  if (words.length !== 1) return undefined;
  if (words[0] === 'list') return () => listAudit(flags);
  if (words[0] === 'export') return () => exportAudit(flags);
  if (words[0] === 'verify') return () => verifyAudit(flags);
  if (words[0] === 'acknowledge' && flags.reason) {
    const { reason, seals, events } = flags;
    if ((seals === undefined) !== (events === undefined))
      return () => acknowledgeBreak({ reason, ...(seals ? { seals } : {}), ...(events ? { events } : {}) });
  }
  return undefined;
}

function filterOf({ actor, action, object, since, until }: AuditFlags) {
  const given = Object.entries({ actor, action, object, since, until }).filter(([, value]) => value);
  return Object.fromEntries(given);
}

function listAudit(flags: AuditFlags): Promise<boolean> {
  return withApi(async (api) => {
    const query = { ...filterOf(flags), limit: Number(flags.limit ?? 50) };
    const { data, error } = await api.GET('/api/v1/admin/audit', { params: { query } });
    if (!data) throw new Error(error?.detail ?? 'the record cannot be read');
    if (flags.json) return print(data);
    say(
      table(
        data.items.map((one) => ({
          ...{ at: one.at.slice(0, 19), actor: one.actor, via: one.via, action: one.action },
          ...{
            object: one.object,
            outcome: one.outcome,
            seal: one.seal_no === null ? '' : String(one.seal_no),
          },
        })),
      ),
    );
    if (data.next_cursor) say('\nThere are more: --limit, --since, --until, or audit export.');
  });
}

function exportAudit(flags: AuditFlags): Promise<boolean> {
  return withApi(async (api) => {
    const query = { ...filterOf(flags), format: flags.csv ? ('csv' as const) : ('ndjson' as const) };
    const { data, error } = await api.GET('/api/v1/admin/audit/export', {
      params: { query },
      parseAs: 'text',
    });
    if (data === undefined) throw new Error(error?.detail ?? 'the record cannot be read');
    sayFile(data);
  });
}

/** Resolves to false when a fault was found. */
async function verifyAudit({ anchor, json }: AuditFlags): Promise<boolean> {
  let intact = false;
  await withApi(async (api) => {
    const { data, error } = await api.GET('/api/v1/admin/audit/verification', {
      params: { query: anchor === undefined ? {} : { anchor } },
    });
    if (!data) throw new Error(error?.detail ?? 'the record cannot be verified');
    intact = data.intact;
    if (json) return print(data);
    say(`${data.seals} seals checked.`);
    if (data.dropped > 0)
      say(`${data.dropped} events from before ${data.dropped_before} were dropped by the rule.`);
    if (data.unsealed.length > 0) say(`Not sealed yet: events ${data.unsealed.join(', ')}.`);
    if (data.acknowledged.length > 0) {
      const rows = data.acknowledged.map((one) => ({
        ...faultRow(one),
        acknowledged_by: `event ${one.acknowledged_by}`,
      }));
      say(`\nAcknowledged:\n${table(rows)}\n`);
    }
    if (data.faults.length > 0) {
      say(`\n${table(data.faults.map(faultRow))}`);
    } else {
      say(anchor === undefined ? 'Nothing is missing before its end.' : 'It is as the anchor says.');
    }
    say(`\nAnchor, to be kept elsewhere: ${data.anchor}`);
  });
  return intact;
}

const faultRow = ({ seal_no, event_id, code, message }: Schemas['AuditVerification']['faults'][number]) => ({
  ...{ seal: String(seal_no ?? ''), event: String(event_id ?? ''), code, message },
});

function acknowledgeBreak(body: Schemas['AcknowledgeBreak']): Promise<boolean> {
  return withApi(async (api) => {
    const { data, error } = await api.POST('/api/v1/admin/audit/acknowledgements', { body });
    if (!data) throw new Error(error?.detail ?? 'the break was not acknowledged');
    say(`Acknowledged:\n${table(data.acknowledged.map(faultRow))}`);
  });
}
