/**
 * On a first load nothing need be known of a resource beforehand, so each is mapped as soon as its line is
 * read and hashed, and then let go. A chunk that is read whole and mapped afterwards takes some ten times its
 * text in objects, which leave the processor's caches and are moved about by the garbage collector.
 *
 * What a mapper asked for in vain is fetched afterwards, and the resource is read from its line once more.
 */
import type { Tx } from '../../sql/connect.ts';
import { type Entry, type Lines, type Read, readLinesInTurns } from '../lines/read-lines.ts';
import type { ToMap } from './compare/sort-out.ts';
import { type Mapped, type MappedAll, type Mapping, mapAll } from './map-entries.ts';

export interface ReadAndMapped {
  readonly read: Read;
  /** Finishes the resources that are to be loaded. */
  finish(tx: Tx, toMap: readonly ToMap[]): Promise<MappedAll>;
}

export async function mapWhileReading(mapping: Mapping, lines: Lines): Promise<ReadAndMapped> {
  const early = new Map<Entry, Mapped | undefined>();
  const read = await readLinesInTurns(lines, (entry) => {
    early.set(entry, mapping.mapOne({ entry, known: undefined }));
    entry.release();
  });
  return {
    read,
    async finish(tx, toMap) {
      if (toMap.length === early.size) {
        return await mapAll(
          tx,
          mapping,
          toMap,
          toMap.map(({ entry }) => early.get(entry)),
        );
      }
      // One of two lines with the same resource is not loaded, and its questions must not count.
      mapping.restart();
      return await mapAll(tx, mapping, toMap);
    },
  };
}
