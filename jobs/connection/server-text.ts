/**
 * What servers say in words when they refuse something. It may name a patient or a secret, so it is kept only where the
 * connection asks for it (sync_config.retention.server_text_hours), for as long, and shown to administrators alone. No
 * message, log line, job or alert repeats it.
 */
import type { Sql, Tx } from '../../sql/connect.ts';
import { clean } from '../step/clean.ts';

export interface ServerText {
  readonly step: string;
  /** Of the error that was made of the answer. */
  readonly code: string;
  /** HTTP status; null where the words came in a file. */
  readonly status: number | null;
  /** As the server sent it. */
  readonly text: string;
}

/** Of each; what is longer is cut. */
const LONGEST = 1000;

const HOURS = (tx: Sql | Tx) => tx`coalesce((c.sync_config #>> '{retention,server_text_hours}')::integer, 0)`;

/** Keeps nothing where the connection does not want it. The same words again are counted. */
export async function keepServerTextInTx(
  tx: Sql | Tx,
  of: { readonly connection_id?: number; readonly run_id: number | null; readonly now: Date },
  texts: readonly ServerText[],
): Promise<void> {
  for (const { step, code, status, text } of texts) {
    await tx`
      insert into server_text (connection_id, run_id, step, code, status, text, said_at, expires_at)
      select c.connection_id, ${of.run_id}::bigint, ${step}, ${code}, ${status}::integer, ${clean(text, LONGEST)},
        ${of.now}::timestamptz, ${of.now}::timestamptz + make_interval(hours => ${HOURS(tx)})
      from connection c
      where c.connection_id = coalesce(${of.connection_id ?? null}::integer,
          (select connection_id from run where run_id = ${of.run_id}::bigint))
        and ${HOURS(tx)} > 0
      on conflict (connection_id, code, md5(text)) do update set times = server_text.times + 1,
        run_id = excluded.run_id, step = excluded.step, status = excluded.status, said_at = excluded.said_at,
        expires_at = excluded.expires_at`;
  }
}

/** Lets go what has expired, and what connections have of which nothing is to be kept any more. */
export async function forgetServerTextInTx(tx: Tx, now: Date): Promise<void> {
  await tx`
    delete from server_text t using connection c
    where c.connection_id = t.connection_id and (t.expires_at <= ${now} or ${HOURS(tx)} = 0)`;
}

export async function forgetAllServerTextInTx(tx: Tx, connectionId: number): Promise<void> {
  await tx`delete from server_text where connection_id = ${connectionId}`;
}

export interface KeptText extends ServerText {
  readonly server_text_id: number;
  readonly run_id: number | null;
  readonly times: number;
  readonly said_at: Date;
  readonly expires_at: Date;
}

/** Newest first. What has expired is not shown, even where nothing has run since to let it go. */
export function readServerText(
  sql: Sql,
  of: { readonly connection_id: number; readonly before?: number | undefined; readonly limit: number },
  now: Date,
): Promise<KeptText[]> {
  return sql<KeptText[]>`
    select t.server_text_id, t.run_id, t.step, t.code, t.status, t.text, t.times, t.said_at, t.expires_at
    from server_text t join connection c using (connection_id)
    where t.connection_id = ${of.connection_id} and t.expires_at > ${now} and ${HOURS(sql)} > 0
      and (${of.before ?? null}::bigint is null or t.server_text_id < ${of.before ?? null})
    order by t.server_text_id desc
    limit ${of.limit}`;
}
