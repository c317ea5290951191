/** Whether the server has the Group that is to be exported: some answer an export of none with nothing, and no word. */
import { readErrorBody } from './error-body.ts';
import { type HttpOptions, send, under } from './http.ts';

export interface GroupFound {
  /** undefined where it may not be looked up. */
  readonly isThere: boolean | undefined;
  /** What was found, for people. */
  readonly detail: string;
  readonly status: number;
  /** The server's words, for nobody but connection/server-text.ts. */
  readonly said?: string | undefined;
}

export async function lookUpGroup(
  base: string,
  groupId: string,
  token: string,
  options: HttpOptions,
): Promise<GroupFound> {
  const url = under(base, `Group/${encodeURIComponent(groupId)}`);
  const headers = { accept: 'application/fhir+json', authorization: `Bearer ${token}` };
  const response = await send(url, { headers }, options);
  const { status } = response;
  const isPage = /html/i.test(response.headers.get('content-type') ?? '');
  if (status === 200 && !isPage) {
    // It may list thousands of members.
    await response.body?.cancel();
    return { isThere: true, detail: 'The Group is there.', status };
  }
  const { text, said } = await readErrorBody(response);
  if (status === 404 || status === 410) {
    return {
      isThere: false,
      ...{ status, said },
      detail:
        `The server answered the question for the Group with ${status}: ${text}. Check group_id: an export of a Group ` +
        'that is not there may be empty without a word.',
    };
  }
  return {
    isThere: undefined,
    ...{ status, said },
    detail: `The Group could not be looked up (${status}: ${text}), which an export may not need.`,
  };
}
