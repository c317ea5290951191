/**
 * Reads the manifest's `error` (later: `outcome`) files, which tell what the server could not export. Issues
 * of severity error and fatal are failures of the run and hold the watermark, since what is missing now must
 * be asked for again. Lesser issues are counted for the operator.
 */
import type { Tx } from '../../sql/connect.ts';
import { excessOf } from '../lines/extent.ts';
import { textOf } from '../lines/read-lines.ts';
import { split } from '../lines/split.ts';
import type { LoadContext } from '../load/context.ts';
import { SERVER_ERROR } from '../run/missing-parts.ts';
import { countInTx } from '../run/notices.ts';

export async function recordServerErrors(tx: Tx, context: LoadContext, text: Buffer): Promise<void> {
  const remarks = new Map<string, number>();
  for (const { line, start, end } of split(text)) {
    const bytes = text.subarray(start, end);
    const content = textOf(bytes);
    if (content === '') continue;
    const issues = excessOf(bytes) ? UNREADABLE : issuesOf(content, context.connection.export_resource_types);
    for (const { severity, code, type } of issues) {
      if (REMARKS.has(severity)) {
        const subject = `${severity} ${code}${type ? ` ${type}` : ''}`;
        remarks.set(subject, (remarks.get(subject) ?? 0) + 1);
        continue;
      }
      await tx`
        insert into failure (connection_id, run_id, chunk_id, chunk_line, resource_type, reason, field)
        values (${context.connectionId}, ${context.runId}, ${context.chunkId}, ${line}, ${type ?? 'OperationOutcome'},
          ${SERVER_ERROR}, ${code})`;
    }
  }
  for (const [subject, amount] of remarks) {
    await countInTx(tx, context.runId, context.now, {
      ...{ code: 'server-remark', subject, amount },
      message:
        'The server said this of the export, in an OperationOutcome beside the data. The watermark is not held for it.',
    });
  }
}

const REMARKS = new Set(['information', 'warning', 'success']);

interface Issue {
  readonly severity: string;
  readonly code: string;
  /** The requested resource type that the issue names. */
  readonly type: string | undefined;
}

const UNREADABLE: readonly Issue[] = [{ severity: 'error', code: 'unreadable', type: undefined }];

/**
 * Takes only severity, code and type of each issue, since its text may hold anything. An outcome that cannot
 * be read counts as an error.
 */
function issuesOf(content: string, types: readonly string[]): readonly Issue[] {
  let outcome: unknown;
  try {
    outcome = JSON.parse(content);
  } catch {
    return UNREADABLE;
  }
  const issues: unknown =
    typeof outcome === 'object' && outcome !== null ? Reflect.get(outcome, 'issue') : undefined;
  if (!Array.isArray(issues)) return UNREADABLE;
  return issues.flatMap((issue: unknown) => {
    if (typeof issue !== 'object' || issue === null) return [];
    const severity: unknown = Reflect.get(issue, 'severity');
    const code: unknown = Reflect.get(issue, 'code');
    const said = new Set(JSON.stringify(issue).split(/[^A-Za-z]+/));
    return [
      {
        severity: typeof severity === 'string' && /^[a-z]{1,20}$/.test(severity) ? severity : 'error',
        code: typeof code === 'string' && /^[a-z-]{1,40}$/.test(code) ? code : 'unknown',
        type: types.find((type) => said.has(type)),
      },
    ];
  });
}
