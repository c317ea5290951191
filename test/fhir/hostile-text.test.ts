/**
 * Text of servers that would keep a scanner busy for minutes or hours if it looked at anything twice. That the tests end
 * at all is what they show: with 400,000 characters a quadratic scan takes more steps than the time that a test is given.
 */
import { describe, expect, it } from 'vitest';
import { readCapability } from '../../jobs/fhir/capability.ts';
import { describeErrorBody } from '../../jobs/fhir/error-body.ts';
import { readRetryAfter } from '../../jobs/fhir/retry-after.ts';
import { readStatus } from '../../jobs/fhir/status.ts';
import { scopesNotGranted } from '../../jobs/fhir/token/scopes.ts';
import { systemKey } from '../../jobs/map/read/code-systems.ts';
import { saysNothingIsThere } from '../../jobs/map/read/denials.ts';
import { readReference } from '../../jobs/map/read/references.ts';
import { ucumOf } from '../../jobs/map/read/units.ts';
import { DEFAULT_SETTINGS } from '../../jobs/map/settings.ts';
import { clean, oneLine, printable } from '../../jobs/step/clean.ts';

const LONG = 400_000;
const pieces = [
  ...[
    'http://',
    'https://a?',
    'https://a@',
    'eyJ',
    'eyJ.',
    'bearer ',
    'basic',
    ' ',
    '\n',
    '\u001b[',
    '\u202e',
  ],
  ...[
    'bulkdata',
    'bulk-data|',
    '-v1',
    '|1',
    '/',
    '/A',
    '/Aa/',
    'Patient/',
    '?',
    '{',
    '(',
    '!',
    '"',
    '%',
    '1 of ',
    '9',
  ],
  ...['system/*.', 'system/A.read ', 'm', '.', '-', ';', '\0', '<', '&'],
];
const hostile = pieces.map((piece) => [piece, piece.repeat(Math.ceil(LONG / piece.length))] as const);
const now = new Date('2026-03-01T00:00:00Z');

describe.each(hostile)('400,000 characters of %j', (_, text) => {
  it('are cleaned and stripped in one pass', () => {
    expect(clean(text, 200).length).toBeLessThanOrEqual(401);
    expect(oneLine(`${text}x`).length).toBeLessThanOrEqual(text.length + 1);
    expect(printable(`${text}x`).length).toBeLessThanOrEqual(text.length + 1);
  });

  it('are no trouble in an error of OAuth or FHIR, or in their place', () => {
    const bodies = [
      JSON.stringify({ error: text, error_description: text }),
      JSON.stringify({
        resourceType: 'OperationOutcome',
        issue: [{ code: text, severity: text, diagnostics: text }],
      }),
      JSON.stringify({
        resourceType: 'OperationOutcome',
        issue: [{ details: { text, coding: [{ code: text }] } }],
      }),
      text,
    ];
    for (const body of bodies) {
      const read = describeErrorBody(body, text);
      expect(read.text.length).toBeLessThan(300);
      expect(read.said?.length ?? 0).toBeLessThanOrEqual(4000);
    }
  });

  it('are no trouble in a CapabilityStatement', () => {
    const read = readCapability({
      ...{ resourceType: 'CapabilityStatement', fhirVersion: text, instantiates: [text, `${text}|`] },
      software: { name: text, version: text },
      rest: [
        {
          operation: [{ name: text, definition: text }],
          resource: [{ type: text, operation: [{ name: `export${text}` }] }],
        },
      ],
    });
    expect(read?.fhirVersion?.length ?? 0).toBeLessThanOrEqual(101);
    expect(read?.software?.length ?? 0).toBeLessThanOrEqual(203);
  });

  it('are no trouble as scopes, references, systems and words', () => {
    expect(scopesNotGranted('system/Patient.read', text, ['Patient'])).toEqual(['system/Patient.read']);
    const settings = { ...DEFAULT_SETTINGS, fhirBaseUrl: 'https://x.example/fhir', vendor: 'epic' as const };
    for (const sent of [
      text,
      `https://x.example/${text}`,
      `https://${text}`,
      `urn:uuid:${text}`,
      `/${text}x`,
    ]) {
      readReference({ reference: sent }, settings);
      expect(systemKey(sent).length).toBeLessThanOrEqual(sent.length);
    }
    ucumOf({ unit: text, code: `${text}x`, system: 'http://unitsofmeasure.org' });
    expect(saysNothingIsThere(`${text}x`)).toBe(false);
  });
});

describe('a header', () => {
  it('that is as long as Node takes one is read in one pass', async () => {
    for (const piece of pieces.filter((one) => /^[ -~]+$/.test(one))) {
      const value = piece.repeat(Math.ceil(16_000 / piece.length)).trim();
      expect(readRetryAfter(value, now) ?? 0).toBeTypeOf('number');
      const headers = { 'x-progress': value, 'retry-after': value };
      const status = await readStatus(
        new Response('{}', { status: 202, headers }),
        now,
        () => Promise.reject(new Error('there is no manifest to read')),
        false,
      );
      expect(status.kind === 'in-progress' && (status.progress ?? '').length).toBeLessThan(30);
    }
  });
});
