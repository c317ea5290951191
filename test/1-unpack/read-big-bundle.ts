/** A process of its own: reads a file as an import does, and says how many items it has and what memory that took. */

import { itemsOf } from '../../jobs/1-unpack/items.ts';
import { partsOf } from '../../jobs/import/parts.ts';
import { documentsIn } from '../../jobs/lines/documents.ts';

let items = 0;
for await (const part of partsOf(process.argv[2] ?? '')) {
  const bytes = await part.open?.();
  if (!bytes) continue;
  for await (const one of documentsIn(bytes, 64 * 1024 * 1024)) {
    if (one.kind === 'end') continue;
    items += itemsOf(JSON.parse(one.bytes.toString('utf8')), () => {}).length;
  }
}
console.log(JSON.stringify({ items, peakMb: Math.round(process.resourceUsage().maxRSS / 1024) }));
