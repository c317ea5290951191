/** How a row names what another resource, or another row of its own, will be in the CDM. */

export interface Identifier {
  readonly system: string;
  readonly value: string;
}

/**
 * A reference to another resource. `types` are tried in order (a urn:uuid names no type). By FHIR identity; or, where
 * the reference names a business identifier instead, by that, and `id` is ''.
 */
export interface Ref {
  readonly types: readonly string[];
  readonly id: string;
  readonly identifier?: Identifier | undefined;
}

/**
 * What an id column may hold. `{ ref }`: the target's resource_key, or NULL and an open link until it arrives.
 * `{ own: 'key' }`: this resource's key (person_id of a Patient's rows, location_id of its own location row).
 * `{ row: n }`: the id of the n-th row that this mapping gives.
 */
export type Link = { readonly ref: Ref } | { readonly own: 'key' } | { readonly row: number };
