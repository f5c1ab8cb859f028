import { afterEach, describe, expect, test } from '@jest/globals';
import type { Clock } from '../../../src/runtime/clock.ts';
import { NotLeadingError } from '../../../src/runtime/fence.ts';
import { KubeError } from '../../../src/runtime/kube-errors.ts';
import { createLeaderElection, type LeaderElection } from '../../../src/runtime/leader-election.ts';
import { createFakeClock, type FakeClock, settled } from '../fake-clock.ts';
import { type FakeLease, type FakeLeaseClient, fakeLease } from './fake-lease.ts';
import { type RecordedLog, recordedLog } from './recorded-log.ts';

const TIMES = { durationMs: 30_000, renewDeadlineMs: 20_000, retryPeriodMs: 5_000 };

interface Replica {
  readonly election: LeaderElection;
  readonly client: FakeLeaseClient;
  readonly log: RecordedLog;
  readonly lost: string[];
  /** As SIGKILL: nothing more is done, and nothing said. */
  kill(): void;
}

const killers: (() => void)[] = [];
afterEach(() => {
  for (const kill of killers.splice(0)) kill();
});

function replica(
  lease: FakeLease,
  clock: Clock,
  identity: string,
  mode: FakeLeaseClient['mode'] = 'works',
): Replica {
  const client = Object.assign(lease.client(), { mode });
  const log = recordedLog();
  const lost: string[] = [];
  const dead = new AbortController();
  const election = createLeaderElection({
    lease: client,
    clock,
    log,
    identity,
    ...TIMES,
    onLost: (reason) => void lost.push(reason),
  });
  void election.run(dead.signal);
  const kill = (): void => dead.abort();
  killers.push(kill);
  return { election, client, log, lost, kill };
}

function two() {
  const clock = createFakeClock();
  const lease = fakeLease();
  return { clock, lease, a: replica(lease, clock, 'a'), b: replica(lease, clock, 'b') };
}

async function leaderAndStandby() {
  const clock = createFakeClock();
  const lease = fakeLease();
  const a = replica(lease, clock, 'a');
  await settled();
  const b = replica(lease, clock, 'b');
  await settled();
  return { clock, lease, a, b };
}

const leaders = (...replicas: readonly Replica[]) => replicas.map(({ election }) => election.isLeading());

/** How long until a replica leads (ms); it fails after two durations. */
async function timeTo(clock: FakeClock, { election }: Replica): Promise<number> {
  const from = clock.now();
  while (!election.isLeading()) {
    if (clock.now() - from > 2 * TIMES.durationMs) throw new Error('it never leads');
    await clock.elapse(100);
  }
  return clock.now() - from;
}

describe('who leads', () => {
  test('is one of two that start at once', async () => {
    const { a, b, lease } = two();
    await settled();
    expect(leaders(a, b).filter(Boolean)).toHaveLength(1);
    expect(lease.holders()).toHaveLength(1);
  });

  test('stays who it is while it renews, and the other writes nothing', async () => {
    const { clock, a, b, lease } = await leaderAndStandby();
    await clock.elapse(3_600_000);
    expect([leaders(a, b), lease.holders(), b.client.writes]).toEqual([[true, false], ['a'], 0]);
    expect(a.client.writes).toBe(721);
  });

  test('is the other within the lease after the first one was killed', async () => {
    const { clock, a, b, lease } = await leaderAndStandby();
    a.kill();
    expect(await timeTo(clock, b)).toBeLessThanOrEqual(TIMES.durationMs + 100);
    expect([lease.holders(), lease.spec()?.leaseTransitions]).toEqual([['a', 'b'], 1]);
  });

  test('is not the other before the lease is over', async () => {
    const { clock, a, b } = await leaderAndStandby();
    await clock.elapse(12_000);
    a.kill();
    // Last renewed two seconds ago.
    await clock.elapse(27_900);
    expect(b.election.isLeading()).toBe(false);
    await clock.elapse(200);
    expect(b.election.isLeading()).toBe(true);
  });

  test('is the same again at once after a restart under its name', async () => {
    const { clock, a, b, lease } = await leaderAndStandby();
    a.kill();
    const again = replica(lease, clock, 'a');
    await settled();
    expect([leaders(again, b), lease.spec()?.leaseTransitions]).toEqual([[true, false], 0]);
  });

  test('is the other at once after a release', async () => {
    const { a, b, lease } = await leaderAndStandby();
    await a.election.release();
    await settled();
    expect([leaders(a, b), lease.holders()]).toEqual([
      [false, true],
      ['a', '', 'b'],
    ]);
  });

  test('is the other after a poll where a release was not told', async () => {
    const { clock, a, b } = await leaderAndStandby();
    b.client.isWatching = false;
    await a.election.release();
    expect(await timeTo(clock, b)).toBeLessThanOrEqual(TIMES.retryPeriodMs + 100);
  });

  test('does not depend on what clocks say: a Lease renewed in the far future is over as any other', async () => {
    const clock = createFakeClock();
    const lease = fakeLease();
    lease.edit({ holderIdentity: 'x', leaseDurationSeconds: 30, renewTime: '2999-01-01T00:00:00.000000Z' });
    expect(await timeTo(clock, replica(lease, clock, 'a'))).toBe(30_000);
  });

  test.each([
    ['nothing', {}],
    [
      'a duration below zero and no times',
      { holderIdentity: 'x', leaseDurationSeconds: -1, leaseTransitions: -7 },
    ],
    ['words that are no times', { holderIdentity: 'x', renewTime: 'soon', acquireTime: 'never' }],
  ])('is found on a Lease that holds %s', async (_what, spec) => {
    const clock = createFakeClock();
    const lease = fakeLease();
    lease.edit(spec);
    expect(await timeTo(clock, replica(lease, clock, 'a'))).toBeLessThanOrEqual(30_000);
  });
});

describe('a Lease that somebody deletes', () => {
  test('is made again by its holder, while the other waits', async () => {
    const { clock, a, b, lease } = await leaderAndStandby();
    lease.remove();
    await settled();
    expect([lease.holders(), leaders(a, b)]).toEqual([['a'], [true, false]]);
    expect(lease.spec()?.holderIdentity).toBe('a');
    await clock.elapse(60_000);
    expect([leaders(a, b), a.lost]).toEqual([[true, false], []]);
  });

  test('is taken by the other when its holder is dead, no sooner than without', async () => {
    const { clock, a, b, lease } = await leaderAndStandby();
    a.kill();
    lease.remove();
    await clock.elapse(29_900);
    expect(b.election.isLeading()).toBe(false);
    expect(await timeTo(clock, b)).toBeLessThanOrEqual(200);
  });
});

describe('leadership is lost', () => {
  test('when the API server was not reached until the deadline, and before the other takes over', async () => {
    const { clock, a, b } = await leaderAndStandby();
    a.client.mode = 'fails';
    await clock.elapse(19_900);
    expect([leaders(a, b), a.lost]).toEqual([[true, false], []]);
    await clock.elapse(200);
    expect([leaders(a, b), a.lost]).toEqual([[false, false], ['the Lease was not renewed for 20 s']]);
    await clock.elapse(10_000);
    expect([leaders(a, b), a.lost.length]).toEqual([[false, true], 1]);
  });

  test('when no answer ever comes', async () => {
    const { clock, a, b } = await leaderAndStandby();
    a.client.mode = 'hangs';
    a.client.isWatching = false;
    await clock.elapse(20_100);
    expect([leaders(a, b), a.lost]).toEqual([[false, false], ['the Lease was not renewed for 20 s']]);
  });

  test('at once when somebody else is seen to hold it', async () => {
    const { a, lease } = await leaderAndStandby();
    lease.edit({ ...lease.spec(), holderIdentity: 'c', renewTime: 'x' });
    expect([a.lost, a.election.isLeading()]).toEqual([['c holds the Lease'], false]);
  });

  test('when another process of its name renews it', async () => {
    const { clock, a, lease } = await leaderAndStandby();
    await clock.elapse(1);
    replica(lease, clock, 'a');
    await settled();
    expect(a.lost).toEqual(['another process of the same name holds the Lease']);
  });

  test('by nobody whom an answer does not reach although the write is done', async () => {
    const { clock, a } = await leaderAndStandby();
    a.client.mode = 'loses answers';
    await clock.elapse(15_000);
    a.client.mode = 'works';
    await clock.elapse(60_000);
    expect([a.election.isLeading(), a.lost]).toEqual([true, []]);
  });

  test('by nobody whose one connection is dead, while another one works', async () => {
    const { clock, a } = await leaderAndStandby();
    await clock.elapse(4_900);
    a.client.mode = 'hangs';
    await clock.elapse(200);
    // What hangs goes on to do so; what is asked from now on is answered.
    a.client.mode = 'works';
    await clock.elapse(60_000);
    expect([a.election.isLeading(), a.lost]).toEqual([true, []]);
  });

  test('by nobody who reaches the API server again a second before the deadline', async () => {
    const { clock, a } = await leaderAndStandby();
    a.client.mode = 'fails';
    await clock.elapse(18_500);
    a.client.mode = 'works';
    await clock.elapse(60_000);
    expect([a.election.isLeading(), a.lost]).toEqual([true, []]);
  });

  test('by nobody whose Lease is labelled, or who is told of a change late', async () => {
    const { clock, a, lease } = await leaderAndStandby();
    lease.edit({ ...lease.spec() });
    await clock.elapse(10_000);
    lease.tellLate();
    await clock.elapse(60_000);
    expect([a.election.isLeading(), a.lost]).toEqual([true, []]);
  });

  test('by nobody who misses a few renewals', async () => {
    const { clock, a, lease } = await leaderAndStandby();
    a.client.mode = 'fails';
    await clock.elapse(14_000);
    a.client.mode = 'works';
    await clock.elapse(60_000);
    expect([a.lost, lease.holders()]).toEqual([[], ['a']]);
  });
});

describe('the fence', () => {
  test('lets the leader pass, and no standby', async () => {
    const { a, b } = await leaderAndStandby();
    a.election.fence();
    expect(() => b.election.fence()).toThrow(NotLeadingError);
    expect(b.lost).toEqual([]);
  });

  test('is closed for good by a release', async () => {
    const { a } = await leaderAndStandby();
    const released = a.election.release();
    expect(() => a.election.fence()).toThrow(NotLeadingError);
    await released;
    expect(() => a.election.fence()).toThrow(NotLeadingError);
    expect(a.lost).toEqual([]);
  });

  /** Time goes on and nothing runs, as while a process is stopped. */
  function frozen(which: 'monotonic' | 'wall') {
    const inner = createFakeClock();
    let stolen = 0;
    const clock: Clock = {
      now: () => inner.now() + (which === 'wall' ? stolen : 0),
      monotonic: () => inner.now() + (which === 'monotonic' ? stolen : 0),
      after: inner.after,
    };
    const freeze = (ms: number): void => {
      stolen += ms;
    };
    return { clock, freeze };
  }

  test.each([
    ['a process that was stopped, whose monotonic time went on', 'monotonic'],
    ['a machine that was frozen, whose wall clock was put right', 'wall'],
  ] as const)('ends %s, before any of its timers fires', async (_what, which) => {
    const { clock, freeze } = frozen(which);
    const a = replica(fakeLease(), clock, 'a');
    await settled();
    freeze(19_900);
    a.election.fence();
    freeze(100);
    expect(() => a.election.fence()).toThrow(NotLeadingError);
    expect(a.lost).toEqual(['the Lease was not renewed for 20 s']);
  });

  test('stays open where a wall clock is set back', async () => {
    const { clock, freeze } = frozen('wall');
    const a = replica(fakeLease(), clock, 'a');
    await settled();
    freeze(-3_600_000);
    a.election.fence();
    expect(a.lost).toEqual([]);
  });
});

describe('an end', () => {
  test('of a standby leaves the Lease alone', async () => {
    const { b, lease } = await leaderAndStandby();
    await b.election.release();
    expect([lease.holders(), b.client.writes]).toEqual([['a'], 0]);
  });

  test('does not give back what somebody else has', async () => {
    const { a, lease } = await leaderAndStandby();
    a.client.isWatching = false;
    lease.edit({ ...lease.spec(), holderIdentity: 'c', renewTime: 'x' });
    await a.election.release();
    expect(lease.spec()?.holderIdentity).toBe('c');
  });

  test('gives the Lease back although a renewal that was under way is done in the midst of it', async () => {
    const { clock, a, b } = await leaderAndStandby();
    const { read, write } = a.client;
    let finish = async (): Promise<unknown> => undefined;
    a.client.write = (before, spec, signal) =>
      new Promise((_, reject) => {
        finish = () => write(before, spec, signal);
        signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      });
    await clock.elapse(5_000);
    a.client.write = write;
    a.client.read = async (signal) => {
      const found = await read(signal);
      a.client.read = read;
      await finish();
      return found;
    };
    const released = a.election.release();
    await clock.elapse(1_000);
    await released;
    expect([leaders(a, b), a.log.messages().at(-1)]).toEqual([[false, true], 'lease released']);
  });

  test('of a standby gives back what it was about to take', async () => {
    const { clock, lease, a, b } = await leaderAndStandby();
    const { write } = b.client;
    let finish = async (): Promise<unknown> => undefined;
    b.client.write = (before, spec, signal) =>
      new Promise((_, reject) => {
        finish = () => write(before, spec, signal);
        signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      });
    await a.election.release();
    await settled();
    await finish();
    b.client.write = write;
    await b.election.release();
    expect([lease.holders(), leaders(a, b), b.lost]).toEqual([['a', '', 'b', ''], [false, false], []]);
    expect(clock.pending()).toEqual([]);
  });

  test('gives the Lease back although a connection breaks', async () => {
    const { clock, a, b } = await leaderAndStandby();
    a.client.mode = 'fails';
    const released = a.election.release();
    await settled();
    a.client.mode = 'works';
    await clock.elapse(1_000);
    await released;
    expect([leaders(a, b), a.log.messages().at(-1)]).toEqual([[false, true], 'lease released']);
  });

  test.each(['fails', 'hangs'] as const)('goes on where the API server %s', async (mode) => {
    const { clock, a } = await leaderAndStandby();
    a.client.mode = mode;
    const released = a.election.release();
    await clock.elapse(10_000);
    await released;
    expect(a.log.messages().at(-1)).toBe('lease not released');
  });

  test('leaves no timer behind', async () => {
    const clock = createFakeClock();
    const a = replica(fakeLease(), clock, 'a');
    await settled();
    await a.election.release();
    expect(clock.pending()).toEqual([]);
  });
});

describe('it could take over', () => {
  test('when it has seen the Lease, and from then on', async () => {
    const clock = createFakeClock();
    const lease = fakeLease();
    replica(lease, clock, 'a');
    await settled();
    const b = replica(lease, clock, 'b', 'fails');
    expect(b.election.unready()).toBe('the Lease was not read yet, or not taken in its turn');
    await clock.elapse(60_000);
    expect(b.election.unready()).toBeDefined();
    b.client.mode = 'works';
    await clock.elapse(5_000);
    expect(b.election.unready()).toBeUndefined();
    b.client.mode = 'fails';
    await clock.elapse(60_000);
    expect(b.election.unready()).toBeUndefined();
  });

  test('not when it is its turn and it may not write', async () => {
    const clock = createFakeClock();
    const a = replica(fakeLease(), clock, 'a');
    a.client.write = () => Promise.reject(new KubeError(403, 'Forbidden', 'no'));
    await clock.elapse(60_000);
    expect(a.election.unready()).toBe('the Lease was not read yet, or not taken in its turn');
  });
});

describe('it is taken for dead', () => {
  test('not while it has not begun, however long the caches take to fill', async () => {
    const clock = createFakeClock();
    const election = createLeaderElection({
      lease: fakeLease().client(),
      clock,
      log: recordedLog(),
      identity: 'a',
      ...TIMES,
      onLost: () => undefined,
    });
    await clock.elapse(120_000);
    expect(election.stuck()).toBeUndefined();
  });

  test('never while it asks, answered or not', async () => {
    const { clock, a, b } = await leaderAndStandby();
    b.client.mode = 'hangs';
    b.client.isWatching = false;
    for (let minute = 0; minute < 10; minute += 1) {
      await clock.elapse(60_000);
      expect([a.election.stuck(), b.election.stuck()]).toEqual([undefined, undefined]);
    }
  });

  test('when it does not ask any more', async () => {
    const { clock, b } = await leaderAndStandby();
    b.client.read = () => new Promise(() => undefined);
    await clock.elapse(60_000);
    expect(b.election.stuck()).toMatch(/^the Lease was not looked at for \d+ s$/);
  });
});

/** Numbers from 0 to 1, the same for the same seed. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
}

test.each([1, 2, 3, 4])(
  'never do two of three lead at once, whatever happens to the API server and the Lease (%i)',
  async (seed) => {
    const random = randomOf(seed);
    const clock = createFakeClock();
    const lease = fakeLease();
    const replicas = ['a', 'b', 'c'].map((name) => replica(lease, clock, name));
    const modes = ['works', 'works', 'works', 'fails', 'hangs', 'loses answers'] as const;
    let led = 0;
    for (let step = 0; step < 1_500; step += 1) {
      for (const { client } of replicas) {
        if (random() < 0.02) client.mode = modes[Math.floor(random() * modes.length)] ?? 'works';
        if (random() < 0.02) client.isWatching = random() < 0.5;
      }
      if (random() < 0.005) lease.remove();
      const index = Math.floor(random() * 3);
      const one = replicas[index];
      if (one && (one.lost.length > 0 || random() < 0.005)) {
        one.kill();
        replicas[index] = replica(lease, clock, 'abc'[index] ?? '');
      }
      await clock.elapse(Math.floor(random() * 2_000));
      const now = leaders(...replicas).filter(Boolean).length;
      led += now;
      expect(now).toBeLessThanOrEqual(1);
    }
    expect(led).toBeGreaterThan(400);
  },
);
