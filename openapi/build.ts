/**
 * Writes openapi.json from the routes, and the client's types from openapi.json. With --check it writes nothing and
 * fails when a committed file is not what it would write.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import openapiTS, { astToString } from 'openapi-typescript';
import { apiDocument } from '../app/document.ts';

const HEADER = '/** Generated from openapi.json by `npm run openapi`: do not edit. */\n\n';

export interface GeneratedFile {
  readonly path: URL;
  readonly name: string;
  readonly content: string;
}

export async function generate(): Promise<GeneratedFile[]> {
  const document = `${JSON.stringify(apiDocument(), null, 2)}\n`;
  // A field with a default may be left out by the caller.
  const types = HEADER + astToString(await openapiTS(document, { defaultNonNullable: false }));
  return [
    { name: 'openapi/openapi.json', path: new URL('./openapi.json', import.meta.url), content: document },
    {
      name: 'openapi/client/schema.ts',
      path: new URL('./client/schema.ts', import.meta.url),
      content: types,
    },
  ];
}

/** Names of the files that are not current. */
export async function drifted(files: readonly GeneratedFile[]): Promise<string[]> {
  const names: string[] = [];
  for (const file of files) {
    const committed = await readFile(file.path, 'utf8').catch(() => undefined);
    if (committed !== file.content) names.push(file.name);
  }
  return names;
}

async function main(check: boolean): Promise<void> {
  const files = await generate();
  if (!check) {
    for (const file of files) await writeFile(file.path, file.content);
    return;
  }
  const names = await drifted(files);
  if (names.length > 0) {
    console.error(`Not current: ${names.join(', ')}. Run \`npm run openapi\` and commit the result.`);
    process.exitCode = 1;
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await main(process.argv.includes('--check'));
}
