/**
 * The long run, `npm run soak`: it does all of what the suite has a part of. Each file that imports this is run there, too
 * (vitest.config.ts looks for it), so that nothing is left out in both.
 */

export const LONG_RUN = Boolean(process.env['SOAK']);

/** `inLongRun(it)` and `inLongRun(describe)` are left out in the suite. */
export const inLongRun = <T>(one: { runIf(on: boolean): T }): T => one.runIf(LONG_RUN);

/** All of them in the long run, the first few in the suite. */
export const short = <T>(all: readonly T[], few: number): readonly T[] =>
  LONG_RUN ? all : all.slice(0, few);

/** `few(it, 2).each(...)`: the same, of cases. */
export function few<T extends { each: (cases: never) => unknown }>(one: T, first: number): Pick<T, 'each'> {
  const each = (cases: readonly unknown[]) => Reflect.apply(one.each, one, [cases.slice(0, first)]);
  return LONG_RUN ? one : { each };
}
