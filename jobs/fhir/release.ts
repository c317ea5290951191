/**
 * Which release of FHIR a version is of. R4B has the clinical types of R4 as they were, so it is mapped as R4. Of R5 much
 * has another shape; such resources fail by name (map/read/r5-shapes.ts), and are never read by half.
 */
const RELEASES: readonly (readonly [form: RegExp, name: string])[] = [
  [/^4\.0\./, 'R4'],
  [/^4\.[13]\./, 'R4B'],
  [/^(5\.|4\.[2456]\.)/, 'R5'],
  [/^6\./, 'R6'],
  [/^3\./, 'STU3'],
  [/^(1|0)\./, 'DSTU2'],
];

/** `R4`, `R4B`, `R5` …; undefined for what is no version of FHIR. Ballots count to the release that they led to. */
export function releaseOf(version: string | undefined): string | undefined {
  return RELEASES.find(([form]) => form.test(version ?? ''))?.[1];
}

/** What a person should know of a server of this version; empty where nothing is odd. */
export function remarkOn(version: string | undefined): string {
  const release = releaseOf(version);
  if (release === 'R4') return '';
  if (release === 'R4B') return ' (R4B, read as R4)';
  if (release === 'R5' || release === 'R6') {
    return ` (${release}; R4 or R4B is expected: resources of another shape fail, each by the element that differs)`;
  }
  return release ? ` (${release}; R4 or R4B is expected)` : ' (R4 or R4B is expected)';
}
