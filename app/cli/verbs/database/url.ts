/** `database url`: the address of the database, with its password. */
import { complain, say } from '../../terminal.ts';
import { machineFileVerb } from '../../verb.ts';

export const url = machineFileVerb(
  'url',
  'The address of the database with its password, for other programs; also of the embedded one.',
  ['database url'],
).action(async () => {
  const { openOwnDatabase } = await import('../../own-database.ts');
  const database = await openOwnDatabase();
  try {
    // Alone on standard output, so that it can be put into a variable.
    if (database.isEmbedded) {
      complain(
        `${database.described}. It answers while something uses it (npm start, npm run work); database psql needs nothing else.`,
      );
    }
    say(database.url);
  } finally {
    await database.close();
  }
});
