import { afterAll, beforeAll, it } from 'vitest';
import { newDatabase, type TestDatabase } from './database.ts';
import { loadVocabulary } from '../jobs/vocabulary/load.ts';
import { createResolver } from '../jobs/vocabulary/resolve.ts';
let db: TestDatabase;
beforeAll(async () => { db = await newDatabase(); });
afterAll(() => db.drop());
it('loads big', async () => {
  let peak = 0; const t: Record<string, number> = {}; let last = performance.now(); let what = '';
  const r = await loadVocabulary({ sql: db.sql, source: '/tmp/helper-d/big.zip', clock: () => new Date(), log: console, onProgress: (p) => {
    const k = `${p.step} ${p.table}`; if (k !== what) { if (what) t[what] = performance.now() - last; last = performance.now(); what = k; }
    peak = Math.max(peak, process.memoryUsage().rss); } });
  console.log(r.seconds, r.tables.filter((x) => x.rows).map((x) => `${x.name} ${x.rows}`), 'peak MB', peak / 1e6, t, r.warnings.slice(-2));
  const resolver = createResolver({ sql: db.sql });
  for (let round = 0; round < 4; round++) {
    await resolver.release(db.sql); const l = resolver.begin();
    for (let i = 0; i < 1000; i++) { l.resolve('http://snomed.info/sct', String(round * 5000 + i * 5)); l.resolve('http://hl7.org/fhir/sid/ndc', String(round * 5000 + i * 5 + 4)); l.standard(i + round * 1000); }
    const s = performance.now(); await l.fetchMissing(db.sql); console.log('2000 codes + 1000 concepts ms', performance.now() - s);
  }
}, 600000);
