/** Requests that wait for a second person, as they are stored. */
import type { Keyring } from '../../jobs/connection/keyring.ts';
import { type Place, seal, unseal } from '../../jobs/connection/secrets.ts';
import type { Facts } from '../../jobs/record/record.ts';
import type { Sql, Tx } from '../../sql/connect.ts';
import type { Need } from './settings.ts';

export type ApprovalState = 'pending' | 'approved' | 'refused' | 'expired' | 'outdated';

export interface StoredApproval {
  readonly approval_id: number;
  readonly connection_id: number;
  readonly operation: string;
  readonly need: Need;
  readonly object: string;
  readonly shown: Facts;
  readonly requested_by: string;
  readonly requested_person: string;
  readonly requested_at: Date;
  readonly expires_at: Date;
  readonly state: ApprovalState;
  readonly decided_by: string | null;
  readonly decided_at: Date | null;
  readonly result: string | null;
}

/** What is sealed: the request as it came, and what it concerns as it was then. */
export interface Held {
  readonly request: unknown;
  /** Canonical text. */
  readonly concerns: string;
}

/** Of one approval: what was asked for in another is not what somebody approves here. */
const placeOf = (connection: number, row: number): Place => ({
  ...{ table: 'approval', column: 'request_sealed', connection, row },
});

export interface NewApproval
  extends Pick<
    StoredApproval,
    'connection_id' | 'operation' | 'need' | 'object' | 'shown' | 'requested_by' | 'requested_person'
  > {
  readonly held: Held;
  readonly at: Date;
  readonly expires_at: Date;
}

export async function insertApprovalInTx(tx: Tx, keyring: Keyring, one: NewApproval): Promise<number> {
  const [created] = await tx<[{ approval_id: number }]>`
    insert into approval (
      connection_id, operation, need, object, shown, request_sealed, requested_by, requested_person, requested_at,
      expires_at
    )
    values (
      ${one.connection_id}, ${one.operation}, ${one.need}, ${one.object}, ${JSON.stringify(one.shown)}::text::jsonb,
      '', ${one.requested_by}, ${one.requested_person}, ${one.at}, ${one.expires_at}
    )
    returning approval_id`;
  const { approval_id } = created;
  const sealed = await seal(keyring, placeOf(one.connection_id, approval_id), JSON.stringify(one.held));
  await tx`update approval set request_sealed = ${sealed} where approval_id = ${approval_id}`;
  return approval_id;
}

export interface ApprovalFilter {
  readonly approval_id?: number | undefined;
  /** Only of these connections; null for all. */
  readonly connections: readonly number[] | null;
  readonly states?: readonly ApprovalState[] | undefined;
  readonly before?: number | undefined;
  readonly limit: number;
}

/** Newest first. One whose time is over reads as expired, whether or not somebody has closed it yet. */
export async function selectApprovals(
  sql: Sql | Tx,
  filter: ApprovalFilter,
  now: Date,
): Promise<StoredApproval[]> {
  const { approval_id = null, connections, states = null, before = null, limit } = filter;
  return await sql<StoredApproval[]>`
    select approval_id, connection_id, operation, need, object, shown, requested_by, requested_person, requested_at,
      expires_at, state, decided_by, decided_at, result
    from approval
    cross join lateral (
      select coalesce(decision, case when expires_at <= ${now} then 'expired' else 'pending' end) as state
    ) s
    where (${approval_id}::bigint is null or approval_id = ${approval_id})
      and (${connections}::integer[] is null or connection_id = any (${connections}))
      and (${states}::text[] is null or state = any (${states}))
      and (${before}::bigint is null or approval_id < ${before})
    order by approval_id desc
    limit ${limit}`;
}

/** What was asked for; undefined once it is decided. Nobody else decides about it before the transaction ends. */
export async function openHeldInTx(
  tx: Tx,
  keyring: Keyring,
  { approval_id, connection_id }: Pick<StoredApproval, 'approval_id' | 'connection_id'>,
): Promise<Held | undefined> {
  const [row] = await tx<{ request_sealed: string | null }[]>`
    select request_sealed from approval where approval_id = ${approval_id} for update`;
  if (!row?.request_sealed) return undefined;
  return JSON.parse(await unseal(keyring, placeOf(connection_id, approval_id), row.request_sealed));
}

/** Notes the decision and forgets what was held. */
export async function decideInTx(
  tx: Tx,
  approval_id: number,
  decision: {
    readonly decision: Exclude<ApprovalState, 'pending'>;
    readonly by: string;
    readonly at: Date;
    readonly result?: string | undefined;
  },
): Promise<void> {
  await tx`
    update approval set decision = ${decision.decision}, decided_by = ${decision.by}, decided_at = ${decision.at},
      result = ${decision.result ?? null}, request_sealed = null
    where approval_id = ${approval_id}`;
}

/** How many wait, in all and of one person, so that nobody fills the table. */
export async function countPendingInTx(tx: Tx, person: string): Promise<{ all: number; theirs: number }> {
  const [row] = await tx<[{ all: number; theirs: number }]>`
    select count(*)::int as all, (count(*) filter (where requested_person = ${person}))::int as theirs
    from approval where decision is null`;
  return row;
}
