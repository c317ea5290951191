/** `npm run migrate [-- --constraints] [--roles]`: brings the database up to date and says what it did. */
import { endFailed, readArguments } from './arguments.ts';
import { connect } from './connect.ts';
import { databaseSettings, openDatabase } from './database.ts';
import { environment } from './environment.ts';
import { migrate } from './migrate.ts';
import { grantRolesInTx } from './roles.ts';

const USAGE = `Usage: npm run migrate [-- --constraints] [--roles]

Brings the schema of the database (DATABASE_URL, else the embedded one in DATA_DIR) up to date.

  --constraints  also the foreign keys of the CDM
  --roles        also the group roles, and what they may do`;

const values = readArguments(USAGE, {
  constraints: { type: 'boolean', default: false },
  roles: { type: 'boolean', default: false },
});
try {
  await run();
} catch (error) {
  endFailed(whatFailed(error));
}

async function run(): Promise<void> {
  const database = await openDatabase(databaseSettings(environment()));
  // Foreign keys that existing rows break are reported as warnings.
  const onWarning = (text: string) => console.warn(`Warning: ${text}`);
  const sql = connect(database.url, database.schemas, { max: 2, onWarning });
  try {
    const result = await migrate(sql, database.schemas, { constraints: values.constraints });
    console.log(`Database: ${database.described}`);
    console.log(result.applied.length ? `Applied: ${result.applied.join(', ')}` : 'Nothing to apply.');
    if (result.existingCdm)
      console.log(`The CDM in schema ${database.schemas.cdm} was there before and is used as it is.`);
    for (const warning of [...database.warnings, ...result.warnings]) console.warn(`Warning: ${warning}`);
    if (values.roles) {
      const { made, toRun } = await sql.begin((tx) => grantRolesInTx(tx, database.schemas));
      if (toRun.length > 0) {
        console.error(
          'This login may not make roles. Have one that may (CREATEROLE) run this, then run it again:',
        );
        for (const statement of toRun) console.error(`  ${statement}`);
        process.exitCode = 1;
      } else {
        console.log(made.length > 0 ? `Made and granted: ${made.join(', ')}.` : 'Granted anew.');
      }
    }
  } finally {
    await sql.end();
    await database.close();
  }
}

/** Postgres and the system say what is wrong in their messages; where this program errs, the stack does. */
function whatFailed(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const isOurs = [TypeError, ReferenceError, RangeError].some((kind) => error instanceof kind);
  const code: unknown = Reflect.get(error, 'code');
  const shown = typeof code === 'string' ? `${error.message} (${code})` : error.message;
  return isOurs ? (error.stack ?? shown) : `The database is not up to date: ${shown}`;
}
