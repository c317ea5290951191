/** One version for all that is shipped together. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const read = (path: string) => readFileSync(join(import.meta.dirname, '../..', path), 'utf8');

it('program, client, API document, images and changelog have the same version', () => {
  const { version } = JSON.parse(read('package.json'));
  const lock = JSON.parse(read('package-lock.json'));
  expect({
    lock: lock.version,
    inLock: lock.packages[''].version,
    client: JSON.parse(read('openapi/client/package.json')).version,
    document: JSON.parse(read('openapi/openapi.json')).info.version,
    changelog: /^## (\d+\.\d+\.\d+) \(\d{4}-\d\d-\d\d\)$/m.exec(read('CHANGELOG.md'))?.[1],
  }).toEqual({ lock: version, inLock: version, client: version, document: version, changelog: version });
  const images = ['api', 'worker', 'migrate'].flatMap((name) => [
    ...read(`app/deploy/kubernetes/${name}.yaml`).matchAll(/image: fhir-omop-sync:(\S+)/g),
  ]);
  expect(images.map(([, tag]) => tag)).toEqual(images.map(() => version));
  expect(images.length).toBeGreaterThanOrEqual(3);
});
