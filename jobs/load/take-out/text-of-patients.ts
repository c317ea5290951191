/**
 * Finds which text of a chunk belongs to these Patients, or is one of these resources. A readable resource that mentions
 * Patients is theirs when they are its subject or it names none. Unreadable text that mentions them is as likely theirs
 * as not. So is unreadable text around it, since a broken pretty-printed resource falls into lines of which one has
 * the id and another the name.
 */
import { type Entry, type Read, readLine } from '../../lines/read-lines.ts';
import { blocks, type Range } from '../../lines/split.ts';
import { patientsOf } from '../../map/read/patient-of.ts';
import type { MappingSettings } from '../../map/settings.ts';

export interface TextOfPatients {
  readonly ranges: readonly Range[];
  /** The resources in these ranges that have one of these Patients as their subject. */
  readonly resources: readonly { readonly type: string; readonly id: string }[];
}

export function textOfPatients(
  text: Buffer,
  patients: readonly string[],
  settings: MappingSettings,
): TextOfPatients {
  return textOf(text, patients, ({ resource }) => {
    const whose = patientsOf(resource, settings);
    if (whose.length === 0) return 'nobodys';
    return whose.some((id) => patients.includes(id)) ? 'theirs' : 'others';
  });
}

/** Of resources that name nobody, like the words that are attached to a document. */
export function textOfResources(text: Buffer, type: string, ids: readonly string[]): TextOfPatients {
  return textOf(text, ids, (entry) => (entry.type === type && ids.includes(entry.id) ? 'theirs' : 'others'));
}

function textOf(
  text: Buffer,
  ids: readonly string[],
  whoseIs: (entry: Entry) => 'theirs' | 'nobodys' | 'others',
): TextOfPatients {
  const needles = ids.map((id) => Buffer.from(id));
  const bytesOf = ({ start, end }: Range) => text.subarray(start, end);
  const isMentionedIn = (range: Range) => needles.some((needle) => bytesOf(range).includes(needle));
  const ranges: Range[] = [];
  const resources: { type: string; id: string }[] = [];
  for (const block of blocks(text)) {
    const mentions = new Set(block.filter(isMentionedIn));
    if (mentions.size === 0) continue;
    const read = block.map((range) => ({ range, entry: entryOf(bytesOf(range)) }));
    const isBroken = read.some(({ range, entry }) => !entry && mentions.has(range));
    for (const { range, entry } of read) {
      if (!entry) {
        if (isBroken) ranges.push(range);
        continue;
      }
      if (!mentions.has(range)) continue;
      const whose = whoseIs(entry);
      if (whose === 'others') continue;
      if (whose === 'theirs') resources.push({ type: entry.type, id: entry.id });
      ranges.push(range);
    }
  }
  return { ranges, resources };
}

function entryOf(bytes: Buffer): Entry | undefined {
  const read: Read = { entries: [], unreadable: [] };
  readLine(read, { bytes, line: 0, position: 0 });
  return read.entries[0];
}
