/**
 * `npm run schema [-- --check]`: writes sql/schema.sql from a freshly migrated database, or says that it is
 * out of date.
 */
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from './connect.ts';
import { DEFAULT_SCHEMAS } from './default-schemas.ts';
import { removeEmbedded, startEmbedded } from './embedded.ts';
import { migrate } from './migrate.ts';
import { schemaText } from './schema-text.ts';

const file = join(import.meta.dirname, './schema.sql');
const dataDir = await mkdtemp(join(tmpdir(), 'fhir-omop-sync-schema-'));
const server = await startEmbedded({ dataDir, settings: ['fsync=off'] });
const sql = connect(server.url, DEFAULT_SCHEMAS, { max: 2 });
try {
  await migrate(sql, DEFAULT_SCHEMAS);
  const text = await schemaText(sql, DEFAULT_SCHEMAS);
  if (!process.argv.includes('--check')) {
    await writeFile(file, text);
    console.log(`Wrote ${file}.`);
  } else if ((await readFile(file, 'utf8').catch(() => '')) === text) {
    console.log('sql/schema.sql is current.');
  } else {
    console.error(
      'sql/schema.sql does not show what the migrations make. Run "npm run schema" and commit the result.',
    );
    process.exitCode = 1;
  }
} finally {
  await sql.end();
  await server.close();
  removeEmbedded(dataDir);
}
