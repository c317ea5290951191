/**
 * A browser without JavaScript, as far as signing in needs one: cookies with their SameSite rules, redirects, pages that
 * send themselves on, forms, and the headers by which a server tells whose page sent a request.
 */
import { decodeHTML } from 'entities';

export interface Page {
  readonly url: string;
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

interface Cookie {
  readonly name: string;
  readonly value: string;
  /** As the server wrote it, without the value. */
  readonly flags: string;
}

interface Step {
  readonly method?: string;
  readonly form?: Record<string, string>;
  /** Origin of the page that the step was begun from; undefined for an address that was typed. */
  readonly from?: string | undefined;
}

export interface Browser {
  readonly page: Page;
  /** Cookies by host name; tests may plant and remove some. */
  readonly cookies: Map<string, Map<string, Cookie>>;
  /** Every address that was asked for. */
  readonly visited: string[];
  /** Types an address, or follows a link from a page of the origin `from`. */
  open(url: string, from?: string): Promise<Page>;
  /** Sends the first form of the page; fields that are given win over hidden ones. */
  submit(fields?: Record<string, string>): Promise<Page>;
  cookie(host: string, name: string): Cookie | undefined;
  /** As open(), but stops before the first address that `stop` is true of, and returns it. */
  openUntil(url: string, stop: (url: string) => boolean): Promise<string>;
  submitUntil(stop: (url: string) => boolean, fields?: Record<string, string>): Promise<string>;
}

export type Answer = (url: string, init: RequestInit) => Response | Promise<Response>;

/** `own` answers for the origin that is tested; others are asked over the network. */
export function openBrowser(origin: string, own: Answer): Browser {
  const cookies = new Map<string, Map<string, Cookie>>();
  const visited: string[] = [];
  let page: Page = { url: 'about:blank', status: 0, headers: new Headers(), text: '' };

  async function once(url: URL, { method = 'GET', form, from }: Step): Promise<Response> {
    const headers = new Headers();
    const site = siteOf(url, from);
    headers.set('sec-fetch-site', site);
    if (method !== 'GET' && from !== undefined) {
      const hidden = page.headers.get('referrer-policy') === 'no-referrer';
      headers.set('origin', hidden ? 'null' : from);
    }
    const sent = [...(cookies.get(url.hostname)?.values() ?? [])].filter(({ flags }) => {
      if (site !== 'cross-site') return true;
      return /samesite=lax/i.test(flags) ? method === 'GET' : !/samesite=strict/i.test(flags);
    });
    if (sent.length > 0) headers.set('cookie', sent.map(({ name, value }) => `${name}=${value}`).join('; '));
    const body = form === undefined ? {} : { body: new URLSearchParams(form) };
    const init: RequestInit = { method, headers, redirect: 'manual', ...body };
    visited.push(url.href);
    const response = await (url.origin === origin ? own(url.href, init) : fetch(url, init));
    for (const line of response.headers.getSetCookie()) keep(url, line);
    return response;
  }

  function keep({ hostname: host, protocol }: URL, line: string): void {
    const match = /^([^=]+)=([^;]*)(.*)$/.exec(line);
    const [, name = '', value = '', flags = ''] = match ?? [];
    const isSecure = /; secure(;|$)/i.test(flags);
    // Browsers heed no such line, be it to set or to take back.
    if (isSecure && protocol !== 'https:') return;
    if (name.startsWith('__Host-') && !(isSecure && /; path=\/(;|$)/i.test(flags))) return;
    const jar = cookies.get(host) ?? new Map<string, Cookie>();
    cookies.set(host, jar);
    const gone = /max-age=0(;|$)/i.test(flags) || /expires=Thu, 01 Jan 1970/i.test(flags) || value === '';
    if (gone) jar.delete(name);
    else jar.set(name, { name, value, flags });
  }

  async function go(
    first: string,
    begin: Step,
    stop: (url: string) => boolean = () => false,
  ): Promise<string> {
    let url = new URL(first);
    let step = begin;
    const formAction = /form-action ('self')/.test(page.headers.get('content-security-policy') ?? '');
    for (let hops = 0; hops < 20; hops += 1) {
      if (stop(url.href)) return url.href;
      const response = await once(url, step);
      const target = response.headers.get('location');
      if (response.status >= 300 && response.status < 400 && target !== null) {
        url = new URL(target, url);
        if (step.form !== undefined && formAction && url.origin !== step.from) {
          throw new Error(`The page's form-action forbids the redirect to ${url.origin}`);
        }
        step = { from: begin.from };
        continue;
      }
      page = {
        url: url.href,
        status: response.status,
        headers: response.headers,
        text: await response.text(),
      };
      const onward = /<meta http-equiv="refresh" content="0; url=([^"]+)"/.exec(page.text)?.[1];
      if (onward === undefined) return url.href;
      step = { from: url.origin };
      url = new URL(decodeHTML(onward), url);
    }
    throw new Error('Too many redirects');
  }

  function firstForm(fields: Record<string, string>): [string, Step] {
    const form = /<form\b([^>]*)>([\s\S]*?)<\/form>/.exec(page.text);
    if (!form) throw new Error(`There is no form on ${page.url}: ${page.text}`);
    const hidden = [...(form[2] ?? '').matchAll(/<input\b([^>]*)>/g)].map(({ 1: input = '' }) => [
      attribute(input, 'name') ?? '',
      attribute(input, 'value') ?? '',
    ]);
    const target = new URL(attribute(form[1] ?? '', 'action') ?? '', page.url).href;
    const from = new URL(page.url).origin;
    return [target, { method: 'POST', form: { ...Object.fromEntries(hidden), ...fields }, from }];
  }

  return {
    ...{ cookies, visited },
    get page() {
      return page;
    },
    async open(url, from) {
      await go(url, { from });
      return page;
    },
    async submit(fields = {}) {
      await go(...firstForm(fields));
      return page;
    },
    cookie: (host, name) => cookies.get(host)?.get(name),
    openUntil: async (url, stop) => await go(url, {}, stop),
    submitUntil: async (stop, fields = {}) => await go(...firstForm(fields), stop),
  };
}

function siteOf(url: URL, from: string | undefined): string {
  if (from === undefined) return 'none';
  if (from === url.origin) return 'same-origin';
  return new URL(from).hostname === url.hostname ? 'same-site' : 'cross-site';
}

function attribute(tag: string, name: string): string | undefined {
  const found = new RegExp(`\\b${name}="([^"]*)"`).exec(tag)?.[1];
  return found === undefined ? undefined : decodeHTML(found);
}
