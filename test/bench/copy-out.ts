/**
 * COPY … TO a file, on a connection of its own that is closed afterwards. postgres.js 3.4 pauses the socket
 * while the file is slower than the server. When that happens at the last bytes, nobody resumes it and the
 * connection never answers again. All data have arrived by then, so nothing is missing.
 */
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { connect } from '../../sql/connect.ts';
import { DEFAULT_SCHEMAS } from '../../sql/default-schemas.ts';

export async function copyOut(url: string, table: string, file: string): Promise<void> {
  const sql = connect(url, DEFAULT_SCHEMAS, { max: 1 });
  const rows = await sql.unsafe(`copy ${table} to stdout`).readable();
  await pipeline(rows, createWriteStream(file));
  await sql.end({ timeout: 0 });
}
