/** `npm run migrate [-- --constraints]`: brings the database up to date and says what it did. */
import { parseArgs } from 'node:util';
import { connect } from './connect.ts';
import { databaseSettings, openDatabase } from './database.ts';
import { environment } from './environment.ts';
import { migrate } from './migrate.ts';

const { values } = parseArgs({ options: { constraints: { type: 'boolean', default: false } } });
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
} finally {
  await sql.end();
  await database.close();
}
