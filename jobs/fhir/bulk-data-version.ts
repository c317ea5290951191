/**
 * Finds out from a server's CapabilityStatement which version of the Bulk Data guide it speaks. The answer
 * matters for version 4, which has no GET kick-off. A server that cannot be asked, or does not say, is taken
 * to speak one of versions 1 to 3, as all servers in use do.
 */
import type { Connection } from '../connection/connection.ts';
import type { Outbound } from '../outbound/outbound.ts';
import { SyncError } from '../step/errors.ts';
import { readCapability, requestMetadata } from './capability.ts';
import { ehrHttp } from './ehr-http.ts';
import { readJson } from './http.ts';

export async function askBulkDataVersion(
  outbound: Outbound,
  connection: Connection,
): Promise<number | undefined> {
  if (!connection.fhir_base_url) return undefined;
  try {
    const http = ehrHttp(outbound, connection, { timeoutMs: 30_000 });
    const response = await requestMetadata(connection.fhir_base_url, undefined, http);
    if (response.status === 200) return readCapability(await readJson(response))?.bulkDataVersion;
    await response.body?.cancel();
  } catch (error) {
    if (!(error instanceof SyncError)) throw error;
  }
  return undefined;
}
