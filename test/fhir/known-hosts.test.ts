import { describe, expect, it } from 'vitest';
import { readSyncConfig } from '../../jobs/connection/sync-config.ts';
import { mayHaveCredentials, mayHaveToken, reachOf } from '../../jobs/fhir/known-hosts.ts';

const named = (base: string | null, config: object = {}, more: object = {}) => ({
  ...{ ehr_vendor: 'other', token_endpoint: null, fhir_base_url: base, config: readSyncConfig(config) },
  ...more,
});

describe('the access token', () => {
  const token_hosts = ['files.example', 'other.example:8443', '[fd00::1]:8443'];
  const plain = { allow_http: true, token_hosts: [...token_hosts, 'plain.example', 'plain.example:8080'] };
  it.each([
    ['https://ehr.example/file', 'https://ehr.example/fhir', {}, true],
    ['https://ehr.example:443/file', 'https://ehr.example/fhir', {}, true],
    ['https://EHR.example/file', 'https://ehr.example/fhir', {}, true],
    ['https://ehr.example:8443/file', 'https://ehr.example/fhir', {}, false],
    ['https://ehr.example/file', 'https://ehr.example:8443/fhir', {}, false],
    ['http://ehr.example/file', 'https://ehr.example/fhir', {}, false],
    ['http://ehr.example:443/file', 'https://ehr.example/fhir', {}, false],
    ['https://ehr.example/file', 'http://ehr.example/fhir', { allow_http: true }, false],
    ['http://ehr.example/file', 'http://ehr.example/fhir', { allow_http: true }, true],
    ['https://a.ehr.example/file', 'https://ehr.example/fhir', {}, false],
    ['https://ehr.example.evil.example/file', 'https://ehr.example/fhir', {}, false],
    ['https://files.example/file', 'https://ehr.example', { token_hosts }, true],
    ['https://files.example:8443/file', 'https://ehr.example', { token_hosts }, false],
    ['http://files.example/file', 'https://ehr.example', { token_hosts }, false],
    ['http://files.example:443/file', 'https://ehr.example', { token_hosts }, false],
    ['https://other.example:8443/file', 'https://ehr.example', { token_hosts }, true],
    ['https://other.example/file', 'https://ehr.example', { token_hosts }, false],
    ['http://other.example:8443/file', 'https://ehr.example', { token_hosts }, false],
    ['https://[fd00::1]:8443/file', 'https://ehr.example', { token_hosts }, true],
    ['http://plain.example:8080/file', 'https://ehr.example', plain, true],
    ['http://plain.example/file', 'https://ehr.example', plain, false],
    ['http://plain.example:8081/file', 'https://ehr.example', plain, false],
    ['http://127.0.0.1:4001/file', 'http://127.0.0.1:4000', { token_hosts: ['127.0.0.1:4001'] }, true],
    ['http://127.0.0.1:4002/file', 'http://127.0.0.1:4000', { token_hosts: ['127.0.0.1:4001'] }, false],
    ['https://ehr.example/file', null, {}, false],
  ])('goes to %s of %s with %j: %s', (url, base, config, expected) => {
    expect(mayHaveToken(named(base, config), new URL(url))).toBe(expected);
  });
});

describe('credentials', () => {
  const cerner = { ehr_vendor: 'cerner' };
  const oracle = 'https://fhir-ehr.cerner.com/r4/tenant';
  it.each([
    ['https://ehr.example/token', 'https://ehr.example/fhir', {}, {}, true],
    ['https://ehr.example:8443/token', 'https://ehr.example/fhir', {}, {}, true],
    ['https://auth.ehr.example/token', 'https://ehr.example/fhir', {}, {}, false],
    ['https://evil.example/token', 'https://ehr.example/fhir', {}, {}, false],
    ['https://auth.example/token', 'https://ehr.example/fhir', { token_hosts: ['auth.example'] }, {}, true],
    [
      'https://auth.example:8443/token',
      'https://ehr.example/fhir',
      { token_hosts: ['auth.example'] },
      {},
      false,
    ],
    ['https://authorization.cerner.com/tenants/t/token', oracle, {}, cerner, true],
    ['https://authorization.cerner.com:8443/token', oracle, {}, cerner, false],
    ['https://authorization.cerner.com/tenants/t/token', oracle, {}, {}, false],
    ['https://authorization.cerner.com/tenants/t/token', 'https://evil.example/r4', {}, cerner, false],
    ['https://authorization.cerner.com/tenants/t/token', 'https://fhir.evilcerner.com/r4', {}, cerner, false],
    ['https://evil.cerner.com/token', oracle, {}, cerner, false],
    ['https://ehr.example/token', null, {}, {}, false],
  ])('go to %s, which %s names, with %j and %j: %s', (endpoint, base, config, more, expected) => {
    expect(mayHaveCredentials(named(base, config, more), new URL(endpoint))).toBe(expected);
  });
});

describe('the reach of a connection', () => {
  it('is its networks and, for a proxy, the hosts that it names', () => {
    const config = {
      allowed_networks: ['10.0.0.0/8'],
      token_hosts: ['files.example:8443'],
      allowed_hosts: ['*.s3.test'],
    };
    const connection = named('https://ehr.example/fhir', config, {
      token_endpoint: 'https://auth.example/token',
    });
    expect(reachOf(connection)).toEqual({
      networks: ['10.0.0.0/8'],
      hosts: ['ehr.example', 'auth.example', 'files.example:8443', '*.s3.test'],
    });
  });

  it('holds the token endpoint of its vendor', () => {
    const oracle = named('https://fhir-ehr.cerner.com/r4/t', {}, { ehr_vendor: 'cerner' });
    expect(reachOf(oracle).hosts).toEqual(['fhir-ehr.cerner.com', 'authorization.cerner.com']);
  });
});
