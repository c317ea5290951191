/**
 * Lines that are, byte for byte, what is loaded: they are recognised by their hash, without being parsed. A
 * full export of an EHR in which little has changed consists mostly of such lines.
 *
 * The resource of a line is read off the line's beginning, where servers write type and id. This is no guess:
 * a line counts only when that very resource was loaded from a line with the same hash, and that line was
 * parsed. Whatever is not recognised here is parsed and judged by its content.
 */
import type { Tx } from '../../../sql/connect.ts';
import { textArray } from '../../../sql/text-array.ts';
import { ByIdentity } from '../../lines/by-identity.ts';
import { identityOf, type Line, lineHash } from '../../lines/line.ts';
import type { Entry } from '../../lines/read-lines.ts';
import type { WriteContext } from '../context.ts';

export interface Sorted {
  readonly same: ByIdentity<SameLine>;
  /** Keys of the resources that these lines hold, as ranges, without those that this run has loaded. */
  readonly keys: string | null;
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
    // Where two lines hold one resource, their contents decide.
    if (!identity || asked.has(identity.type, identity.id)) others.push(line);
    else asked.set(identity.type, identity.id, { ...line, ...identity });
  }
  if (asked.size === 0) return { same, others, keys: null };
  const all = [...asked.values()];
  const { differ, keys } = await compare(tx, context, all);
  all.forEach((one, index) => {
    if (differ.has(index + 1)) others.push(one);
    else same.set(one.type, one.id, one);
  });
  return { same, others: others.sort((a, b) => a.line - b.line), keys };
}

/**
 * Takes out the lines that hold a resource of which there is another version in the chunk: what both say decides
 * between them. Which resource a line holds is known for certain only when it has been read.
 */
export function takeTwins(
  same: ByIdentity<SameLine>,
  entries: readonly Pick<Entry, 'type' | 'id'>[],
): SameLine[] {
  return entries.flatMap(({ type, id }) => {
    const twin = same.get(type, id);
    same.delete(type, id);
    return twin ?? [];
  });
}

/**
 * Ordinals (from 1) of the lines that are not what is loaded with this mapping version, and the keys of the others. An
 * empty content hash matches nothing.
 */
async function compare(
  tx: Tx,
  context: Context,
  asked: readonly SameLine[],
): Promise<{ readonly differ: ReadonlySet<number>; readonly keys: string | null }> {
  const [answer] = await tx<{ ordinals: string | null; keys: string | null }[]>`
    select string_agg(e.n::text, ',') filter (where not c.is_same) as ordinals,
      range_agg(int8range(r.resource_key, r.resource_key, '[]')) filter (where c.is_same and r.last_run <> ${context.runId})::text as keys
    from unnest(
      ${textArray(asked.map((one) => one.type))}::text::text[], ${textArray(asked.map((one) => one.id))}::text::text[],
      ${textArray(asked.map((one) => lineHash(one.bytes)))}::text::text[]
    ) with ordinality as e(type, id, hash, n)
    left join lateral (
      select resource_key, line_hash, content_hash, outcome, mapping_version_id, last_run from resource
      where connection_id = ${context.connectionId} and resource_type = e.type and fhir_id = e.id limit 1
    ) r on true
    cross join lateral (select (
      r.line_hash = decode(e.hash, 'hex') and length(r.content_hash) > 0
      and (r.mapping_version_id = any(${[context.mappingVersionId, ...context.alsoCurrent]}::int[]) and r.outcome in ('loaded', 'excluded')
        or r.last_run = ${context.runId})
    ) is true as is_same) c`;
  const { ordinals = null, keys = null } = answer ?? {};
  return { differ: new Set(ordinals ? ordinals.split(',').map(Number) : []), keys };
}
