import { expect, it } from 'vitest';
import { type ConnectionUrls, urlFaults } from '../../jobs/connection/url-faults.ts';

const NONE: ConnectionUrls = { fhir_base_url: null, token_endpoint: null, jwks_url: null };

it.each<Partial<ConnectionUrls>>([
  {},
  { fhir_base_url: 'https://ehr.example/fhir', jwks_url: 'https://ehr.example/jwks' },
  // Azure AD B2C names its policy so.
  { token_endpoint: 'https://login.example/token?p=b2c_1a_policy&tenant=x' },
  // Other checks tell that it is no URL.
  { fhir_base_url: 'no URL, with me:secret@' },
])('nothing is wrong with %j', (urls) => expect(urlFaults({ ...NONE, ...urls })).toEqual([]));

const USER = expect.stringMatching(/^Must not hold a user name or password/);
const QUERY = expect.stringMatching(/^Must not hold a query/);
const SECRET = expect.stringMatching(/^Must not hold a secret in its query/);
const FRAGMENT = expect.stringMatching(/^Must not hold a fragment/);

it.each<[Partial<ConnectionUrls>, unknown[]]>([
  [{ fhir_base_url: 'https://me@ehr.example/fhir' }, [USER]],
  [{ fhir_base_url: 'https://:secret@ehr.example/fhir' }, [USER]],
  [{ jwks_url: 'https://ehr.example/jwks?x=y' }, [QUERY]],
  [{ fhir_base_url: 'https://me:secret@ehr.example/fhir?x=y#z' }, [USER, FRAGMENT, QUERY]],
  // One secret among what is none.
  [{ token_endpoint: 'https://ehr.example/token?p=policy&client_secret=s' }, [SECRET]],
  [{ token_endpoint: 'https://ehr.example/token?x=Bearer%20abc' }, [SECRET]],
  [{ token_endpoint: 'https://ehr.example/token?x=basic%20abc' }, [SECRET]],
  ...['pw', 'PASSWORD', 'sig', 'code', 'apikey', 'Authorization', 'client_assertion', 'credentials'].map(
    (name): [Partial<ConnectionUrls>, unknown[]] => [
      { token_endpoint: `https://ehr.example/token?${name}=s` },
      [SECRET],
    ],
  ),
])('what is wrong with %j is told of its place', (urls, messages) => {
  const [path] = Object.keys(urls);
  expect(urlFaults({ ...NONE, ...urls })).toEqual(messages.map((message) => ({ path, message })));
});
