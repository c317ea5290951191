/**
 * What may be repeated of an error's body: the codes of an OperationOutcome or an OAuth error (issue-codes.ts), and of
 * anything else (login pages, stack traces) its kind and length. Its words may name a patient or a secret, so they
 * travel apart, as `said`, and are kept only where the connection asks for it (connection/server-text.ts).
 */
import { z } from 'zod';
import { clean } from '../step/clean.ts';
import { readText } from './http.ts';
import { detailCode, issueCode, oauthCode, severityOf } from './issue-codes.ts';

export interface ErrorBody {
  /** One line, for people: codes, kinds and lengths. */
  readonly text: string;
  /** `issue.code` of an OperationOutcome, such as "transient" or "throttled". */
  readonly issueCodes: readonly string[];
  /** `error` of an OAuth error (RFC 6749 section 5.2), where it is one that is registered. */
  readonly oauthError: string | undefined;
  /** The server's words as they came, at most 4,000 characters. For no message, log or payload. */
  readonly said: string | undefined;
}

const words = z.string().optional().catch(undefined);
const Outcome = z.object({
  resourceType: z.literal('OperationOutcome'),
  issue: z
    .array(
      z.object({
        severity: z.unknown().optional(),
        code: z.unknown().optional(),
        diagnostics: words,
        details: z
          .object({
            text: words,
            coding: z
              .array(z.object({ code: z.unknown().optional(), display: words }))
              .optional()
              .catch(undefined),
          })
          .optional()
          .catch(undefined),
      }),
    )
    .catch([]),
});

const OAuthError = z.object({ error: z.string().min(1), error_description: words });

const SHOWN = 3;
const MOST_SAID = 4000;
const WITHHELD = 'its words are withheld, see retention.server_text_hours';

export async function readErrorBody(response: Response): Promise<ErrorBody> {
  let text: string;
  try {
    text = await readText(response, 64 * 1024, 10_000);
  } catch {
    return {
      text: 'a body that could not be read',
      ...{ issueCodes: [], oauthError: undefined, said: undefined },
    };
  }
  return describeErrorBody(text, response.headers.get('content-type'));
}

export function describeErrorBody(text: string, contentType: string | null): ErrorBody {
  const json = parse(text);
  const outcome = Outcome.safeParse(json);
  if (outcome.success) return ofOutcome(outcome.data.issue);
  const oauth = OAuthError.safeParse(json);
  if (oauth.success) {
    const { error, error_description: description } = oauth.data;
    const known = oauthCode(error);
    const said = bounded([known === undefined ? error : undefined, description]);
    return {
      text: `${known ?? 'an error that OAuth does not know'}${said === undefined ? '' : ` (${WITHHELD})`}`,
      ...{ issueCodes: [], oauthError: known, said },
    };
  }
  const kind = mediaType(contentType);
  return {
    text: `${Buffer.byteLength(text)} bytes of ${kind}`,
    ...{ issueCodes: [], oauthError: undefined, said: bounded([text]) },
  };
}

type Issue = z.infer<typeof Outcome>['issue'][number];

function ofOutcome(issues: readonly Issue[]): ErrorBody {
  const shown = issues.slice(0, SHOWN).map(({ severity, code, details }) => {
    const detail = details?.coding?.map((one) => detailCode(one.code)).find((one) => one !== undefined);
    return [severityOf(severity), issueCode(code), detail].filter((part) => part !== undefined).join(' ');
  });
  const said = bounded(
    issues.flatMap(({ diagnostics, details }) => [
      diagnostics,
      details?.text,
      ...(details?.coding?.map(({ display }) => display) ?? []),
    ]),
  );
  const parts = [shown.join('; ') || 'without issues', ...(said === undefined ? [] : [WITHHELD])];
  return {
    text: `OperationOutcome (${parts.join('; ')})`,
    ...{ issueCodes: issues.map(({ code }) => issueCode(code)), oauthError: undefined, said },
  };
}

function bounded(parts: readonly (string | undefined)[]): string | undefined {
  const said = parts
    .slice(0, 20)
    .filter((part) => part !== undefined && part.trim() !== '')
    .join('; ')
    .slice(0, MOST_SAID);
  return said === '' ? undefined : said;
}

/** Only what is shaped like a media type: a header may say anything. */
function mediaType(contentType: string | null): string {
  const kind = /^\s{0,5}([a-z]{1,20}\/[a-z0-9.+-]{1,40})/i.exec(contentType ?? '')?.[1];
  if (kind) return clean(kind.toLowerCase(), 60);
  return contentType ? 'a content type that is none' : 'no content type';
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
