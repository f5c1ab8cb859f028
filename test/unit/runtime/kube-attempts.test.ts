import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { KubeConfig } from '@kubernetes/client-node';
import { systemClock } from '../../../src/runtime/clock.ts';
import { createInformer } from '../../../src/runtime/informer.ts';
import { apiServerHost, createKubeClient, type KubeClient } from '../../../src/runtime/kube-client.ts';
import { createFakeClock } from '../fake-clock.ts';
import { fakeKubeClient } from './fake-kube-client.ts';
import { recordedLog } from './recorded-log.ts';

const THINGS = { group: '', version: 'v1', plural: 'things', kind: 'Thing', namespaced: true } as const;

let server: Server;
let config: KubeConfig;
let client: KubeClient;
const attempts: string[] = [];

beforeEach(async () => {
  attempts.length = 0;
  server = createServer((request, response) => {
    const path = request.url ?? '';
    if (path.startsWith('/reset')) request.socket.destroy();
    else if (!path.startsWith('/never')) response.writeHead(path === '/missing' ? 404 : 200).end('{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  config = new KubeConfig();
  config.loadFromOptions({
    clusters: [{ name: 'c', server: url, skipTLSVerify: true }],
    users: [{ name: 'u' }],
    contexts: [{ name: 'c', cluster: 'c', user: 'u' }],
    currentContext: 'c',
  });
  const onAttempt = (method: string, code: number | string) => void attempts.push(`${method} ${code}`);
  client = createKubeClient({ config, clock: systemClock, userAgent: 'test', onAttempt });
});

afterEach(async () => {
  await client.close();
  server.closeAllConnections();
  server.close();
});

test('each request is told with its method and status code, or that no answer came', async () => {
  await client.request('/there');
  await expect(client.request('/missing', { method: 'DELETE' })).rejects.toThrow();
  await expect(client.request('/reset', { method: 'POST', body: {} })).rejects.toThrow();
  for await (const _ of await client.stream('/there', {}));
  expect(attempts).toEqual(['GET 200', 'DELETE 404', 'POST <error>', 'GET 200']);
});

test('of a request that was called off nothing is told', async () => {
  const signal = AbortSignal.timeout(20);
  await expect(client.request('/never', { signal })).rejects.toThrow();
  expect(attempts).toEqual([]);
});

test('the host of the API server is told with its port, and as nothing where there is none', () => {
  expect(apiServerHost(config)).toMatch(/^127\.0\.0\.1:\d+$/);
  expect(apiServerHost(new KubeConfig())).toBe('');
});

test('an informer counts how often its watch broke', async () => {
  const clock = createFakeClock();
  const stop = new AbortController();
  const informer = createInformer({
    client: {
      ...fakeKubeClient(),
      request: async <T>() => ({ metadata: { resourceVersion: '1' }, items: [] }) as T,
      stream: async () => Promise.reject(new Error('reset by peer')),
    },
    resource: THINGS,
    project: () => 1,
    clock,
    log: recordedLog(),
    random: () => 0.5,
  });
  expect(informer.restarts?.()).toBe(0);
  const run = informer.run(stop.signal);
  while ((informer.restarts?.() ?? 0) < 3) await clock.elapse(1_000);
  stop.abort();
  await run;
  expect(informer.restarts?.()).toBe(3);
});
