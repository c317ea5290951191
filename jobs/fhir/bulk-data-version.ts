/**
 * Which version of the Bulk Data guide a server speaks, by its CapabilityStatement. It matters for version 4, which
 * knows no GET kick-off. A server that cannot be asked, or says nothing, is taken for one of 1 to 3, as all in use are.
 */
import type { Connection } from '../connection/connection.ts';
import { SyncError } from '../step/errors.ts';
import { readCapability, requestMetadata } from './capability.ts';
import { readJson } from './http.ts';

export async function askBulkDataVersion(connection: Connection): Promise<number | undefined> {
  if (!connection.fhir_base_url) return undefined;
  try {
    const allowHttp = connection.config.allow_http;
    const response = await requestMetadata(connection.fhir_base_url, undefined, {
      allowHttp,
      timeoutMs: 30_000,
    });
    if (response.status === 200) return readCapability(await readJson(response))?.bulkDataVersion;
    await response.body?.cancel();
  } catch (error) {
    if (!(error instanceof SyncError)) throw error;
  }
  return undefined;
}
