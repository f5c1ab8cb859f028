import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { systemClock } from '../../../src/runtime/clock.ts';
import { createController, type Next } from '../../../src/runtime/controller.ts';
import { watchEventLoop } from '../../../src/runtime/event-loop.ts';
import { createInformer } from '../../../src/runtime/informer.ts';
import { createManager, type Manager } from '../../../src/runtime/manager.ts';
import { watchSource } from '../../../src/runtime/sources.ts';
import { waitFor } from '../../lab/wait-for.ts';
import { recordedLog } from '../../unit/runtime/recorded-log.ts';
import { CONFIG_MAPS, type RuntimeLab, startRuntimeLab } from './runtime-lab.ts';

jest.setTimeout(60_000);

const MINUTE = 60_000;

let lab: RuntimeLab;
let manager: Manager | undefined;
/** What passes wait for. */
let gate: PromiseWithResolvers<Next>;

beforeAll(async () => {
  lab = await startRuntimeLab();
}, 600_000);

afterEach(async () => {
  lab.proxy.heal();
  gate.resolve({});
  await manager?.stop();
  manager = undefined;
});

afterAll(async () => {
  await lab?.stop();
});

/** One controller over the ConfigMaps of a namespace, whose passes wait for the gate; gives its address. */
async function serving(): Promise<string> {
  gate = Promise.withResolvers<Next>();
  const { clock } = lab;
  const log = recordedLog();
  const namespace = await lab.namespace();
  const client = await lab.client();
  const informer = createInformer({
    client,
    clock,
    log,
    namespace,
    resource: CONFIG_MAPS,
    project: (object) => object.metadata.name,
  });
  const controller = createController({
    name: 'waiting',
    sources: [watchSource(informer)],
    reconcile: () => gate.promise,
    workers: 1,
    clock,
    log,
  });
  manager = createManager({
    informers: [informer],
    controllers: [controller],
    eventLoop: watchEventLoop({ clock: systemClock, log }),
    healthAddress: { host: '127.0.0.1', port: 0 },
    events: { record: () => undefined, flush: async () => undefined },
    clock,
    log,
    fillMs: 30_000,
    drainMs: 20_000,
    close: async () => undefined,
  });
  await manager.start();
  await lab.controlPlane.admin.create({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'a', namespace },
  });
  await waitFor(() => informer.lister.size > 0, { what: 'the ConfigMap to be seen' });
  const served = log.lines.find(({ message }) => message === 'serving');
  const { port } = (served?.fields ?? {}) as { readonly port?: number };
  return `http://127.0.0.1:${port}`;
}

async function ask(url: string): Promise<{ readonly status: number; readonly text: string }> {
  const answer = await fetch(url);
  return { status: answer.status, text: await answer.text() };
}

describe('health', () => {
  test('is served, with every check if asked', async () => {
    const url = await serving();
    expect(await ask(`${url}/healthz`)).toEqual({ status: 200, text: 'ok\n' });
    expect((await ask(`${url}/healthz?verbose`)).text.split('\n')).toEqual([
      '[+]ping ok',
      '[+]event-loop ok',
      '[+]informer-configmaps ok',
      '[+]controller-waiting ok',
      'healthz check passed',
      '',
    ]);
    expect(await ask(`${url}/readyz`)).toEqual({ status: 200, text: 'ok\n' });
  });

  test('does not suffer from an API server that says nothing for an hour', async () => {
    const url = await serving();
    lab.proxy.silence();
    for (let minutes = 0; minutes < 60; minutes += 1) {
      lab.clock.advance(MINUTE);
      // What was due goes on before time does.
      await waitFor(async () => (await ask(`${url}/healthz`)).status === 200, { what: 'health' });
    }
    expect((await ask(`${url}/readyz`)).status).toBe(200);
  });

  test('does not suffer from one that refuses all connections', async () => {
    const url = await serving();
    lab.proxy.addFault({ match: {}, fault: { kind: 'reset' } });
    lab.proxy.resetWatches();
    for (let minutes = 0; minutes < 10; minutes += 1) {
      lab.clock.advance(MINUTE);
      await waitFor(async () => (await ask(`${url}/healthz`)).status === 200, { what: 'health' });
    }
  });

  test('is bad when a pass does not end, and says which', async () => {
    const url = await serving();
    lab.clock.advance(121 * MINUTE);
    const { status, text } = await waitFor(() => ask(`${url}/healthz`), {
      what: 'the informer to have found out about the time',
      until: ({ text }) => text.includes('[+]informer-configmaps'),
    });
    expect(status).toBe(500);
    expect(text).toMatch(/^\[-\]controller-waiting failed: runtime-\d+\/a is worked on for 121 min$/m);
    expect((await ask(`${url}/readyz`)).status).toBe(200);
  });

  test('stays good while it stops, and readiness does not', async () => {
    const url = await serving();
    const stopped = manager?.stop();
    expect(await ask(`${url}/readyz`)).toMatchObject({
      status: 500,
      text: expect.stringContaining('[-]shutdown failed: it is stopping'),
    });
    expect((await ask(`${url}/healthz`)).status).toBe(200);
    gate.resolve({});
    expect(await stopped).toBe(true);
    manager = undefined;
    await expect(ask(`${url}/readyz`)).rejects.toThrow();
  });
});

describe('an event loop that stands still', () => {
  let child: ChildProcess;

  afterEach(() => {
    child.kill('SIGKILL');
  });

  test('answers nobody meanwhile, and says so afterwards', async () => {
    child = fork(join(import.meta.dirname, 'blocked-child.ts'), [], { execArgv: ['--no-warnings'] });
    const [{ port }] = (await once(child, 'message')) as [{ readonly port: number }];
    const url = `http://127.0.0.1:${port}/healthz`;
    expect((await ask(url)).status).toBe(200);
    const told = once(child, 'message');
    child.send(4);
    const probes: (number | 'none')[] = [];
    const probe = async (): Promise<number | 'none'> => {
      const signal = AbortSignal.timeout(1_000);
      const seen = await fetch(url, { signal }).then(
        ({ status }) => status,
        () => 'none' as const,
      );
      probes.push(seen);
      return seen;
    };
    await waitFor(probe, { what: 'a probe that says it', until: (seen) => seen === 500, timeoutMs: 30_000 });
    expect(probes).toContain('none');
    expect(await told).toMatchObject([{ message: 'event loop stood still' }]);
    await waitFor(probe, {
      what: 'the loop to turn again',
      until: (seen) => seen === 200,
      timeoutMs: 30_000,
    });
  });
});
