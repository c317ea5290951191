/**
 * `node test/bench/vocabulary/make.ts FOLDER [CONCEPTS] [RELATIONSHIPS]`: writes a generated vocabulary as
 * Athena's files.
 */
import { generateVocabulary } from './generate.ts';

const [folder, concepts = '500000', relationships = String(6 * Number(concepts))] = process.argv.slice(2);
if (!folder || !/^\d+$/.test(concepts) || !/^\d+$/.test(relationships)) {
  console.error('Usage: node test/bench/vocabulary/make.ts FOLDER [CONCEPTS] [RELATIONSHIPS]');
  process.exit(2);
}
await generateVocabulary(folder, { concepts: Number(concepts), relationships: Number(relationships) });
