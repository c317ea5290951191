/**
 * Lines that are, byte for byte, what is loaded: told by their hash, without parsing them. A full export of an EHR in
 * which little has changed consists of them.
 *
 * Which resource a line holds is read off its beginning, where servers write type and id. That it is no guess: a line
 * counts only when the resource of that very identity was loaded from a line with the same hash, and that one was
 * parsed. Whatever is not recognised here is parsed and judged by its content.
 */
import type { Tx } from '../../../sql/connect.ts';
import { textArray } from '../../../sql/text-array.ts';
import { ByIdentity } from '../../lines/by-identity.ts';
import { identityOf, type Line, lineHash } from '../../lines/line.ts';
import type { WriteContext } from '../context.ts';

export interface Sorted {
  readonly same: ByIdentity<SameLine>;
  readonly others: Line[];
}

export interface SameLine extends Line {
  readonly type: string;
  readonly id: string;
}

type Context = Pick<WriteContext, 'connectionId' | 'runId' | 'mappingVersionId' | 'alsoCurrent'>;

export async function findSameLines(tx: Tx, context: Context, lines: readonly Line[]): Promise<Sorted> {
  const same = new ByIdentity<SameLine>();
  const others: Line[] = [];
  const asked = new ByIdentity<SameLine>();
  for (const line of lines) {
    const identity = identityOf(line.bytes);
    // Of two lines with one resource, what they say decides.
    if (!identity || asked.has(identity.type, identity.id)) others.push(line);
    else asked.set(identity.type, identity.id, { ...line, ...identity });
  }
  if (asked.size === 0) return { same, others };
  const all = [...asked.values()];
  const differ = await differing(tx, context, all);
  all.forEach((one, index) => {
    if (differ.has(index + 1)) others.push(one);
    else same.set(one.type, one.id, one);
  });
  return { same, others: others.sort((a, b) => a.line - b.line) };
}

/** Ordinals of those that are not what is loaded, with this mapping version. An empty content hash equals no content. */
async function differing(tx: Tx, context: Context, asked: readonly SameLine[]): Promise<ReadonlySet<number>> {
  const [answer] = await tx<{ ordinals: string | null }[]>`
    select string_agg(e.n::text, ',') as ordinals
    from unnest(
      ${textArray(asked.map((one) => one.type))}::text::text[], ${textArray(asked.map((one) => one.id))}::text::text[],
      ${textArray(asked.map((one) => lineHash(one.bytes)))}::text::text[]
    ) with ordinality as e(type, id, hash, n)
    left join lateral (
      select line_hash, content_hash, outcome, mapping_version_id, last_run from resource
      where connection_id = ${context.connectionId} and resource_type = e.type and fhir_id = e.id limit 1
    ) r on true
    where (
      r.line_hash = decode(e.hash, 'hex') and length(r.content_hash) > 0
      and (r.mapping_version_id = any(${[context.mappingVersionId, ...context.alsoCurrent]}::int[]) and r.outcome in ('loaded', 'excluded')
        or r.last_run = ${context.runId})
    ) is not true`;
  return new Set(answer?.ordinals ? answer.ordinals.split(',').map(Number) : []);
}
