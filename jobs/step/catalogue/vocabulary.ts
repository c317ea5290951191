/** Errors about the vocabulary that end a step of a run. */
import type { Entry } from './entry.ts';

export const VOCABULARY = {
  'vocabulary-not-loaded': {
    sort: 'give-up',
    says: 'No vocabulary is loaded, so no code can be mapped.',
    todo: 'Download one from athena.ohdsi.org and run: npm run cli -- vocabulary load DIR|ZIP',
  },
  'vocabulary-moved': {
    sort: 'retry',
    says: 'The local maps were edited while a chunk was mapped.',
    todo: 'It is mapped again. If it stays, edit them while no sync runs.',
  },
} as const satisfies Record<string, Entry>;
