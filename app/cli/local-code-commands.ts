/**
 * Reads `cli maps …` and `cli unmapped …`: returns what to run, or undefined when the words are no such
 * command.
 */
import { exportMaps, type ImportFlags, importMapsFrom, type ListFlags, listMaps } from './maps.ts';
import { mapUnmapped, showUnmapped, suggestFor, type UnmappedFlags } from './unmapped.ts';

export function localCodeCommand(
  words: readonly string[],
  flags: ImportFlags & ListFlags & UnmappedFlags,
): (() => Promise<boolean>) | undefined {
  const [command, verb, first, second] = words;
  if (command === 'maps' && verb === 'import' && first) return () => importMapsFrom(first, flags);
  if (command === 'maps' && verb === 'list') return () => listMaps(flags);
  if (command === 'maps' && verb === 'export') return () => exportMaps(flags);
  if (command === 'unmapped' && verb === 'map' && isNumber(first) && isNumber(second))
    return () => mapUnmapped(first, second);
  if (command === 'unmapped' && verb === 'suggest' && isNumber(first)) return () => suggestFor(first, flags);
  if (command === 'unmapped' && !verb) return () => showUnmapped(flags);
  return undefined;
}

const isNumber = (text: string | undefined): text is string => /^\d+$/.test(text ?? '');
