/** What a program is started with. --help and words that it does not know end it before anything is opened. */
import { type ParseArgsConfig, parseArgs } from 'node:util';

type Options = NonNullable<ParseArgsConfig['options']>;

export function readArguments<const T extends Options>(usage: string, options: T) {
  const help = { help: { type: 'boolean', short: 'h', default: false } } as const;
  try {
    const { values } = parseArgs({ options: { ...options, ...help } });
    if (!Reflect.get(values, 'help')) return values;
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${usage}`);
    process.exit(2);
  }
  console.log(usage);
  process.exit(0);
}

/** Whether this program itself errs: then the stack helps. */
export const isOwnFault = (error: unknown): error is Error =>
  [TypeError, ReferenceError, RangeError].some((kind) => error instanceof kind);

/** Ends a program that cannot go on: what is wrong in words, without the frames of a stack that help nobody to mend it. */
export function endFailed(says: string): never {
  console.error(says);
  process.exit(1);
}
