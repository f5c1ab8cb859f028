import { describe, expect, test } from '@jest/globals';
import type { Controller } from '../../../src/runtime/controller.ts';
import type { EventRecorder } from '../../../src/runtime/events.ts';
import type { Informer } from '../../../src/runtime/informer.ts';
import type { LeaderElection } from '../../../src/runtime/leader-election.ts';
import { createManager, type Manager } from '../../../src/runtime/manager.ts';
import { NAMESPACES } from '../../../src/runtime/resource.ts';
import { ObjectStore } from '../../../src/runtime/store.ts';
import { createWorkQueue } from '../../../src/runtime/work-queue.ts';
import { createFakeClock, settled } from '../fake-clock.ts';
import { recordedLog } from './recorded-log.ts';

const DRAIN_MS = 20_000;

interface Given {
  readonly stopController?: (name: string) => Promise<boolean>;
  readonly flush?: () => Promise<void>;
  /** There are other replicas. */
  readonly isElected?: boolean;
}

/** A manager over parts that only say what is done to them. */
function managed({
  stopController = async () => true,
  flush = async () => undefined,
  isElected = false,
}: Given = {}) {
  const clock = createFakeClock();
  const log = recordedLog();
  const happened: string[] = [];
  const fills = new Map<string, () => void>();

  function informer(name: string): Informer<unknown> {
    const { promise, resolve } = Promise.withResolvers<void>();
    fills.set(name, resolve);
    return {
      lister: new ObjectStore<unknown>(() => undefined),
      resource: NAMESPACES,
      ready: promise,
      listen: () => undefined,
      async run(signal) {
        happened.push(`run ${name}`);
        await new Promise((end) => signal.addEventListener('abort', end, { once: true }));
        happened.push(`end ${name}`);
      },
    };
  }

  function controller(name: string): Controller {
    return {
      name,
      enqueue: () => undefined,
      queue: createWorkQueue({ clock }),
      workers: () => 1,
      observe: () => undefined,
      connect: () => void happened.push(`connect ${name}`),
      start: () => void happened.push(`start ${name}`),
      stuck: () => undefined,
      async stop(deadlineMs) {
        happened.push(`stop ${name} ${deadlineMs}`);
        return stopController(name);
      },
    };
  }

  const events: EventRecorder = {
    record: () => undefined,
    flush: async () => {
      happened.push('flush');
      await flush();
    },
  };
  const { promise: won, resolve: win } = Promise.withResolvers<void>();
  const election: LeaderElection = {
    won,
    isLeading: () => false,
    fence: () => undefined,
    unready: () => undefined,
    stuck: () => undefined,
    async run(signal) {
      happened.push('compete');
      await new Promise((end) => signal.addEventListener('abort', end, { once: true }));
    },
    async release() {
      await settled();
      happened.push('release');
    },
  };
  const manager: Manager = createManager({
    informers: [informer('i1'), informer('i2')],
    controllers: [controller('c1'), controller('c2')],
    eventLoop: { run: async () => undefined, stuck: () => undefined },
    ...(isElected ? { election } : {}),
    events,
    clock,
    log,
    fillMs: 120_000,
    drainMs: DRAIN_MS,
    close: async () => void happened.push('close'),
  });
  const fill = (...names: string[]) => {
    for (const name of names) fills.get(name)?.();
  };
  return { clock, log, manager, happened, fill, win };
}

describe('start', () => {
  test('fills caches, connects sources, and only then lets controllers work', async () => {
    const { manager, happened, fill, log } = managed();
    const started = manager.start();
    fill('i1');
    await settled();
    expect(happened).toEqual(['run i1', 'run i2']);
    fill('i2');
    await started;
    expect(happened.slice(2)).toEqual(['connect c1', 'connect c2', 'start c1', 'start c2']);
    expect(log.lines).toEqual([{ level: 'info', message: 'started', fields: { controllers: ['c1', 'c2'] } }]);
  });

  test('fails, with what could not be read, when the caches are not filled in time', async () => {
    const { clock, manager, happened, fill } = managed();
    const started = manager.start().catch((error: Error) => error.message);
    fill('i1');
    await settled();
    clock.advance(120_000);
    expect(await started).toBe('cannot read namespaces: is it installed, and may we?');
    expect(happened.filter((word) => word.startsWith('start'))).toEqual([]);
  });

  test('ends without working when it is stopped before the caches are filled', async () => {
    const { manager, happened } = managed();
    const started = manager.start();
    await settled();
    expect(await manager.stop()).toBe(true);
    await started;
    expect(happened.filter((what) => what.startsWith('start'))).toEqual([]);
  });
});

describe('one of several replicas', () => {
  async function standby() {
    const parts = managed({ isElected: true });
    const started = parts.manager.start();
    parts.fill('i1', 'i2');
    await settled();
    return { ...parts, started };
  }

  test('competes when its caches are filled, and not before', async () => {
    const { manager, happened, fill } = managed({ isElected: true });
    void manager.start();
    fill('i1');
    await settled();
    expect(happened).not.toContain('compete');
    fill('i2');
    await settled();
    expect(happened.at(-1)).toBe('compete');
    await manager.stop();
  });

  test('connects no source and starts no controller while it stands by', async () => {
    const { happened, manager } = await standby();
    expect(happened).toEqual(['run i1', 'run i2', 'compete']);
    await manager.stop();
  });

  test('works when it has won', async () => {
    const { happened, win, started, manager } = await standby();
    win();
    await started;
    expect(happened.slice(3)).toEqual(['connect c1', 'connect c2', 'start c1', 'start c2']);
    await manager.stop();
  });

  test('stops at once while it stands by, and never works', async () => {
    const { happened, win, started, manager } = await standby();
    const stopped = manager.stop();
    win();
    expect(await stopped).toBe(true);
    await started;
    expect(happened.filter((what) => /^(start|connect)/.test(what))).toEqual([]);
  });

  test('lets go of leadership last, when nothing more is written', async () => {
    const { happened, win, started, manager } = await standby();
    win();
    await started;
    happened.length = 0;
    await manager.stop();
    const order = ['stop c2 20000', 'stop c1 20000', 'flush', 'release', 'end i1', 'end i2', 'close'];
    expect(happened).toEqual(order);
  });
});

describe('stop', () => {
  async function startedWith(given: Given) {
    const parts = managed(given);
    parts.fill('i1', 'i2');
    await parts.manager.start();
    parts.happened.length = 0;
    return parts;
  }

  test('goes the other way round: controllers, Events, informers, connections', async () => {
    const { manager, happened } = await startedWith({});
    expect(await manager.stop()).toBe(true);
    expect(happened).toEqual([
      `stop c2 ${DRAIN_MS}`,
      `stop c1 ${DRAIN_MS}`,
      'flush',
      'end i1',
      'end i2',
      'close',
    ]);
  });

  test('keeps the caches alive until the controllers are done', async () => {
    const gate = Promise.withResolvers<boolean>();
    const { manager, happened } = await startedWith({ stopController: () => gate.promise });
    const stopped = manager.stop();
    await settled();
    expect(happened).toHaveLength(2);
    gate.resolve(true);
    await stopped;
    expect(happened.at(-1)).toBe('close');
  });

  test('says when something had to be left', async () => {
    const { manager, happened, log } = await startedWith({ stopController: async (name) => name !== 'c1' });
    expect(await manager.stop()).toBe(false);
    expect(happened.at(-1)).toBe('close');
    expect(log.lines.at(-1)).toMatchObject({ message: 'stopped', fields: { clean: false } });
  });

  test('does not wait for Events for ever', async () => {
    const { clock, manager, happened } = await startedWith({ flush: () => new Promise(() => undefined) });
    const stopped = manager.stop();
    await clock.elapse(DRAIN_MS);
    expect(await stopped).toBe(true);
    expect(happened.at(-1)).toBe('close');
  });

  test('of a manager that was never started only closes', async () => {
    const { manager, happened } = managed();
    expect(await manager.stop()).toBe(true);
    expect(happened.at(-1)).toBe('close');
  });
});
