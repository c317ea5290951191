/**
 * The anchor: number and hash of the last seal, kept where whoever changes the database cannot reach (a log, a ticket,
 * a sheet of paper). Without one, nobody can tell a record whose end was cut off from one that is shorter.
 */
import type { Sql } from '../../sql/connect.ts';
import { syncError } from '../step/errors.ts';
import { type Link, lastSeal } from './seal.ts';

/** As it is written: "1234:5f2c…", number and 64 hexadecimal digits. */
export const anchorText = ({ seal_no, hash }: Link): string => `${seal_no}:${hash}`;

/** Fails with `audit-anchor-invalid`. */
export function readAnchor(text: string): Link {
  const [, number, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text.trim()) ?? [];
  if (number === undefined || hash === undefined) throw syncError('audit-anchor-invalid');
  return { seal_no: Number(number), hash };
}

export const presentAnchor = async (sql: Sql): Promise<string> => anchorText(await lastSeal(sql));
