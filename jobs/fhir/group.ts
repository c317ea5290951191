/** A Group: whether the server has it (some answer an export of none with nothing, and no word), and who is in it. */
import { z } from 'zod';
import type { Connection } from '../connection/connection.ts';
import { syncError } from '../step/errors.ts';
import { readErrorBody } from './error-body.ts';
import { type HttpOptions, send, under } from './http.ts';
import { readResource } from './read.ts';
import { type SearchOptions, type SearchPage, searchPage, searchUrl } from './search.ts';
import type { TokenSource } from './token/access-token.ts';

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

/**
 * Ids of the Patients that are members of a Group now (FHIR R4, group.html): neither those that have become inactive nor
 * what is no Patient. A Group that names nobody is asked for by its members, as servers have it that page them.
 */
export async function membersOf(
  connection: Connection,
  tokens: TokenSource,
  groupId: string,
  options: SearchOptions,
): Promise<string[]> {
  const answer = await readResource(connection, tokens, { type: 'Group', id: groupId }, options);
  if (answer.kind !== 'found') throw syncError('group-not-found');
  const group = Members.safeParse(JSON.parse(answer.bytes.toString()));
  const member = group.data?.member;
  if (!group.success)
    throw syncError('search-unreadable', { bytes: answer.bytes.length, found: 'it is no Group' });
  if (member !== undefined) {
    return member.flatMap(({ inactive, entity }) => {
      const id = inactive === true ? undefined : PATIENT.exec(entity?.reference ?? '')?.[1];
      return id === undefined ? [] : [id];
    });
  }
  const ids: string[] = [];
  const seen = new Set<string>();
  let url: string | undefined = searchUrl(connection.fhir_base_url ?? '', 'Patient', [
    ['_has:Group:member:_id', groupId],
    ['_count', '1000'],
  ]);
  while (url !== undefined) {
    if (seen.has(url) || seen.size > MOST_PAGES) throw syncError('search-in-circles');
    seen.add(url);
    const page: SearchPage = await searchPage(connection, tokens, url, options);
    for (const { bytes } of page.entries) {
      const patient = Patient.safeParse(JSON.parse(bytes.toString()));
      if (patient.success) ids.push(patient.data.id);
    }
    url = page.next;
  }
  return ids;
}

const PATIENT = /(?:^|\/)Patient\/([A-Za-z0-9.\-_]{1,200})(?:\/_history\/.{1,100})?$/;
const MOST_PAGES = 1000;
const Patient = z.object({ resourceType: z.literal('Patient'), id: z.string().min(1).max(1000) });
const Members = z.object({
  resourceType: z.literal('Group'),
  member: z
    .array(
      z.object({
        inactive: z.boolean().optional().catch(undefined),
        entity: z
          .object({ reference: z.string().max(4000).optional() })
          .optional()
          .catch(undefined),
      }),
    )
    .optional(),
});
