/**
 * What the doctor says of the EHRs' servers: whether they can be reached from here, and whether their clock and ours
 * agree, by the Date of their answer. They are asked for their metadata, without a token.
 */
import type { Sql } from '../../sql/connect.ts';
import { readConnection } from '../connection/connection.ts';
import { requestMetadata } from '../fhir/capability.ts';
import { ehrHttp } from '../fhir/ehr-http.ts';
import type { Outbound } from '../outbound/outbound.ts';
import { describeError } from '../step/describe-error.ts';
import type { Finding } from './finding.ts';

const LONGEST_MS = 10_000;
/** Asked at once. */
const TOGETHER = 8;
/** Assertions say when they were made; servers allow a minute or so, and Date has whole seconds. */
const ADVISED_SECONDS = 10;
const WRONG_SECONDS = 60;

export async function* serversOf(sql: Sql, outbound: Outbound): AsyncGenerator<Finding> {
  const sites = await sql<{ connection_id: number; site_key: string }[]>`
    select connection_id, site_key from connection where is_active and fhir_base_url is not null order by site_key`;
  for (let at = 0; at < sites.length; at += TOGETHER) {
    yield* await Promise.all(sites.slice(at, at + TOGETHER).map((site) => serverOf(sql, outbound, site)));
  }
}

async function serverOf(
  sql: Sql,
  outbound: Outbound,
  { connection_id, site_key }: { readonly connection_id: number; readonly site_key: string },
): Promise<Finding> {
  const what = `server of ${site_key}`;
  try {
    const connection = await readConnection(sql, connection_id);
    const sent = Date.now();
    const http = ehrHttp(outbound, connection, { timeoutMs: LONGEST_MS });
    const answer = await requestMetadata(connection.fhir_base_url ?? '', undefined, http);
    const received = Date.now();
    await answer.body?.cancel();
    const date = Date.parse(answer.headers.get('date') ?? '');
    const said = `answers with ${answer.status} after ${received - sent} ms`;
    if (Number.isNaN(date)) return { state: 'well', what, found: `${said}; it does not say its time` };
    // The second that it names may have begun before the question, and have ended after the answer.
    const behind = Math.max(0, sent - date - 1000, date - received) / 1000;
    return judged(what, said, Math.round(behind), date < sent);
  } catch (error) {
    const { message } = describeError(error);
    return { state: 'wrong', what, found: message, todo: `npm run cli -- connections test ${site_key}` };
  }
}

function judged(what: string, said: string, seconds: number, isBehind: boolean): Finding {
  if (seconds < ADVISED_SECONDS) return { state: 'well', what, found: `${said}; its clock and ours agree` };
  return {
    ...{ state: seconds >= WRONG_SECONDS ? 'wrong' : 'advice', what },
    found: `${said}; its clock is ${seconds} s ${isBehind ? 'behind' : 'ahead of'} ours`,
    todo: 'Let this machine keep time (NTP); if it does, tell the operator of the EHR: signed assertions are refused where clocks differ.',
  };
}
