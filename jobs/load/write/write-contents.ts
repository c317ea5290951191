/**
 * Writes the contents of Medications, Substances, Devices and attachments that other resources are mapped with, and
 * which resource was mapped with which.
 */
import type { Tx } from '../../../sql/connect.ts';
import { storedContent } from '../../connection/sealed-data.ts';
import type { Finished } from '../assemble.ts';
import type { WriteContext } from '../context.ts';
import { copyRows } from './copy.ts';

export async function writeContents(
  tx: Tx,
  context: WriteContext,
  finished: readonly Finished[],
): Promise<void> {
  for (const kind of ['medication', 'substance', 'device', 'attachment'] as const) {
    const table = `${kind}_content` as const;
    const said = finished.flatMap(({ key, result, item: { outcome, entry } }) => {
      const content = result === 'loaded' && outcome.kind === 'rows' ? outcome[kind] : undefined;
      return content ? [{ key, id: entry.id, content }] : [];
    });
    const cells = await Promise.all(
      said.map(async ({ key, id, content }) => [
        ...[key, context.connectionId, id],
        await storedContent(context.keyring, table, key, content),
      ]),
    );
    await copyRows(tx, table, ['resource_key', 'connection_id', 'fhir_id', 'content'], cells);
  }
}

/**
 * Excluded and parked resources are written as well: with another content they may be loaded, or be excluded,
 * e.g. for want of a code.
 */
export async function writeContentUses(
  tx: Tx,
  context: WriteContext,
  finished: readonly Finished[],
): Promise<void> {
  const settled = finished.filter((one) => one.result !== 'failed');
  await copyRows(
    tx,
    'content_use',
    ['resource_key', 'connection_id', 'content_type', 'content_id', 'content_hash'],
    settled.flatMap((one) =>
      one.item.contents.map(({ type, id, hash }) => [one.key, context.connectionId, type, id, hash]),
    ),
  );
}
