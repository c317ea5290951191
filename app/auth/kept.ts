/**
 * An answer of another server that is kept for a while. However often it is asked for, the server hears of it once in
 * each cool-down, also when it fails: whoever sends us bad tokens must not make us hammer it.
 */

export interface Kept<T> {
  /** What was loaded last, if it is young enough; else loads it. */
  get(): Promise<T>;
  /** Loads it again, unless that was done just now. */
  renew(): Promise<T>;
}

export interface KeepFor {
  readonly maxAgeMs: number;
  readonly coolDownMs: number;
  readonly clock: () => Date;
}

export function keep<T>(load: () => Promise<T>, { maxAgeMs, coolDownMs, clock }: KeepFor): Kept<T> {
  let loaded: { readonly value: T; readonly at: number } | undefined;
  let asked: { readonly answer: Promise<T>; readonly at: number } | undefined;

  const renew = (): Promise<T> => {
    const at = clock().getTime();
    if (asked && at - asked.at < coolDownMs) return asked.answer;
    const answer = load().then((value) => {
      loaded = { value, at };
      return value;
    });
    asked = { answer, at };
    return answer;
  };
  return {
    renew,
    get: async () => (loaded && clock().getTime() - loaded.at < maxAgeMs ? loaded.value : await renew()),
  };
}
