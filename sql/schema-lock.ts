/** One who changes the schema, its version or the roles at a time, in any process. */
import type { Sql, Tx } from './connect.ts';

/** Advisory lock, also of the embedded server's logins. */
const SCHEMA_LOCK = 7_204_513_377;

/** A connection of one's own. */
export type Session = Awaited<ReturnType<Sql['reserve']>>;

export async function lockSchemaInTx(tx: Sql | Tx | Session): Promise<void> {
  await tx`select pg_advisory_xact_lock(${SCHEMA_LOCK}::bigint)`;
}

/** On a connection without limits of time: building an index takes as long as it takes, and so does waiting for another. */
export async function withSchemaLock<T>(sql: Sql, work: (session: Session) => Promise<T>): Promise<T> {
  const session = await sql.reserve();
  try {
    await session`select set_config('statement_timeout', '0', false), set_config('lock_timeout', '0', false)`;
    await session`select pg_advisory_lock(${SCHEMA_LOCK}::bigint)`;
    return await work(session);
  } finally {
    await session`select pg_advisory_unlock(${SCHEMA_LOCK}::bigint)`.catch(() => {});
    await session
      .unsafe('reset statement_timeout; reset lock_timeout')
      .simple()
      .catch(() => {});
    session.release();
  }
}

/** What the work fails of is told, also where the connection is lost and takes no rollback any more. */
export async function inTransactionOf(session: Session, work: () => Promise<void>): Promise<void> {
  await session`begin`;
  try {
    await work();
    await session`commit`;
  } catch (error) {
    await session`rollback`.catch(() => {});
    throw error;
  }
}
