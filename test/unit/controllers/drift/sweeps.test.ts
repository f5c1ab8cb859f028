import { describe, expect, test } from '@jest/globals';
import type { Registry } from '../../../../src/api/registry.generated.ts';
import type { Compare } from '../../../../src/controllers/drift/compare-repository.ts';
import { RetryableError, TerminalError } from '../../../../src/runtime/errors.ts';
import { HOUR, NOW, registry, repository } from '../objects.ts';
import { READY, settled, type Trial, trial } from './sweep-trial.ts';

describe('a sweep of a Registry', () => {
  test('is due at once, and again at each time of the schedule', async () => {
    const one = trial();
    expect(await one.sweep('default')).toEqual({});
    expect(one.lists()).toBe(1);
    expect(await one.sweep('default')).toEqual({ requeueAfterMs: HOUR });
    one.later(HOUR);
    await one.sweep('default');
    expect(one.lists()).toBe(2);
  });

  test('is not begun while one is under way', async () => {
    const one = trial({ repositories: [settled('a')], listed: [['a']] });
    await one.sweep('default');
    one.later(3 * HOUR);
    expect(await one.sweep('default')).toEqual({});
    expect([one.lists(), one.ended]).toEqual([1, []]);
    await one.pass('team/a');
    expect(one.ended).toEqual([['default', 1, undefined]]);
    expect(await one.sweep('default')).toEqual({ requeueAfterMs: HOUR });
  });

  test('is about settled objects; others are left to be looked at, and those that rest are not', async () => {
    const repositories = [
      settled('a'),
      settled('elsewhere', { registryRef: { name: 'other' } }),
      settled('changed', {}, { generation: 2 }),
      repository({}, { name: 'new' }),
      settled('resting', { suspend: true }),
      settled('going', {}, { deletionTimestamp: '2026-01-01T00:00:00Z' }),
    ];
    const one = trial({ repositories, listed: [['a']] });
    await one.sweep('default');
    expect(one.queued).toEqual(['team/a']);
    expect(one.woken).toEqual(['team/changed', 'team/new']);
  });

  test('tells of what nobody declared, in this Registry or another of the same account and region', async () => {
    const one = trial({
      registries: [registry(), registry('same'), registry('far', { region: 'eu-west-1' })],
      repositories: [
        settled('a'),
        settled('object', { registryRef: { name: 'same' }, name: 'team/b' }),
        settled('c', { registryRef: { name: 'far' } }),
      ],
      listed: [
        ['a', 'team/b'],
        ['c', 'd'],
      ],
    });
    await one.sweep('default');
    expect(one.undeclared).toEqual(['c', 'd']);
  });

  test('tells of what an object only observes too, which is compared all the same', async () => {
    const one = trial({
      repositories: [settled('a', { mode: 'Observe' }), settled('b')],
      listed: [['a', 'b']],
    });
    await one.sweep('default');
    await one.pass('team/a');
    expect([one.undeclared, one.compared]).toEqual([['a'], [['a', 'arn/a']]]);
  });

  test.each<[string, Registry[]]>([
    ['is gone', []],
    ['is only pulled from', [registry('default', { access: 'PullOnly' })]],
    ['is suspended', [registry('default', { suspend: true })]],
    ['is being deleted', [registry('default', {}, { deletionTimestamp: '2026-01-01T00:00:00Z' })]],
  ])('is none where it %s', async (_what, registries) => {
    const one = trial({ registries });
    one.checks.set('default', { at: NOW });
    expect(await one.sweep('default')).toEqual({});
    expect([one.lists(), one.checks.get('default')]).toEqual([0, undefined]);
  });

  test('ends without a trace when its Registry is suspended meanwhile', async () => {
    const one = trial({ repositories: [settled('a')], listed: [['a']] });
    await one.sweep('default');
    one.world.registries.set('default', registry('default', { suspend: true }), '2');
    await one.sweep('default');
    await one.pass('team/a');
    expect([one.compared, one.ended, one.woken]).toEqual([[], [], []]);
  });

  test('fails as a whole where the list fails, but for a right that is missing', async () => {
    const outage = trial({ listed: new RetryableError('AWSUnavailable', 'away') });
    await expect(outage.sweep('default')).rejects.toThrow('away');
    expect(outage.sweeps.isRunning('default')).toBe(false);
    const denied = trial({
      repositories: [settled('a')],
      listed: new RetryableError('AccessDenied', 'no'),
    });
    await denied.sweep('default');
    await denied.pass('team/a');
    expect(denied.compared).toEqual([['a', undefined]]);
    expect(denied.undeclared).toEqual([]);
  });
});

describe('a Repository in a sweep', () => {
  const swept = async (input: Trial, pages = [['a']]) => {
    const one = trial({ repositories: [settled('a')], listed: pages, ...input });
    await one.sweep('default');
    return one;
  };

  test('is compared with what the list shows, and nothing is woken where nothing differs', async () => {
    const one = await swept({});
    expect(await one.pass('team/a')).toEqual({});
    expect([one.compared, one.woken]).toEqual([[['a', 'arn/a']], []]);
  });

  test('that differs wakes whoever mends', async () => {
    const one = await swept({ compare: async () => ['an action'] });
    await one.pass('team/a');
    expect(one.woken).toEqual(['team/a']);
  });

  test('that is missing in the list wakes at once, without a call', async () => {
    const one = await swept({}, [['b']]);
    await one.pass('team/a');
    expect([one.compared, one.woken]).toEqual([[], ['team/a']]);
  });

  test.each<[string, Error]>([
    ['that is taken over', new TerminalError('OwnedByAnother', 'x')],
    ['that may not be read', new RetryableError('AccessDenied', 'x')],
    ['whose document is wrong', new Error('x')],
  ])('%s wakes whoever says so', async (_what, error) => {
    const one = await swept({ compare: () => Promise.reject(error) });
    expect(await one.pass('team/a')).toEqual({});
    expect([one.woken, one.ended.length]).toEqual([['team/a'], 1]);
  });

  test('that was changed, replaced, deleted or found wanting since the sweep began is left alone', async () => {
    for (const now of [
      settled('a', {}, { generation: 2 }),
      repository({}, { name: 'a', generation: 2 }, { ...READY, observedGeneration: 2 }),
      settled('a', {}, { uid: 'another' }),
      repository({}, { name: 'a' }, { observedGeneration: 1 }),
      undefined,
    ]) {
      const one = await swept({ compare: async () => ['an action'] });
      if (now) one.world.repositories.set('team/a', now, '2');
      else one.world.repositories.remove('team/a');
      expect(await one.pass('team/a')).toEqual({});
      expect([one.compared, one.woken, one.ended.length]).toEqual([[], [], 1]);
    }
  });

  test('of which nobody knows is none of ours', async () => {
    const one = trial({ repositories: [settled('a')] });
    expect(await one.pass('team/a')).toEqual({});
    expect(one.compared).toEqual([]);
  });

  test.each(['Throttled', 'AWSUnavailable', 'AWSUnreachable'])(
    'for which AWS has no answer (%s) is compared later, and wakes nobody',
    async (reason) => {
      const one = await swept({ compare: () => Promise.reject(new RetryableError(reason, 'x')) });
      expect(await one.pass('team/a')).toEqual({ retry: { kind: 'backoff' } });
      expect([one.woken, one.ended]).toEqual([[], []]);
    },
  );

  test('for which AWS never has an answer is left to the Repository controller after three attempts', async () => {
    const compare: Compare = async ({ metadata }) => {
      if (metadata.name === 'b') return [];
      throw new RetryableError('AWSUnavailable', 'ServerException');
    };
    const one = await swept({ repositories: [settled('a'), settled('b')], compare }, [['a', 'b']]);
    for (let attempt = 1; attempt < 3; attempt += 1) {
      expect(await one.pass('team/a')).toEqual({ retry: { kind: 'backoff' } });
    }
    // An answer about another does not begin the count anew.
    await one.pass('team/b');
    expect([one.woken, one.ended]).toEqual([[], []]);
    expect(await one.pass('team/a')).toEqual({});
    expect([one.woken, one.ended]).toEqual([['team/a'], [['default', 2, undefined]]]);
  });

  const outage = new RetryableError('AWSUnavailable', 'away');
  const names = (count: number) => Array.from({ length: count }, (_, index) => `r${index}`);
  const many = (count: number, compare: Compare) =>
    swept({ repositories: names(count).map((name) => settled(name)), compare }, [names(count)]);

  test('twenty of them in a row without an answer end the sweep, which begins anew after a minute', async () => {
    const one = await many(30, () => Promise.reject(outage));
    // One of them twice is no other.
    await one.pass('team/r0');
    for (const name of names(19)) {
      expect(await one.pass(`team/${name}`)).toEqual({ retry: { kind: 'backoff' } });
    }
    expect(await one.pass('team/r19')).toEqual({});
    expect([one.ended, one.woken]).toEqual([[['default', 30, outage]], []]);
    expect(await one.sweep('default')).toEqual({ requeueAfterMs: 60_000 });
    one.later(60_000);
    await one.sweep('default');
    expect(one.lists()).toBe(2);
  });

  test('an answer in between means that AWS is there', async () => {
    const one = await many(30, async ({ metadata }) => {
      if (metadata.name === 'r15') return [];
      throw new RetryableError('Throttled', 'x');
    });
    for (const name of names(30)) await one.pass(`team/${name}`);
    expect(one.ended).toEqual([]);
  });
});
