/** `cli approvals`: what waits for a second person; `approvals show|approve|refuse ID` to decide about it. */
import { print, withApi } from './look-up.ts';
import { table } from './table.ts';
import { say } from './terminal.ts';

/** Reads `cli approvals …`: what to run, or undefined when the words are no such command. */
export function approvalCommand(words: readonly string[]): (() => Promise<boolean>) | undefined {
  const [command, verb, id] = words;
  if (command !== 'approvals') return undefined;
  if (verb === undefined || verb === 'list') return () => listApprovals();
  if (!/^\d{1,15}$/.test(id ?? '')) return undefined;
  if (verb === 'show') return () => showApproval(Number(id));
  if (verb === 'approve' || verb === 'refuse') return () => decide(Number(id), verb);
  return undefined;
}

function listApprovals(): Promise<boolean> {
  return withApi(async (api) => {
    const { data, error } = await api.GET('/api/v1/admin/approvals', { params: { query: { limit: 100 } } });
    if (!data) throw new Error(error?.detail ?? 'the approvals cannot be read');
    say(
      table(
        data.items.map((one) => ({
          ...{ approval: one.approval_id, state: one.state, operation: one.operation, object: one.object },
          ...{ asked_by: one.requested_by, until: one.expires_at.slice(0, 16), decided_by: one.decided_by },
          result: one.result,
        })),
      ),
    );
  });
}

function showApproval(aid: number): Promise<boolean> {
  return withApi(async (api) => {
    const { data, error } = await api.GET('/api/v1/admin/approvals/{aid}', { params: { path: { aid } } });
    if (!data) throw new Error(error?.detail ?? 'the approval cannot be read');
    print(data);
  });
}

function decide(aid: number, verb: 'approve' | 'refuse'): Promise<boolean> {
  return withApi(async (api) => {
    const params = { params: { path: { aid } } };
    const { data, error } =
      verb === 'approve'
        ? await api.POST('/api/v1/admin/approvals/{aid}/approve', params)
        : await api.POST('/api/v1/admin/approvals/{aid}/refuse', params);
    if (!data) throw new Error(error?.detail ?? `the request could not be decided about`);
    say(`Approval ${data.approval_id} is ${data.state}${data.result ? `: ${data.result}` : ''}.`);
  });
}
