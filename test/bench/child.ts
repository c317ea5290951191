/**
 * A part in a process of its own, asked and answering over IPC, so that its memory is its own and it can be
 * killed.
 */
import { fork } from 'node:child_process';

export interface Child {
  readonly pid: number;
  /** Rejects when the part answers with an error, or dies before it answers. */
  ask(question: string, data?: unknown): Promise<unknown>;
  kill(): Promise<void>;
  /** Resolves when the process is gone. */
  readonly gone: Promise<void>;
}

export interface ChildOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Flags of Node. */
  readonly flags?: readonly string[];
}

interface Reply {
  readonly id: number;
  readonly answer?: unknown;
  readonly error?: string;
}

export function startChild(file: string, options: ChildOptions = {}): Child {
  const env = { PATH: process.env['PATH'], LOG_LEVEL: process.env['LOG_LEVEL'] ?? 'silent', ...options.env };
  const child = fork(file, [], { env, execArgv: [...(options.flags ?? [])], serialization: 'advanced' });
  const open = new Map<number, { resolve: (answer: unknown) => void; reject: (error: Error) => void }>();
  let next = 0;
  child.on('message', (reply: Reply) => {
    const asked = open.get(reply.id);
    open.delete(reply.id);
    if (reply.error === undefined) asked?.resolve(reply.answer);
    else asked?.reject(new Error(reply.error));
  });
  const gone = new Promise<void>((resolve) => {
    child.once('exit', (code, signal) => {
      for (const { reject } of open.values()) {
        reject(new Error(`${file} ended (${signal ?? `exit code ${code}`}) before it answered`));
      }
      open.clear();
      resolve();
    });
  });
  return {
    pid: child.pid ?? 0,
    gone,
    ask(question, data) {
      const id = next++;
      return new Promise((resolve, reject) => {
        open.set(id, { resolve, reject });
        child.send({ id, question, data }, (error) => error && reject(error));
      });
    },
    async kill() {
      child.kill('SIGKILL');
      await gone;
    },
  };
}

/** The other side: answers questions by name until the parent goes. */
export function answer(answers: Readonly<Record<string, (data: unknown) => Promise<unknown>>>): void {
  const tell = (reply: Reply) => process.send?.(reply);
  process.on('message', ({ id, question, data }: { id: number; question: string; data: unknown }) => {
    const answering = answers[question]?.(data) ?? Promise.reject(new Error(`no such question: ${question}`));
    answering.then(
      (given) => tell({ id, answer: given }),
      (error: unknown) =>
        tell({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
    );
  });
  process.on('disconnect', () => process.exit(0));
}
