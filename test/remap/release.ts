/** The demo vocabulary as a later release would have it: a few concepts and maps otherwise. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Deps } from '../../jobs/step/deps.ts';
import { type LoadOptions, loadVocabulary } from '../../jobs/vocabulary/load/load.ts';
import { conceptOf } from '../ehr/concepts/index.ts';
import { vocabularyFiles } from '../ehr/vocabulary.ts';

type Line = (string | number)[];

export interface Release {
  /** Another domain for a concept. */
  move(vocabulary: string, code: string, domain: string): void;
  /** No longer valid, and mapped to nothing. */
  retire(vocabulary: string, code: string): void;
  /** `Maps to` of a code: these instead of those it had. It is not Standard afterwards. */
  mapTo(vocabulary: string, code: string, ...targets: [vocabulary: string, code: string][]): void;
  /** A code that the vocabulary lacked, Standard. */
  add(id: number, domain: string, vocabulary: string, code: string): void;
}

export async function loadRelease(
  { sql, clock, log }: Pick<Deps, 'sql' | 'clock' | 'log'>,
  edit: (release: Release) => void,
  options: Partial<LoadOptions> = {},
): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'fhir-omop-sync-release-'));
  try {
    const files = new Map(
      Object.entries(vocabularyFiles()).map(([name, lines]) => [name, lines.map((line): Line => [...line])]),
    );
    edit(releaseOf(files.get('CONCEPT.csv') ?? [], files.get('CONCEPT_RELATIONSHIP.csv') ?? []));
    for (const [name, lines] of files) {
      await writeFile(join(folder, name), lines.map((line) => `${line.join('\t')}\n`).join(''));
    }
    return (await loadVocabulary({ sql, source: folder, clock, log, ...options })).release_id;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const DOMAIN = 2;
const STANDARD = 5;
const INVALID = 9;
const FROM = '19700101';
const TO = '20991231';

function releaseOf(concepts: Line[], relationships: Line[]): Release {
  const idOf = (vocabulary: string, code: string): number => {
    const id = conceptOf(vocabulary, code)?.[0];
    if (id === undefined) throw new Error(`${vocabulary} ${code} is not in the demo vocabulary`);
    return id;
  };
  const concept = (id: number): Line => {
    const line = concepts.find((one) => one[0] === id);
    if (!line) throw new Error(`concept ${id} is not in the demo vocabulary`);
    return line;
  };
  const unmap = (id: number) => {
    for (let index = relationships.length - 1; index > 0; index--) {
      if (relationships[index]?.[0] === id && relationships[index]?.[2] === 'Maps to') {
        relationships.splice(index, 1);
      }
    }
  };
  return {
    move(vocabulary, code, domain) {
      concept(idOf(vocabulary, code))[DOMAIN] = domain;
    },
    retire(vocabulary, code) {
      const id = idOf(vocabulary, code);
      concept(id)[STANDARD] = '';
      concept(id)[INVALID] = 'D';
      unmap(id);
    },
    mapTo(vocabulary, code, ...targets) {
      const id = idOf(vocabulary, code);
      concept(id)[STANDARD] = '';
      unmap(id);
      for (const target of targets) relationships.push([id, idOf(...target), 'Maps to', FROM, TO, '']);
    },
    add(id, domain, vocabulary, code) {
      concepts.push([id, `Added ${code}`, domain, vocabulary, 'Clinical Finding', 'S', code, FROM, TO, '']);
      relationships.push([id, id, 'Maps to', FROM, TO, '']);
    },
  };
}
