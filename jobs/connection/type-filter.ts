/**
 * What an entry of `type_filters` may be: a resource type and search parameters. The Bulk Data guide forbids those that
 * shape the answer of a search; `_count` or `_summary` would also leave resources, or parts of them, out of the export.
 */
const SHAPES_THE_ANSWER: ReadonlySet<string> = new Set([
  ...['_sort', '_count', '_maxresults', '_include', '_revinclude', '_summary', '_total', '_elements'],
  ...['_contained', '_containedType', '_score', '_graph', '_format', '_pretty'],
]);

/** What is wrong with it, as a sentence; undefined where nothing is. */
export function typeFilterFault(text: string): string | undefined {
  const mark = text.indexOf('?');
  if (mark < 0 || !/^[A-Z][A-Za-z]{0,63}$/.test(text.slice(0, mark))) {
    return 'Expected a resource type and a search, such as "Observation?category=laboratory".';
  }
  const names = [...new URLSearchParams(text.slice(mark + 1)).keys()];
  if (names.length === 0)
    return 'Expected a search parameter after "?": without one, all of the type is exported.';
  const wrong = names.find((name) => SHAPES_THE_ANSWER.has(name.split(':')[0] ?? ''));
  if (wrong === undefined) return undefined;
  return `The Bulk Data guide allows no ${wrong.split(':')[0]} in a filter, since it shapes the answer of a search and chooses no resources. Leave it out.`;
}
