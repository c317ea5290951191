/**
 * Changes of a connection that depend on how it is. `sync_config` is sent as a whole, so what somebody else changed
 * between reading and writing would be lost: it is written only while it is as it was read, and read anew otherwise.
 */
import { type ApiClient, must, type Schemas } from '../../openapi/client/index.ts';

type Connection = Schemas['Connection'];

/** Nobody changes a connection that often; a program that does is told by the API's words. */
const TRIES = 5;

/** The connection as it is now. `change` says what is to be written; nothing is written where that is empty. */
export async function changeConnection(
  api: ApiClient,
  id: number,
  change: (now: Connection) => Schemas['UpdateConnection'],
): Promise<Connection> {
  const path = { id };
  for (let tries = 1; ; tries += 1) {
    const read = await api.GET('/api/v1/admin/fhir-connections/{id}', { params: { path } });
    const now = must(read);
    const body = change(now);
    if (Object.keys(body).length === 0) return now;
    const etag = read.response.headers.get('etag');
    const header = etag === null ? {} : { 'if-match': etag };
    const written = await api.PUT('/api/v1/admin/fhir-connections/{id}', { params: { path, header }, body });
    if (written.response.status !== 412 || tries === TRIES) return must(written);
  }
}
