import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Agent, request } from 'undici';
import { NotLeadingError } from '../../../src/runtime/fence.ts';
import { fencedDispatcher } from '../../../src/runtime/fenced-dispatcher.ts';

const METHODS = ['POST', 'PUT', 'PATCH', 'DELETE'] as const;

/** What reached the server, and what is still to be answered. */
const reached: string[] = [];
const answers: (() => void)[] = [];
const server = createServer((incoming, outgoing) => {
  reached.push(`${incoming.method} ${incoming.url}`);
  const answer = (): void => void outgoing.end('done');
  if (incoming.url === '/slow') answers.push(answer);
  else answer();
});
let url: string;
let agent: Agent;
let isOpen: boolean;

beforeEach(async () => {
  reached.length = 0;
  isOpen = true;
  // One connection: the second request waits for the first.
  agent = new Agent({ connections: 1, pipelining: 1 });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(async () => {
  await agent.destroy();
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
});

function fenced() {
  return fencedDispatcher(agent, () => {
    if (!isOpen) throw new NotLeadingError('closed');
  });
}

async function send(method: 'GET' | (typeof METHODS)[number], path: string): Promise<string> {
  const { body } = await request(url + path, {
    method,
    dispatcher: fenced(),
    body: method === 'GET' ? null : '{}',
  });
  return body.text();
}

test('an open fence lets everything pass', async () => {
  expect(await Promise.all([send('GET', '/a'), ...METHODS.map((method) => send(method, '/a'))])).toEqual(
    Array(5).fill('done'),
  );
});

test.each(METHODS)('a closed one refuses %s, and nothing is sent', async (method) => {
  isOpen = false;
  await expect(send(method, '/a')).rejects.toThrow(NotLeadingError);
  expect(reached).toEqual([]);
});

test('a closed one lets reads pass', async () => {
  isOpen = false;
  expect(await send('GET', '/a')).toBe('done');
});

test('one that closes while a write waits for its connection refuses it', async () => {
  const first = send('PATCH', '/slow');
  const second = send('PATCH', '/b');
  second.catch(() => undefined);
  while (answers.length === 0) await new Promise(setImmediate);
  isOpen = false;
  answers.pop()?.();
  expect(await first).toBe('done');
  await expect(second).rejects.toThrow(NotLeadingError);
  expect(reached).toEqual(['PATCH /slow']);
});

test('what was refused breaks no connection for those after it', async () => {
  isOpen = false;
  await expect(send('PATCH', '/a')).rejects.toThrow(NotLeadingError);
  isOpen = true;
  expect(await send('PATCH', '/b')).toBe('done');
});
