import { describe, expect, it } from 'vitest';
import { readSyncConfig } from '../../jobs/connection/sync-config.ts';
import { namedUrl } from '../../jobs/fhir/named-url.ts';

const named = (url: string, base: string, config: object = {}) => {
  const connection = { fhir_base_url: base, config: readSyncConfig(config) };
  return namedUrl(connection, url, 'The status of the export').href;
};

describe('a URL that a server names with http', () => {
  it.each([
    [
      'http://ehr.example/fhir/status?_jobId=1',
      'https://ehr.example/fhir',
      'https://ehr.example/fhir/status?_jobId=1',
    ],
    ['http://ehr.example:80/s', 'https://ehr.example:443/fhir', 'https://ehr.example/s'],
    ['http://ehr.example/s', 'https://ehr.example:8443/fhir', 'https://ehr.example:8443/s'],
    ['http://ehr.example:8443/s', 'https://ehr.example:8443/fhir', 'https://ehr.example:8443/s'],
    ['http://EHR.example:443/s', 'https://ehr.example/fhir', 'https://ehr.example/s'],
  ])('is asked by https on the own host: %s of %s', (url, base, expected) => {
    expect(named(url, base)).toBe(expected);
    expect(named(url, base, { allow_http: true })).toBe(expected);
  });

  it('is asked by https on a host that may have the token, unless http is allowed', () => {
    const config = { token_hosts: ['files.example'] };
    expect(named('http://files.example/1', 'https://ehr.example', config)).toBe('https://files.example/1');
    expect(named('http://files.example/1', 'https://ehr.example', { ...config, allow_http: true })).toBe(
      'http://files.example/1',
    );
  });

  it.each([
    ['http://ehr.example:8080/s', 'https://ehr.example'],
    ['http://10.0.0.7/s', 'https://ehr.example'],
    ['http://ehr.example/s', 'http://ehr.example'],
    ['http://ehr.example.evil.example/s', 'https://ehr.example'],
  ])('is refused elsewhere, without advice to allow it: %s of %s', (url, base) => {
    expect(() => named(url, base)).toThrow(/named by http, at .*clear/);
    expect(() => named(url, base)).not.toThrow(/allow_http/);
    expect(named(url, base, { allow_http: true })).toBe(url);
  });

  it('may stay so on this machine', () => {
    expect(named('http://127.0.0.1:4000/s', 'http://127.0.0.1:4000')).toBe('http://127.0.0.1:4000/s');
  });
});

it.each([
  ['s3://bucket/x', /named by s3:/],
  ['file:///etc/passwd', /named by file:/],
  ['not a url', /has something else/],
  ['https://me:secret@ehr.example/', /one for ehr.example that holds them/],
])('a URL that cannot be asked is refused by what it is, and not repeated: %s', (url, words) => {
  expect(() => named(url, 'https://ehr.example')).toThrow(words);
  expect(() => named(url, 'https://ehr.example')).not.toThrow(/bucket|passwd|secret/);
});
