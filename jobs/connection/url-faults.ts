/**
 * What the URLs of a connection must not hold: they are shown, logged and sent about as settings, so a secret in one is no
 * secret. Messages name the place and never repeat it.
 */
export interface ConnectionUrls {
  readonly fhir_base_url: string | null;
  readonly token_endpoint: string | null;
  readonly jwks_url: string | null;
}

export interface UrlFault {
  readonly path: keyof ConnectionUrls;
  readonly message: string;
}

/** Names of parameters that hold what lets somebody in. */
const SECRETS = /secret|token|passw|pwd|^pw$|key$|^sig$|signature|^code$|credential|assertion|^auth/i;
/** Values that are credentials by whatever name: a JWT, a header's. */
const CREDENTIALS = /^(?:ey[\w-]+\.[\w-]+\.|(?:bearer|basic) )/i;

export function urlFaults(urls: ConnectionUrls): UrlFault[] {
  return (['fhir_base_url', 'token_endpoint', 'jwks_url'] as const).flatMap((path) => {
    const text = urls[path];
    if (text === null || !URL.canParse(text)) return [];
    return faultsOf(path, new URL(text)).map((message) => ({ path, message }));
  });
}

function faultsOf(path: keyof ConnectionUrls, url: URL): string[] {
  const faults: string[] = [];
  if (url.username || url.password) {
    faults.push(
      'Must not hold a user name or password: it is shown. Secrets go into client_secret or a key.',
    );
  }
  if (url.hash) faults.push('Must not hold a fragment (#…), which is never sent.');
  if (url.search === '') return faults;
  // RFC 6749 section 3.2: a token endpoint may have a query (Azure AD B2C names its policy there).
  if (path !== 'token_endpoint') {
    faults.push('Must not hold a query (?…): it is shown, and paths are put behind this URL.');
  } else if ([...url.searchParams].some(([name, value]) => SECRETS.test(name) || CREDENTIALS.test(value))) {
    faults.push('Must not hold a secret in its query: it is shown. Secrets go into client_secret or a key.');
  }
  return faults;
}
