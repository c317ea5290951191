/**
 * `npm run migrate [-- --constraints] [--roles] [--cdm 5.4|5.5 [--lose-values]] [--distribute]`: brings the database up to
 * date, moves it to another version of the CDM, distributes it on Citus, and says what it did.
 */
import { endFailed, isOwnFault, readArguments } from './arguments.ts';
import { CDM_VERSIONS, type CdmVersion, isCdmVersion } from './cdm-version.ts';
import { connect } from './connect.ts';
import { databaseSettings, openDatabase } from './database.ts';
import { distributeInTx, isDistributed } from './distribute.ts';
import { environment } from './environment.ts';
import { migrate } from './migrate.ts';
import { MoveRefused, moveCdm, sayLost } from './move-cdm.ts';
import { grantRolesInTx, renewGrantsInTx } from './roles.ts';

const USAGE = `Usage: npm run migrate [-- --constraints] [--roles] [--cdm 5.4|5.5 [--lose-values]] [--distribute]

Brings the schema of the database (DATABASE_URL, else the embedded one in DATA_DIR) up to date.

  --constraints  also the foreign keys of the CDM
  --roles        also the group roles, and what they may do
  --cdm VERSION  move the CDM to 5.5, or back to 5.4, while syncs go on
  --distribute   on Citus: the tables of the CDM by person, those of the vocabulary on every node
  --lose-values  back to 5.4 though columns that it has not hold values`;

const values = readArguments(USAGE, {
  constraints: { type: 'boolean', default: false },
  roles: { type: 'boolean', default: false },
  cdm: { type: 'string' },
  'lose-values': { type: 'boolean', default: false },
  distribute: { type: 'boolean', default: false },
});
try {
  if (values['lose-values'] && values.cdm !== '5.4')
    refuse('--lose-values: only a move back loses values, so it takes --cdm 5.4 beside it.');
  await run(wanted(values.cdm));
} catch (error) {
  endFailed(whatFailed(error));
}

function wanted(cdm: string | undefined): CdmVersion | undefined {
  if (cdm === undefined || isCdmVersion(cdm)) return cdm;
  return refuse(`--cdm: expected ${CDM_VERSIONS.join(' or ')}.`);
}

function refuse(says: string): never {
  console.error(`${says}\n\n${USAGE}`);
  process.exit(2);
}

async function run(cdm: CdmVersion | undefined): Promise<void> {
  const settings = databaseSettings(environment());
  const database = await openDatabase(settings);
  const { schemas } = database;
  // Foreign keys that existing rows break are reported as warnings.
  const onWarning = (text: string) => console.warn(`Warning: ${text}`);
  const sql = connect(database.url, schemas, { max: 2, onWarning });
  try {
    const result = await migrate(sql, schemas, cdm === undefined ? { cdmVersion: settings.cdmVersion } : {});
    const moved =
      cdm === undefined ? undefined : await moveCdm(sql, schemas, cdm, { loseValues: values['lose-values'] });
    // After the move, so that the keys of what it added are among them.
    if (values.constraints)
      result.applied.push(...(await migrate(sql, schemas, { constraints: true })).applied);
    console.log(`Database: ${database.described}`);
    console.log(result.applied.length ? `Applied: ${result.applied.join(', ')}` : 'Nothing to apply.');
    if (moved && moved.from !== moved.to) {
      console.log(`The CDM was ${moved.from} and is ${moved.to}.`);
      if (Object.keys(moved.lost).length > 0) console.log(`Lost: ${sayLost(moved.lost)}.`);
      if (moved.to === '5.5')
        console.log(
          'What is loaded fills the new columns once it is mapped again: npm run cli -- remap --all',
        );
    } else console.log(`CDM ${moved?.to ?? result.cdmVersion}.`);
    if (result.existingCdm)
      console.log(`The CDM in schema ${schemas.cdm} was there before and is used as it is.`);
    for (const warning of [...database.warnings, ...result.warnings]) console.warn(`Warning: ${warning}`);
    if (values.distribute || (await isDistributed(sql))) {
      await sql.begin((tx) => distributeInTx(tx));
      // What is distributed later than the roles were made lacks their grants on the workers.
      await sql.begin((tx) => renewGrantsInTx(tx, schemas));
      console.log('The CDM is distributed by person.');
    }
    if (values.roles) {
      const { made, toRun } = await sql.begin((tx) => grantRolesInTx(tx, schemas));
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
  if (error instanceof MoveRefused) return error.message;
  const code: unknown = Reflect.get(error, 'code');
  const shown = typeof code === 'string' ? `${error.message} (${code})` : error.message;
  if (isOwnFault(error)) return error.stack ?? shown;
  const unreachable = /^(ECONN|ENOTFOUND|CONNECT|28|3D|57P)/.test(String(code));
  const todo = unreachable
    ? '. Check DATABASE_URL, that its server runs, and that this machine may connect.'
    : '';
  return `The database is not up to date: ${shown}${todo}`;
}
