/** `npm run check` leaves out none of the scripts that compare what they would write with what is there. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import about from '../package.json' with { type: 'json' };

it('every script that knows --check is a part of npm run check', () => {
  const { check, ...scripts } = about.scripts;
  const knowing = Object.entries(scripts).flatMap(([name, line]) => {
    const [, file] = /^node (\S+\.ts)$/.exec(line) ?? [];
    const knows = file && readFileSync(new URL(`../${file}`, import.meta.url), 'utf8').includes("'--check'");
    return knows ? [name] : [];
  });
  expect(knowing).toEqual(expect.arrayContaining(['openapi', 'verbs', 'errors']));
  expect(knowing.filter((name) => !check.includes(`npm run ${name} -- --check`))).toEqual([]);
});
