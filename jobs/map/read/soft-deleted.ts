/**
 * Resources that a server sends although they are deleted there, marked in `meta`. Microsoft's FHIR services do so where
 * an export asks for it (`includeAssociatedData=_deleted`); such a resource may be a stub without even a status. What
 * was loaded of it goes. Everybody else says so in the manifest's `deleted` files, or with the status entered-in-error.
 */

import type { Resource } from '../types.ts';
import { object, objects, text } from './fhir.ts';

/** Extensions of `meta`, each with the value by which it says so. */
const MARKS: ReadonlyMap<string, string> = new Map([
  ['http://azurehealthcareapis.com/data-extensions/deleted-state', 'soft-deleted'],
]);

export function isSoftDeleted(resource: Resource): boolean {
  return objects(object(resource['meta'])?.['extension']).some((one) => {
    const mark = MARKS.get(text(one['url']) ?? '');
    return mark !== undefined && mark === (text(one['valueString']) ?? text(one['valueCode']));
  });
}
