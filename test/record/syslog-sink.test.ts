/** The record at a real syslog receiver on loopback. */
import { createSocket } from 'node:dgram';
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SyslogReceiver } from '../../jobs/outbound/syslog.ts';
import { commandLine } from '../../jobs/record/actor.ts';
import { sha256 } from '../../jobs/record/events.ts';
import { recordInTx } from '../../jobs/record/record.ts';
import { sealEvents } from '../../jobs/record/seal.ts';
import { readRecordSettings } from '../../jobs/record/settings.ts';
import { sendToSyslog } from '../../jobs/record/syslog-sink.ts';
import { keepRecord } from '../../jobs/record/upkeep.ts';
import { newDatabase, type TestDatabase } from '../database.ts';
import { selfSigned } from '../ehr/certificate.ts';
import { inLongRun } from '../long-run.ts';

const clock = () => new Date();
let db: TestDatabase;
beforeAll(async () => {
  db = await newDatabase();
});
afterAll(() => db.drop());
beforeEach(() => db.sql`delete from audit_delivery`);
const opened: { close(): unknown }[] = [];
afterEach(() => {
  for (const one of opened.splice(0)) one.close();
});

async function add(events: number, outcome: 'done' | 'refused' = 'done', name = 'ada'): Promise<void> {
  for (let n = 0; n < events; n++) {
    const event = { at: clock(), actor: commandLine(name), action: 'a.b', object: `x/${n}`, outcome };
    await db.sql.begin((tx) => recordInTx(tx, event));
  }
  await sealEvents({ sql: db.sql, clock });
}

const lastSeal = async () =>
  (await db.sql<[{ last: number }]>`select coalesce(max(seal_no), 0)::int as last from audit_seal`)[0].last;
const at = (url: string, more: Partial<SyslogReceiver> = {}): SyslogReceiver => ({
  ...{ url: new URL(url), authorities: undefined, ...more },
});
const send = (receiver: SyslogReceiver) => sendToSyslog({ sql: db.sql, clock }, receiver);

/** Messages by their announced lengths; fails where a length is none. */
function messagesIn(bytes: Buffer): string[] {
  const found: string[] = [];
  for (let from = 0; from < bytes.length; ) {
    const blank = bytes.indexOf(' ', from);
    const length = Number(bytes.toString('latin1', from, blank));
    if (!Number.isInteger(length)) throw new Error('no length where one is expected');
    found.push(bytes.toString('utf8', blank + 1, blank + 1 + length));
    from = blank + 1 + length;
  }
  return found;
}

const sealOf = (message: string): number => JSON.parse(message.slice(message.indexOf('{'))).seal_no;

interface Receiver {
  readonly port: number;
  readonly got: Buffer[];
}

async function receive(make: (each: (socket: Socket) => void) => Server, dies = 0): Promise<Receiver> {
  const got: Buffer[] = [];
  let left = dies;
  const server = make((socket) => {
    socket.on('error', () => {});
    if (left-- > 0) return void socket.once('data', () => socket.destroy());
    socket.on('data', (bytes) => got.push(Buffer.from(bytes)));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  opened.push(server);
  const address = server.address();
  return { port: address && typeof address === 'object' ? address.port : 0, got };
}

const messages = (receiver: Receiver) => messagesIn(Buffer.concat(receiver.got));
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, n) => from + n);

describe('a syslog receiver', () => {
  inLongRun(it)(
    'gets by TCP a message a seal, each once, in order, and what is sealed later behind it',
    async () => {
      const before = await lastSeal();
      await add(2);
      const receiver = await receive((each) => createServer(each));
      const there = at(`tcp://127.0.0.1:${receiver.port}`);
      expect(await send(there)).toBe(before + 2);
      expect(await send(there)).toBe(0);
      await add(600);
      expect(await send(there)).toBe(600);
      expect(messages(receiver).map(sealOf)).toEqual(range(1, before + 602));
    },
  );

  it('gets messages as RFC 5424 has them, with the text that its hash is of', async () => {
    await add(1, 'done', 'Zoë Müller');
    await add(1, 'refused');
    const receiver = await receive((each) => createServer(each));
    await send(at(`tcp://127.0.0.1:${receiver.port}`));
    const [done = '', refused = ''] = messages(receiver).slice(-2);
    const form =
      /^<(\d+)>1 \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z [!-~]{1,255} fhir-omop-sync \d+ a\.b - (\{.*\})$/;
    const [, priority, text = ''] = form.exec(done) ?? [];
    expect([priority, form.exec(refused)?.[1]]).toEqual(['109', '108']);
    expect(JSON.parse(text).event.actor).toBe('cli:Zoë Müller');
    const [, eventHash, event] = /"event_hash":"(.{64})","event":(.*)\}$/.exec(text) ?? [];
    expect(sha256(event ?? '')).toBe(eventHash);
  });

  it('that died with some of them unread gets all of them when it is there again', async () => {
    await add(50);
    const all = await lastSeal();
    const receiver = await receive((each) => createServer(each), 1);
    const there = at(`tcp://127.0.0.1:${receiver.port}`);
    await expect(send(there)).rejects.toMatchObject({ code: 'syslog-unavailable' });
    expect(await db.sql`select 1 from audit_delivery`).toEqual([]);
    expect(await send(there)).toBe(all);
    expect(messages(receiver).map(sealOf)).toEqual(range(1, all));
  });

  it('that closes the connection at once, as a balancer does that has nobody behind it, has taken nothing', async () => {
    await add(1);
    const receiver = await receive((each) =>
      createServer((socket) => {
        each(socket);
        socket.end();
      }),
    );
    await expect(send(at(`tcp://127.0.0.1:${receiver.port}`))).rejects.toThrow(
      /did not take it \(ECONNRESET\)/,
    );
    expect(await db.sql`select 1 from audit_delivery`).toEqual([]);
  });

  it('that takes the connection and never closes it has taken nothing', async () => {
    await add(1);
    const receiver = await receive((each) => createServer({ allowHalfOpen: true }, each));
    const there = at(`tcp://127.0.0.1:${receiver.port}`, { timeoutMs: 200 });
    await expect(send(there)).rejects.toThrow(/did not take it \(ETIMEDOUT\)/);
    expect(await db.sql`select 1 from audit_delivery`).toEqual([]);
  });

  it('that is away costs nothing but a line in the log, and is asked again later and later', async () => {
    await add(1);
    const lines: string[] = [];
    const log = pino({}, { write: (line) => void lines.push(line) });
    const gone = await receive((each) => createServer(each));
    opened.pop()?.close();
    const record = { years: 7, file: undefined, syslog: at(`tcp://127.0.0.1:${gone.port}`) };
    await keepRecord({ sql: db.sql, clock, log, record });
    const faults = lines.map((line) => JSON.parse(line)).filter(({ level }) => level >= 50);
    expect(faults).toMatchObject([{ part: 'syslog', code: 'syslog-unavailable' }]);
    expect(await db.sql`select 1 from audit_unsealed`).toEqual([]);
  });

  it('is sent to by one of several processes at once', async () => {
    await add(20);
    const all = await lastSeal();
    const receiver = await receive((each) => createServer(each));
    const there = at(`tcp://127.0.0.1:${receiver.port}`);
    await Promise.all([send(there), send(there), send(there)]);
    expect(messages(receiver).map(sealOf)).toEqual(range(1, all));
  });

  it('gets them by TLS only with a certificate that is believed', async () => {
    await add(3);
    const all = await lastSeal();
    const { cert: certificate, key: privateKey } = selfSigned();
    const receiver = await receive((each) => createTlsServer({ cert: certificate, key: privateKey }, each));
    const url = `tls://127.0.0.1:${receiver.port}`;
    await expect(send(at(url))).rejects.toMatchObject({ code: 'syslog-unavailable' });
    expect(receiver.got).toEqual([]);
    expect(await send(at(url, { authorities: [certificate] }))).toBe(all);
    expect(messages(receiver).map(sealOf)).toEqual(range(1, all));
  });

  it('gets them by UDP, a datagram each, and what fits in none without its event', async () => {
    await db.sql.begin((tx) =>
      recordInTx(tx, {
        ...{ at: clock(), actor: commandLine('ada'), action: 'a.long', object: 'x/1' },
        details: { long: 'x'.repeat(70_000) },
      }),
    );
    await add(1);
    const all = await lastSeal();
    const socket = createSocket({ type: 'udp4', recvBufferSize: 4_000_000 });
    opened.push(socket);
    const got: string[] = [];
    const received = new Promise<void>((done) => {
      socket.on('message', (message) => {
        got.push(message.toString());
        if (sealOf(message.toString()) === all) done();
      });
    });
    await new Promise<void>((done) => socket.bind(0, '127.0.0.1', done));
    await db.sql`
      insert into audit_delivery (sink, seal_no, at)
      values (${`syslog:udp://127.0.0.1:${socket.address().port}`}, ${all - 2}, now())`;
    expect(await send(at(`udp://127.0.0.1:${socket.address().port}`))).toBe(2);
    await received;
    expect(got.map(sealOf)).toEqual([all - 1, all]);
    expect(JSON.parse(got[0]?.slice(got[0].indexOf('{')) ?? '').event).toBeNull();
  });
});

describe('AUDIT_SYSLOG_URL', () => {
  const read = (url: string) => readRecordSettings({ AUDIT_SYSLOG_URL: url }).syslog?.url.host;

  it('has the usual port of each way where it names none', () => {
    const hosts = ['udp://siem', 'tcp://siem', 'tls://siem', 'tls://[::1]:1'].map(read);
    expect(hosts).toEqual(['siem:514', 'siem:601', 'siem:6514', '[::1]:1']);
    expect(read('')).toBeUndefined();
  });

  it.each(['siem:514', 'http://siem', 'tcp://u:p@siem', 'tcp://siem/path', 'tcp://siem?x', 'tcp://'])(
    'is refused where it says something else: %s',
    (url) => expect(() => read(url)).toThrow(/AUDIT_SYSLOG_URL: expected/),
  );
});
