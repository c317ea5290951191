/**
 * Maps many codes of the worklist at once, some of them to 0: a person has decided that no concept fits, so they leave the
 * list. All of them or none. Each connection that uses one is mapped again once, and what that changes can be seen before.
 */
import type { Sql, Tx } from '../../sql/connect.ts';
import { type RemapReport, reportRemapInTx } from '../remap/report.ts';
import type { Clock } from '../step/clock.ts';
import type { Queue } from '../step/queue.ts';
import { ALWAYS, type Finding, type ProposedMap } from '../vocabulary/local-maps/local-map.ts';
import { writeMapsInTx } from '../vocabulary/local-maps/write.ts';
import { usersInTx } from '../vocabulary/unmapped/users.ts';
import { readUnmapped, type ToldCode } from '../vocabulary/unmapped/worklist.ts';
import { type Accepted, otherDomain, remapUsersInTx } from './map-unmapped-code.ts';

export interface Decision {
  readonly code_id: number;
  /** 0: no concept fits. */
  readonly target_concept_id: number;
}

export interface WantedMaps {
  readonly decisions: readonly Decision[];
  /** Let maps of the codes that are stored end, instead of refusing. */
  readonly replace: boolean;
  readonly remap: boolean;
  readonly triggered_by: string;
}

export interface Findings {
  readonly code_id: number;
  readonly findings: readonly Finding[];
}

/** What is said of codes; where one has an error nothing was written. */
export interface Written {
  readonly said: readonly Findings[];
  readonly refused: boolean;
  readonly remaps: Accepted['remaps'];
}

type Deps = { readonly queue: Queue; readonly clock: Clock };

export async function mapCodesInTx(tx: Tx, deps: Deps, wanted: WantedMaps): Promise<Written> {
  const written = await writeInTx(tx, wanted);
  if (written.refused || !wanted.remap) return { ...written, remaps: [] };
  return { ...written, remaps: await remapUsersInTx(tx, deps, mappedOf(wanted), wanted.triggered_by) };
}

/** What a remap would change once these maps were there: they are written, looked at, and taken back. */
export async function previewCodes(
  { sql, clock }: { readonly sql: Sql; readonly clock: Clock },
  wanted: WantedMaps,
): Promise<{ readonly said: readonly Findings[]; readonly changes: RemapReport | undefined }> {
  class TakenBack extends Error {}
  let seen: Awaited<ReturnType<typeof previewCodes>> | undefined;
  await sql
    .begin(async (tx) => {
      const { said, refused } = await writeInTx(tx, wanted);
      const users = refused ? [] : await usersInTx(tx, mappedOf(wanted));
      seen = { said, changes: refused ? undefined : await reportRemapInTx(tx, clock, undefined, users) };
      throw new TakenBack();
    })
    .catch((error: unknown) => {
      if (!(error instanceof TakenBack)) throw error;
    });
  if (!seen) throw new Error('the preview ended without a word');
  return seen;
}

/** Codes whose rows change; those that are mapped to 0 have it already. */
const mappedOf = ({ decisions }: WantedMaps): number[] =>
  decisions.filter((one) => one.target_concept_id !== 0).map((one) => one.code_id);

async function writeInTx(tx: Tx, { decisions, replace }: WantedMaps): Promise<Omit<Written, 'remaps'>> {
  const codes: (Decision & { readonly uses: readonly [ToldCode, ...ToldCode[]] })[] = [];
  for (const one of decisions) codes.push({ ...one, uses: await readUnmapped(tx, one.code_id) });
  const proposed = codes.map(
    ({ uses: [{ system, code, display }], target_concept_id }, index): ProposedMap => ({
      ...{ line: index + 1, source_code: code, source_concept_id: 0, target_concept_id, system },
      ...{ source_vocabulary_id: undefined, target_vocabulary_id: undefined },
      source_code_description: display ?? undefined,
      ...{ valid_start_date: ALWAYS.from, valid_end_date: ALWAYS.to },
    }),
  );
  const { findings } = await writeMapsInTx(tx, proposed, { apply: true, replace, none: true });
  const domains = await domainsOf(tx, decisions);
  const said = codes.map(({ code_id, uses, target_concept_id: target }, index) => ({
    code_id,
    findings: [
      ...findings.filter(({ line }) => line === index + 1),
      ...(target === 0 ? [] : otherDomain(uses, domains.get(target) ?? null)),
    ],
  }));
  const refused = findings.some(({ level }) => level === 'error');
  return { said: said.filter((one) => one.findings.length > 0), refused };
}

async function domainsOf(tx: Tx, decisions: readonly Decision[]): Promise<ReadonlyMap<number, string>> {
  const ids = decisions.map((one) => one.target_concept_id);
  const rows = await tx<{ concept_id: number; domain_id: string }[]>`
    select concept_id, domain_id from concept where concept_id = any(${ids}::int[])`;
  return new Map(rows.map((row) => [row.concept_id, row.domain_id]));
}
