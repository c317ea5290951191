/** What is well and what is not with the installation here, a line each; false when something is wrong. */

import { findKeys } from '../../jobs/key-provider.ts';
import { type Examined, examine } from '../../jobs/operator/doctor.ts';
import type { Finding } from '../../jobs/operator/finding.ts';
import { sentence } from '../../jobs/step/sentence.ts';
import { connect } from '../../sql/connect.ts';
import { databaseSettings, openDatabase } from '../../sql/database.ts';
import { environment } from '../../sql/environment.ts';
import { table } from './table.ts';
import { say, sayJson } from './terminal.ts';

const MARKS: Readonly<Record<Finding['state'], string>> = { well: '✓', advice: '!', wrong: '✗' };

export async function examineHere(how: {
  readonly json: boolean;
  readonly offline: boolean;
}): Promise<boolean> {
  const env = environment();
  const database = await openDatabase(databaseSettings(env));
  const sql = connect(database.url, database.schemas, { max: 2 });
  const logins = (['api', 'worker'] as const).map((role) => ({
    role,
    sql: connect(database.urls[role], database.schemas, { max: 1 }),
  }));
  try {
    const examined = {
      sql,
      schemas: database.schemas,
      openKeys: () => findKeys(env),
      logins,
      env,
      offline: how.offline,
    };
    if (how.json) return await sayFindings(examined);
    say(database.described);
    return await report(examined);
  } finally {
    await Promise.all([sql, ...logins.map((login) => login.sql)].map((one) => one.end({ timeout: 5 })));
    await database.close();
  }
}

/** `{ "wrong": 1, "findings": [{ "state", "what", "found", "todo", "details", "concepts" }] }` */
async function sayFindings(examined: Examined): Promise<boolean> {
  const findings: Finding[] = [];
  for await (const finding of examine(examined)) findings.push(finding);
  const wrong = findings.filter(({ state }) => state === 'wrong').length;
  sayJson({ wrong, findings });
  return wrong === 0;
}

async function report(examined: Examined): Promise<boolean> {
  let wrong = 0;
  for await (const { state, what, found, todo, details = [], concepts = [] } of examine(examined)) {
    if (state === 'wrong') wrong++;
    say(`${MARKS[state]} ${what}: ${todo ? `${sentence(found)} ${todo}` : found}`);
    for (const line of details) say(`    ${line}`);
    if (concepts.length > 0) {
      say(table(concepts.map(({ concept_id, ...rest }) => ({ concept: String(concept_id), ...rest }))));
    }
  }
  say(wrong === 0 ? '\nNothing is wrong.' : `\n${wrong} to mend (✗).`);
  return wrong === 0;
}
