import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startRelays } from '../../lab/node/relay.ts';
import { freePort } from '../../lab/ports.ts';
import { type TemporaryFolder, temporaryFolder } from '../../lab/temporary-folder.ts';

let folder: TemporaryFolder;
let server: Server;
let relays: { stop(): Promise<void> };
let address: string;
let proxy: string;

beforeAll(async () => {
  folder = await temporaryFolder('relay');
  // Answers only when the other side has said all: a relay has to pass the end on, and leave the way back open.
  server = createServer({ allowHalfOpen: true }, async (socket) => {
    socket.end(`heard ${await textOf(socket)}`);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { readonly port: number };
  address = `127.0.0.1:${await freePort()}`;
  const file = join(folder.path, 'file');
  proxy = join(folder.path, 'proxy');
  relays = await startRelays({
    toAddresses: { [file]: `127.0.0.1:${port}` },
    toFiles: { [address]: file },
    proxy,
  });
});

afterAll(async () => {
  await relays?.stop();
  server?.close();
  await folder?.remove();
});

async function textOf(socket: Socket): Promise<string> {
  let text = '';
  for await (const chunk of socket) text += chunk;
  return text;
}

describe('relays', () => {
  test('lead from an address through a socket file to another address, and back', async () => {
    const [host, port] = address.split(':');
    const socket = connect({ host, port: Number(port), allowHalfOpen: true });
    socket.end('hello');
    expect(await textOf(socket)).toBe('heard hello');
  });

  test('lead from a proxy on a socket file to any address', async () => {
    const socket = connect({ path: proxy, allowHalfOpen: true });
    socket.write(`CONNECT ${address} HTTP/1.1\r\nHost: ${address}\r\n\r\n`);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toContain('200 Connection established');
    socket.end('hello');
    expect(await textOf(socket)).toBe('heard hello');
  });

  test('say so where the proxy reaches nobody', async () => {
    const nobody = `127.0.0.1:${await freePort()}`;
    const socket = connect({ path: proxy });
    socket.write(`CONNECT ${nobody} HTTP/1.1\r\nHost: ${nobody}\r\n\r\n`);
    expect(await textOf(socket)).toContain('502 Bad Gateway');
  });
});
