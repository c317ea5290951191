/**
 * What may be repeated of an error's body. The codes and diagnostics of an OperationOutcome, and an OAuth
 * error, are meant to be read by the operator. For anything else (login pages, stack traces) only its kind
 * and length are given, since nobody knows what it contains. Query strings (signatures) and tokens are cut
 * out of what is repeated.
 */
import { z } from 'zod';
import { clean } from '../step/clean.ts';
import { readText } from './http.ts';

export interface ErrorBody {
  /** One line, for people. */
  readonly text: string;
  /** `issue.code` of an OperationOutcome, such as "transient" or "throttled". */
  readonly issueCodes: readonly string[];
  /** `error` of an OAuth error (RFC 6749 section 5.2). */
  readonly oauthError: string | undefined;
}

const Outcome = z.object({
  resourceType: z.literal('OperationOutcome'),
  issue: z
    .array(
      z.object({
        severity: z.string().catch('error'),
        code: z.string().catch('unknown'),
        diagnostics: z.string().optional().catch(undefined),
        details: z
          .object({ text: z.string().optional().catch(undefined) })
          .optional()
          .catch(undefined),
      }),
    )
    .catch([]),
});

const OAuthError = z.object({
  error: z.string().regex(/^[\x20-\x7e]{1,100}$/),
  error_description: z.string().optional().catch(undefined),
});

export async function readErrorBody(response: Response): Promise<ErrorBody> {
  let text: string;
  try {
    text = await readText(response, 64 * 1024, 10_000);
  } catch {
    return { text: 'a body that could not be read', issueCodes: [], oauthError: undefined };
  }
  return describeErrorBody(text, response.headers.get('content-type'));
}

export function describeErrorBody(text: string, contentType: string | null): ErrorBody {
  const json = parse(text);
  const outcome = Outcome.safeParse(json);
  if (outcome.success) {
    const issues = outcome.data.issue.slice(0, 3).map((issue) => {
      const said = issue.diagnostics ?? issue.details?.text;
      return `${clean(issue.severity, 20)} ${clean(issue.code, 40)}${said ? `: ${clean(said, 200)}` : ''}`;
    });
    return {
      text: `OperationOutcome (${issues.join('; ') || 'without issues'})`,
      issueCodes: outcome.data.issue.map((issue) => issue.code),
      oauthError: undefined,
    };
  }
  const oauth = OAuthError.safeParse(json);
  if (oauth.success) {
    const { error, error_description: said } = oauth.data;
    return {
      text: `${clean(error, 100)}${said ? `: ${clean(said, 200)}` : ''}`,
      issueCodes: [],
      oauthError: error,
    };
  }
  const kind = contentType?.split(';')[0]?.trim() || 'no content type';
  return {
    text: `${Buffer.byteLength(text)} bytes of ${clean(kind, 60)}`,
    issueCodes: [],
    oauthError: undefined,
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
