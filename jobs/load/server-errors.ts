/**
 * The manifest's `error` (later: `outcome`) files: what the server could not export. Issues of severity error and
 * fatal are failures of the run and hold the watermark: what is missing now must be asked for again.
 */
import type { Tx } from '../../sql/connect.ts';
import type { BatchContext } from './batch.ts';

export const SERVER_ERROR = 'server-reported-error';

export async function recordServerErrors(tx: Tx, context: BatchContext, text: Buffer): Promise<void> {
  const lines = text.toString('utf8').split('\n');
  for (const [line, content] of lines.entries()) {
    if (content.trim() === '') continue;
    for (const field of issuesOf(content)) {
      await tx`
        insert into failure (connection_id, run_id, chunk_id, chunk_line, resource_type, reason, field)
        values (${context.connectionId}, ${context.runId}, ${context.chunkId}, ${line}, 'OperationOutcome', ${SERVER_ERROR}, ${field})`;
    }
  }
}

/** Issue code of each issue of severity error or fatal; the line itself when it cannot be read. */
function issuesOf(content: string): string[] {
  let outcome: unknown;
  try {
    outcome = JSON.parse(content);
  } catch {
    return ['unreadable'];
  }
  const issues: unknown =
    typeof outcome === 'object' && outcome !== null ? Reflect.get(outcome, 'issue') : undefined;
  if (!Array.isArray(issues)) return ['unreadable'];
  return issues.flatMap((issue: unknown) => {
    if (typeof issue !== 'object' || issue === null) return [];
    const severity: unknown = Reflect.get(issue, 'severity');
    const code: unknown = Reflect.get(issue, 'code');
    if (severity === 'information' || severity === 'warning' || severity === 'success') return [];
    return [typeof code === 'string' && /^[a-z-]{1,40}$/.test(code) ? code : 'unknown'];
  });
}
