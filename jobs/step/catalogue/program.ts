/** Errors about the place where this program runs, and about the program itself. */
import type { Entry } from './entry.ts';

export const DISK = {
  'disk-low': {
    sort: 'retry',
    says: 'There is too little room: {found}.',
    todo: 'Make room or change the setting; what waits goes on by itself within a minute.',
  },
} as const satisfies Record<string, Entry>;

export const PROGRAM = {
  'step-abandoned': {
    sort: 'give-up',
    says: `A step of this ended its workers without a result several times (out of memory, killed, or never
      finished).`,
    todo: 'See the logs of the workers; it can be started again.',
  },
} as const satisfies Record<string, Entry>;
