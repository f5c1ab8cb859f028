import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { type HttpServer, type Route, serve } from '../../../src/runtime/http-server.ts';
import { waitFor } from '../../lab/wait-for.ts';
import { recordedLog } from './recorded-log.ts';

const LOCAL = { host: '127.0.0.1', port: 0 };
const servers: HttpServer[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function serving(routes: Readonly<Record<string, Route>>, address = LOCAL) {
  const log = recordedLog();
  const server = await serve({ address, routes, log });
  servers.push(server);
  return { server, log, url: `http://127.0.0.1:${server.port}` };
}

const hello: Route = async (query) => ({ status: 200, body: `hello ${query.get('who') ?? ''}` });

describe('a path that is served', () => {
  test('is answered with its type and body', async () => {
    const { url } = await serving({
      '/metrics': async () => ({ status: 200, contentType: 'text/plain; version=0.0.4', body: 'ä 1\n' }),
    });
    const answer = await fetch(`${url}/metrics`);
    expect([answer.status, answer.headers.get('content-type'), await answer.text()]).toEqual([
      200,
      'text/plain; version=0.0.4',
      'ä 1\n',
    ]);
  });

  test('sees the query', async () => {
    const { url } = await serving({ '/hello': hello });
    expect(await (await fetch(`${url}/hello?who=you`)).text()).toBe('hello you');
  });

  test('has a head without a body', async () => {
    const { url } = await serving({ '/hello': hello });
    const answer = await fetch(`${url}/hello`, { method: 'HEAD' });
    expect([answer.headers.get('content-length'), await answer.text()]).toEqual(['6', '']);
  });

  test('that throws says so in the log and not to who asks', async () => {
    const { url, log } = await serving({ '/bad': () => Promise.reject(new Error('inner')) });
    const answer = await fetch(`${url}/bad`);
    expect([answer.status, await answer.text()]).toEqual([500, 'internal error\n']);
    expect(log.lines.at(-1)).toEqual({
      level: 'error',
      message: 'request failed',
      fields: { path: '/bad', error: 'inner' },
    });
  });
});

describe('whatever else', () => {
  test.each(['/', '/hello/', '/Hello', '/constructor', '/__proto__'])('%s is not found', async (path) => {
    const { url } = await serving({ '/hello': hello });
    expect((await fetch(url + path)).status).toBe(404);
  });

  test.each(['POST', 'PUT', 'DELETE'])('%s is refused', async (method) => {
    const { url } = await serving({ '/hello': hello });
    const answer = await fetch(`${url}/hello`, { method, body: method === 'DELETE' ? null : 'x' });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  });
});

test('an address that is taken is said', async () => {
  const { server } = await serving({});
  await expect(
    serve({ address: { ...LOCAL, port: server.port }, routes: {}, log: recordedLog() }),
  ).rejects.toThrow(/EADDRINUSE/);
});

test('closing waits for nobody: a connection that says nothing is ended', async () => {
  const { server } = await serving({});
  const socket = connect(server.port, '127.0.0.1');
  await new Promise((resolve) => socket.once('connect', resolve));
  const ended = new Promise((resolve) => socket.once('close', resolve));
  await servers.pop()?.close();
  await ended;
});

describe('connections that say nothing', () => {
  test('keep nobody out, however many: the oldest one is ended', async () => {
    const { server, url } = await serving({ '/hello': hello });
    const sockets: Socket[] = [];
    try {
      for (let count = 0; count < 200; count += 1) {
        const socket = connect(server.port, '127.0.0.1');
        socket.on('error', () => undefined);
        sockets.push(socket);
        await once(socket, 'connect');
      }
      expect(await (await fetch(`${url}/hello?who=you`)).text()).toBe('hello you');
      await waitFor(() => sockets[0]?.closed, { what: 'the first connection to be ended' });
    } finally {
      for (const socket of sockets) socket.destroy();
    }
  });
});
