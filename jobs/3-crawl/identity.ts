/** The little that a crawl must know of a resource before it is mapped. */
import { excessOf } from '../lines/extent.ts';

/** The id of a Patient; undefined of anything else, and of what cannot be read. */
export function patientId(line: Buffer): string | undefined {
  const json = parse(line);
  const id = at(json, 'id');
  const isPatient = at(json, 'resourceType') === 'Patient';
  return isPatient && typeof id === 'string' && id !== '' && id.length <= 1000 ? id : undefined;
}

/**
 * Whether a Patient may be the one of the identifier `system|value`. Servers hide or mask identifiers; only one that is
 * plainly another says no.
 */
export function mayHave(line: Buffer, identifier: string): boolean {
  const bar = identifier.indexOf('|');
  const [system, value] = [identifier.slice(0, bar), identifier.slice(bar + 1)];
  const list = at(parse(line), 'identifier');
  if (!Array.isArray(list)) return true;
  const values = list
    .filter((one) => system === '' || at(one, 'system') === system)
    .map((one) => at(one, 'value'));
  return (
    values.length === 0 || values.some((one) => typeof one !== 'string' || one === value || isMasked(one))
  );
}

const isMasked = (value: string) => /[*#xX•]{2}/.test(value.slice(0, 1000));

/** Whether the resource says that it changed since then; undefined where it does not say when it changed. */
export function changedSince(line: Buffer, since: string): boolean | undefined {
  const said = at(at(parse(line), 'meta'), 'lastUpdated');
  const time = typeof said === 'string' ? Date.parse(said) : Number.NaN;
  return Number.isNaN(time) ? undefined : time >= Date.parse(since);
}

function parse(line: Buffer): unknown {
  if (excessOf(line)) return undefined;
  try {
    return JSON.parse(line.toString());
  } catch {
    return undefined;
  }
}

function at(json: unknown, key: string): unknown {
  return typeof json === 'object' && json !== null ? Reflect.get(json, key) : undefined;
}
