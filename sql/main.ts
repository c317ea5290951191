/** `npm run migrate [-- --constraints] [--roles]`: brings the database up to date and says what it did. */
import { parseArgs } from 'node:util';
import { connect } from './connect.ts';
import { databaseSettings, openDatabase } from './database.ts';
import { environment } from './environment.ts';
import { migrate } from './migrate.ts';
import { grantRolesInTx } from './roles.ts';

const { values } = parseArgs({
  options: { constraints: { type: 'boolean', default: false }, roles: { type: 'boolean', default: false } },
});
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
