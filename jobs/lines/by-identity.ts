/**
 * A map keyed by the type and id of resources. Type and id are looked up one after the other: a joined key is
 * costly to build and to hash, and there are several look-ups for each resource.
 */
export class ByIdentity<Value> {
  readonly #types = new Map<string, Map<string, Value>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(type: string, id: string): Value | undefined {
    return this.#types.get(type)?.get(id);
  }

  has(type: string, id: string): boolean {
    return this.#types.get(type)?.has(id) === true;
  }

  set(type: string, id: string, value: Value): void {
    let ids = this.#types.get(type);
    if (!ids) {
      ids = new Map();
      this.#types.set(type, ids);
    }
    const before = ids.size;
    ids.set(id, value);
    this.#size += ids.size - before;
  }

  delete(type: string, id: string): boolean {
    const gone = this.#types.get(type)?.delete(id) === true;
    if (gone) this.#size--;
    return gone;
  }

  *values(): Generator<Value> {
    for (const ids of this.#types.values()) yield* ids.values();
  }
}
