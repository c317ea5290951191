/**
 * Reads the manifest's `error` (later: `outcome`) files, which tell what the server could not export. Issues
 * of severity error and fatal are failures of the run and hold the watermark, since what is missing now must
 * be asked for again. Lesser issues are counted for the operator. Only codes are repeated; the words go where the
 * connection keeps what servers say (connection/server-text.ts), or nowhere.
 */
import type { Tx } from '../../sql/connect.ts';
import { keepServerTextInTx } from '../connection/server-text.ts';
import { issueCode, severityOf } from '../fhir/issue-codes.ts';
import { excessOf } from '../lines/extent.ts';
import { textOf } from '../lines/read-lines.ts';
import { split } from '../lines/split.ts';
import type { LoadContext } from '../load/context.ts';
import { SERVER_ERROR } from '../run/missing-parts.ts';
import { countInTx, notice } from '../run/notices.ts';

export async function recordServerErrors(tx: Tx, context: LoadContext, text: Buffer): Promise<void> {
  const remarks = new Map<string, number>();
  const texts: string[] = [];
  for (const { line, start, end } of split(text)) {
    const bytes = text.subarray(start, end);
    const content = textOf(bytes);
    if (content === '') continue;
    const issues = excessOf(bytes) ? UNREADABLE : issuesOf(content, context.connection.export_resource_types);
    for (const { severity, code, type, said } of issues) {
      if (said !== undefined && texts.length < MOST_TEXTS) texts.push(said);
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
  await keepServerTextInTx(
    tx,
    { connection_id: context.connectionId, run_id: context.runId, now: context.now },
    texts.map((text) => ({ step: 'map', code: SERVER_ERROR, status: null, text })),
  );
  for (const [subject, amount] of remarks) {
    await countInTx(tx, context.runId, context.now, notice('server-remark', {}, { subject, amount }));
  }
}

const REMARKS = new Set(['information', 'warning', 'success']);

interface Issue {
  readonly severity: string;
  readonly code: string;
  /** The requested resource type that the issue names. */
  readonly type: string | undefined;
  /** Its words, for nobody but connection/server-text.ts. */
  readonly said: string | undefined;
}

/** Of one chunk; servers repeat themselves. */
const MOST_TEXTS = 50;

const UNREADABLE: readonly Issue[] = [
  { severity: 'error', code: 'unreadable', type: undefined, said: undefined },
];

/**
 * An outcome that cannot be read counts as an error.
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
    const words = new Set(JSON.stringify(issue).split(/[^A-Za-z]+/));
    return [
      {
        severity: severityOf(Reflect.get(issue, 'severity')),
        code: issueCode(Reflect.get(issue, 'code')),
        type: types.find((type) => words.has(type)),
        said: wordsOf(issue),
      },
    ];
  });
}

function wordsOf(issue: object): string | undefined {
  const details: unknown = Reflect.get(issue, 'details');
  const text: unknown =
    typeof details === 'object' && details !== null ? Reflect.get(details, 'text') : undefined;
  const said = [Reflect.get(issue, 'diagnostics'), text].filter(
    (one): one is string => typeof one === 'string' && one !== '',
  );
  return said.length > 0 ? said.join('; ') : undefined;
}
