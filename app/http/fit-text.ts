/**
 * No text of a request holds what no text needs: NUL and other control characters (which databases, logs and terminals
 * read as something else) and halves of characters. Checked here for all of it, before any operation reads a field.
 * Line ends and tabs are text; an imported file has its own reader.
 */
import type { MiddlewareHandler } from 'hono';
import type { AppEnv } from '../app-env.ts';
import { problem } from '../problems.ts';

/** Deeper than any document of the API; zod and the database go down by recursion. */
const DEEPEST = 64;

export const fitText: MiddlewareHandler<AppEnv> = async (c, next) => {
  refuse('path', unfit(decoded(c.req.path)));
  for (const [name, values] of Object.entries(c.req.queries())) {
    for (const text of [name, ...values]) refuse('query', unfit(text));
  }
  if (c.req.header('content-type')?.toLowerCase().includes('json') && !WITHOUT_BODY.has(c.req.method)) {
    const body: unknown = await c.req.json().catch(leaveToOperation);
    refuse('body', unfitWithin(body));
  }
  await next();
};

/** A body that is no JSON is told of by the operation; one that is too large, by its limit. */
function leaveToOperation(error: unknown): undefined {
  if (!(error instanceof SyntaxError)) throw error;
}

const WITHOUT_BODY = new Set(['GET', 'HEAD', 'DELETE']);

function refuse(where: string, fault: string | undefined): void {
  if (fault !== undefined) {
    throw problem('text-refused', `Expected text without control characters, got ${fault} in the ${where}.`);
  }
}

/** What is wrong with the text; undefined where nothing is. */
export function unfit(text: string): string | undefined {
  if (!text.isWellFormed()) return 'half a character (a lone surrogate)';
  const found = /[^\P{Cc}\t\n\r]/u.exec(text)?.[0].codePointAt(0);
  return found === undefined ? undefined : `U+${found.toString(16).toUpperCase().padStart(4, '0')}`;
}

/** The same for all names and texts of a JSON value. It goes down by a list of its own, whatever the depth. */
export function unfitWithin(value: unknown): string | undefined {
  const waiting: { readonly value: unknown; readonly depth: number }[] = [{ value, depth: 0 }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { value: one, depth } = next;
    if (typeof one === 'string') {
      const fault = unfit(one);
      if (fault !== undefined) return fault;
    } else if (typeof one === 'object' && one !== null) {
      if (depth >= DEEPEST) return `more than ${DEEPEST} levels`;
      for (const [name, part] of Object.entries(one)) {
        const fault = Array.isArray(one) ? undefined : unfit(name);
        if (fault !== undefined) return fault;
        waiting.push({ value: part, depth: depth + 1 });
      }
    }
  }
  return undefined;
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
