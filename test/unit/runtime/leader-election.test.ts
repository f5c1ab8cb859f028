import { afterEach, describe, expect, test } from '@jest/globals';
import { KubeError } from '../../../src/runtime/kube-errors.ts';
import { createLeaderElection } from '../../../src/runtime/leader-election.ts';
import { createFakeClock, settled } from '../fake-clock.ts';
import { killAll, leaderAndStandby, leaders, replica, TIMES, timeTo, two } from './election-replicas.ts';
import { fakeLease } from './fake-lease.ts';
import { recordedLog } from './recorded-log.ts';

afterEach(killAll);

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
