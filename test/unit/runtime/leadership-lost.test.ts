import { afterEach, describe, expect, test } from '@jest/globals';
import type { Clock } from '../../../src/runtime/clock.ts';
import { NotLeadingError } from '../../../src/runtime/fence.ts';
import { createFakeClock, settled } from '../fake-clock.ts';
import { killAll, leaderAndStandby, leaders, replica } from './election-replicas.ts';
import { fakeLease } from './fake-lease.ts';

afterEach(killAll);

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
