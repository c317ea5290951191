/**
 * Makes transactions end with their connection. In postgres.js 3.4 `begin` rejects when the connection is
 * lost, but the function that it was given goes on. The next query of that function may be written to a
 * socket that is gone, which ends the process (a TypeError out of a timer). Or, when the pool has reconnected
 * that client meanwhile, the query runs there by itself, outside any transaction, and half a step is
 * committed. Two rules prevent this:
 *
 * - After the loss, every further query of the transaction throws before it is sent. So does each after the function has
 *   failed: of several things that it did at once the others may go on, while postgres.js rolls back.
 * - A function that ends after the loss, or fails because of it, never reports back to postgres.js, which
 *   would send COMMIT or ROLLBACK on the lost connection. The caller has the error from `begin` already.
 */
type Work = (tx: object) => unknown;
type Begin = (...args: unknown[]) => Promise<unknown>;

export function guardTransactions<S extends { begin: unknown }>(sql: S): S {
  const begin: Begin = async (...args) => {
    const work = args.at(-1);
    if (typeof work !== 'function') throw new TypeError('begin: expected a function');
    const state: State = { ended: undefined };
    try {
      return await (sql.begin as unknown as Begin)(
        ...args.slice(0, -1),
        guardWork(work as Work, state, true),
      );
    } catch (error) {
      // An error of the work itself counts as well: a query that the work did not wait for must not be sent
      // either.
      state.ended = error;
      throw error;
    }
  };
  return new Proxy(sql, {
    get: (target, name) => (name === 'begin' ? begin : Reflect.get(target, name)),
  });
}

interface State {
  /** Why nothing more may be sent. */
  ended: unknown;
}

/** `whole`: no savepoint, after whose failure the transaction may go on. */
function guardWork(work: Work, state: State, whole: boolean): Work {
  return async (tx) => {
    try {
      const result = await work(guard(tx, state));
      return state.ended ? await never() : result;
    } catch (error) {
      if (state.ended || isLoss(error)) return await never();
      if (whole) state.ended = error;
      throw error;
    }
  };
}

const never = () => new Promise<never>(() => {});

function guard(tx: object, state: State): object {
  return new Proxy(tx, {
    apply(target, self, args) {
      refuseIfEnded(state);
      return Reflect.apply(target as (...all: unknown[]) => unknown, self, args);
    },
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (name === 'savepoint' && typeof member === 'function') {
        return (...args: unknown[]) => {
          refuseIfEnded(state);
          return member(...args.slice(0, -1), guardWork(args.at(-1) as Work, state, false));
        };
      }
      if (name === 'unsafe') refuseIfEnded(state);
      return member;
    },
  });
}

function refuseIfEnded(state: State): void {
  if (state.ended)
    throw new Error('the transaction has ended: it failed, or its connection was lost', {
      cause: state.ended,
    });
}

/**
 * Whether the error has one of the client's own codes, or is one after which the server hangs up (a shutdown,
 * or termination by an administrator).
 */
function isLoss(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code: unknown = Reflect.get(error, 'code');
  if (typeof code === 'string' && (code.startsWith('CONNECTION_') || LOST.has(code))) return true;
  return Reflect.get(error, 'severity') === 'FATAL';
}

const LOST = new Set(['ECONNRESET', 'EPIPE', 'ETIMEDOUT']);
