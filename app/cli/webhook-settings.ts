/** Settings of a receiver of events from options of the command line. Lists are with commas; "" is all, or none. */
import { Option } from '@commander-js/extra-typings';
import { EVENTS } from '../../jobs/alerts/webhooks/format.ts';
import type { ApiClient, Schemas } from '../../openapi/client/index.ts';
import { connectionOf } from './connection-of.ts';
import { readSecret } from './connection-settings.ts';
import { NotUnderstood } from './not-understood.ts';

/** Its address is a secret at some services, and others see commands in the list of processes. */
export const WEBHOOK_OPTIONS = {
  url: new Option('--url <url>', 'where events are posted: https, or http on this machine').conflicts(
    'urlFile',
  ),
  urlFile: new Option(
    '--url-file <file>',
    'file with the address, where that is a secret; - for standard input',
  ),
  events: new Option(
    '--events <types>',
    `only events of these types, with commas; "" for all: ${EVENTS.join(', ')}`,
  ),
  sites: new Option('--sites <keys>', 'only events of these connections, with commas; "" for all'),
  networks: new Option(
    '--networks <list>',
    'networks besides public ones that it may be at, with commas, such as 10.1.0.0/16',
  ),
} as const;

export interface GivenWebhook {
  readonly url?: string | undefined;
  readonly urlFile?: string | undefined;
  readonly events?: string | undefined;
  readonly sites?: string | undefined;
  readonly networks?: string | undefined;
}

type Settings = Pick<Schemas['UpdateWebhook'], 'url' | 'events' | 'connections' | 'allowed_networks'>;

export async function webhookFrom(api: ApiClient, given: GivenWebhook): Promise<Settings> {
  const url = given.urlFile === undefined ? given.url : readSecret(given.urlFile).trim();
  const sites = given.sites === undefined ? undefined : partsOf(given.sites);
  const found = await Promise.all((sites ?? []).map((site) => connectionOf(api, site)));
  const ids = found.map(({ connection_id }) => connection_id);
  return {
    ...(url === undefined ? {} : { url }),
    ...(given.events === undefined ? {} : { events: partsOf(given.events).map(eventOf) }),
    ...(sites === undefined ? {} : { connections: ids.length > 0 ? ids : null }),
    ...(given.networks === undefined ? {} : { allowed_networks: partsOf(given.networks) }),
  };
}

const partsOf = (text: string): string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

function eventOf(text: string): (typeof EVENTS)[number] {
  const found = EVENTS.find((one) => one === text);
  if (found) return found;
  throw new NotUnderstood(`--events: expected types with commas, of ${EVENTS.join(', ')}; got "${text}".`);
}
