/** Bodies of types that are nearly the right one, and bodies that do not come whole. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, expect, it } from 'vitest';
import { serveApp } from '../../app/serve.ts';
import { CONNECTIONS, startApi, TOKEN } from '../routes/api.ts';
import { WAIT } from '../world/locks.ts';

const api = await startApi();
const serving = await serveApp(api.app, { host: '127.0.0.1', port: 0 });
afterAll(async () => {
  await serving.close();
  await api.close();
});

it.each([
  ...['a+json', 'text/json', 'text/json+json', 'x/+json', 'application/+json', 'application/json ;x'],
  ...['application/json, text/plain', 'application/jsonp', 'application/x-www-form-urlencoded'],
])('a body of type %s is refused as such', async (type) => {
  const id = await api.connect();
  const headers = { 'content-type': type };
  const answer = await api.send('PUT', `${CONNECTIONS}/${id}`, { token: TOKEN, headers, body: '{}' });
  expect([answer.status, answer.json.code]).toEqual([415, 'unsupported-media-type']);
});

it.each(['application/json', 'Application/JSON; charset=utf-8', 'application/merge-patch+json'])(
  'a body of type %s is read',
  async (type) => {
    const id = await api.connect();
    const headers = { 'content-type': type };
    const body = '{"site_name":"read"}';
    const answer = await api.send('PUT', `${CONNECTIONS}/${id}`, { token: TOKEN, headers, body });
    expect([answer.status, answer.json.site_name]).toEqual([200, 'read']);
  },
);

it.each([
  ['/sign-in', 'application/x-www-form-urlencoded'],
  [CONNECTIONS, 'application/json'],
])("of %s a body that is cut off is the client's fault, and none of the database", async (path, type) => {
  const before = api.logged().length;
  const { hostname, port } = new URL(serving.url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  socket.write(
    `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${TOKEN}\r\nContent-Type: ${type}\r\n` +
      'Content-Length: 100\r\nExpect: 100-continue\r\n\r\nhello',
  );
  // The server has begun with it.
  await once(socket, 'data');
  socket.destroy();
  const logged = () => api.logged().slice(before);
  await expect.poll(logged, WAIT).toContain('"msg":"request"');
  expect(logged()).not.toMatch(/"level":50|database|ECONNRESET/);
});
