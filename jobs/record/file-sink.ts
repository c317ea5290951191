/**
 * The record as a file for a SIEM (AUDIT_FILE): a line of JSON a seal, in the order of the chain, exactly what was
 * sealed and each once. The last line says how far the file is; when another program has moved the file away, the
 * database knows. A line that a crash cut off is taken away and written again.
 */
import { type FileHandle, open } from 'node:fs/promises';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import type { Sql, Tx } from '../../sql/connect.ts';
import type { Clock } from '../step/clock.ts';
import { syncError } from '../step/errors.ts';
import { type Link, lockChainInTx } from './seal.ts';
import { deliveredInTx, noteDeliveredInTx, sealedAfterInTx, sealedText } from './sealed.ts';

const BATCH = 500;
/** Longer than any line: a tail of this size holds a whole one. */
const TAIL = 4 * 1024 * 1024;

/** Returns how many lines were added. Processes that write the same file take turns. */
export async function appendToFile(
  deps: { readonly sql: Sql; readonly clock: Clock },
  path: string,
): Promise<number> {
  const file = await open(resolve(path), 'a+', 0o600);
  try {
    let all = 0;
    for (;;) {
      const added = await deps.sql.begin((tx) => appendInTx(tx, file, path, deps.clock()));
      all += added;
      if (added < BATCH) return all;
    }
  } finally {
    await file.close();
  }
}

async function appendInTx(tx: Tx, file: FileHandle, path: string, now: Date): Promise<number> {
  await lockChainInTx(tx);
  const sink = `file:${hostname()}:${resolve(path)}`;
  const after = await position(tx, file, path, sink);
  const sealed = await sealedAfterInTx(tx, after, BATCH);
  const last = sealed.at(-1);
  if (!last) return 0;
  await file.write(sealed.map((one) => `${sealedText(one)}\n`).join(''));
  await file.sync();
  await noteDeliveredInTx(tx, sink, last.seal.seal_no, now);
  return sealed.length;
}

async function position(tx: Tx, file: FileHandle, path: string, sink: string): Promise<number> {
  const last = await lastLine(file);
  if (last) {
    const [seal] = await tx<Link[]>`select seal_no, hash from audit_seal where seal_no = ${last.seal_no}`;
    if (seal?.hash === last.hash) return last.seal_no;
    throw syncError('audit-file-differs', { file: path, seal_no: last.seal_no });
  }
  return await deliveredInTx(tx, sink);
}

/** The seal of the last whole line; takes away what stands behind it. */
async function lastLine(file: FileHandle): Promise<Link | undefined> {
  const { size } = await file.stat();
  const from = Math.max(0, size - TAIL);
  const tail = Buffer.alloc(size - from);
  await file.read(tail, 0, tail.length, from);
  const end = tail.lastIndexOf('\n');
  if (from + end + 1 < size) await file.truncate(from + end + 1);
  if (end < 0) return undefined;
  const line = tail.subarray(0, end).toString('utf8').split('\n').at(-1) ?? '';
  const [, number, hash] = /^\{"seal_no":(\d{1,15}),"hash":"([0-9a-f]{64})"/.exec(line) ?? [];
  return { seal_no: Number(number ?? -1), hash: hash ?? '' };
}
