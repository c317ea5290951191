/** The key pairs of a connection, as commands about them say them. */
import { type ApiClient, must, type Schemas } from '../../openapi/client/index.ts';
import { table } from './table.ts';
import { say, sayJson } from './terminal.ts';

interface Of {
  readonly api: ApiClient;
  readonly id: number;
  readonly site: string;
}

export async function sayKeys(
  of: Of,
  keys: Schemas['ConnectionKeys'],
  { json }: { readonly json?: true | undefined },
): Promise<void> {
  if (json) return sayJson(keys);
  const made = keys.items.map(({ state, algorithm, made_at, signs_from, published_until, kid }) => ({
    ...{ state, algorithm, made_at, signs_from, published_until, kid },
  }));
  say(table([...made, ...(await enteredKeys(of, keys))]));
  say(`\nPublished at /.well-known/jwks/${of.id} of the API; "cli jwks ${of.site}" prints the same.`);
}

/** What was entered is published too, and signs where nothing made here does. */
async function enteredKeys({ api, id }: Of, { items }: Schemas['ConnectionKeys']) {
  const found = await api.GET('/.well-known/jwks/{id}', { params: { path: { id } } });
  const { keys } = found.response.status === 404 ? { keys: [] } : must(found);
  const none = { made_at: null, signs_from: null, published_until: null };
  return keys
    .filter(({ kid }) => !items.some((one) => one.kid === kid))
    .map(({ kid, alg }) => ({ state: 'entered', algorithm: alg ?? '', ...none, kid: kid ?? '' }));
}
