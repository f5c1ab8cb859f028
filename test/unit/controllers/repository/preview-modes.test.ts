import { describe, expect, test } from '@jest/globals';
import type { RepositoryStatusPreview } from '../../../../src/api/repository.generated.ts';
import type { HoldBackOptions } from '../../../../src/controllers/repository/preview.ts';
import { RetryableError } from '../../../../src/runtime/errors.ts';
import { NOW } from '../objects.ts';
import {
  at,
  completed,
  GOING,
  HASH,
  HOUR,
  held,
  live,
  MINUTE,
  policy,
  started,
  taken,
} from './preview-trial.ts';

describe('with Report', () => {
  test('counts and examples are told, and the policy is put', async () => {
    expect(await held({ previous: started(MINUTE), live: live('COMPLETE') })).toMatchObject({
      put: true,
      preview: {
        document: HASH,
        startedAt: at(MINUTE),
        completedAt: at(0),
        expiring: 1,
        transitioning: 1,
        examples: ['sha256:2', 'v1'],
      },
    });
  });

  test('ten examples are told at most, and the count of all', async () => {
    const images = Array.from({ length: 50 }, (_, index) => ({ ...GOING[0], tags: [`v${index}`] }));
    const found = { ...live('COMPLETE'), images, expiring: 50 };
    const { preview } = await held({ previous: started(MINUTE), live: found });
    expect([preview?.examples?.length, preview?.expiring]).toEqual([10, 50]);
  });

  test('one page is read, and nothing is told anew of the same preview', async () => {
    const given = { live: live('COMPLETE'), later: [live('COMPLETE')] };
    const first = await held({ ...given, previous: started(MINUTE) });
    expect([first.put, first.calls]).toEqual([true, ['get']]);
    const others = { ...live('COMPLETE'), images: [{ ...GOING[1], tags: ['other'] }] };
    const again = await held({ live: others, previous: { ...completed(MINUTE), ...first.preview } });
    expect(again.preview).toEqual({ ...first.preview, completedAt: at(0) });
  });

  test('nobody is asked what is in use', async () => {
    const usersOf = () => Promise.reject(new Error('not expected'));
    expect(await held({ previous: started(MINUTE), live: live('COMPLETE'), usersOf })).toMatchObject({
      put: true,
    });
  });
});

describe('with Block', () => {
  const block = { mode: 'Block', previous: started(MINUTE), live: live('COMPLETE') } as const;

  test('the policy is put where nobody uses what would go', async () => {
    const asked: unknown[] = [];
    const usersOf: HoldBackOptions['usersOf'] = async (pages) => {
      asked.push(await taken(pages));
      return [];
    };
    expect(await held({ ...block, usersOf })).toMatchObject({ put: true, preview: { expiring: 1 } });
    expect(asked).toEqual([GOING]);
  });

  test('it is held back where somebody does, and it is said who', async () => {
    const users = ['v4', 'v2', 'v1', 'v3', 'v5'].map((image) => ({ image, user: 'Pod team/web-0' }));
    const result = await held({ ...block, usersOf: async () => users });
    expect(result).toMatchObject({
      put: false,
      word: 'LifecycleBlocked',
      failure: { recheckAfterMs: 180_000 },
    });
    expect(result.message).toBe(
      'the lifecycle policy is not put, since it would delete or archive images that this cluster uses now: v1 (Pod team/web-0), v2 (Pod team/web-0), v3 (Pod team/web-0) and others; change the rules, or let go of these images. Other clusters were not asked',
    );
    expect(result.preview?.inUse).toEqual(
      ['v1', 'v2', 'v3', 'v4', 'v5'].map((image) => `${image} (Pod team/web-0)`),
    );
  });

  test('pages are read until one holds what somebody uses', async () => {
    const later = [live('COMPLETE'), live('COMPLETE'), live('COMPLETE')];
    const usersOf: HoldBackOptions['usersOf'] = async (pages) => {
      let count = 0;
      for await (const _ of pages) {
        count += 1;
        if (count === 3) return [{ image: 'v1', user: 'Pod team/web-0' }];
      }
      return [];
    };
    const result = await held({ ...block, later, usersOf });
    expect([result.word, result.calls]).toEqual(['LifecycleBlocked', ['get', 'get', 'get']]);
  });

  test.each([
    ['by another policy', live('COMPLETE', policy(6))],
    ['while it runs', live('IN_PROGRESS')],
    ['by none', undefined],
  ])('nothing is put after a preview that was replaced between two pages: %s', async (_what, next) => {
    const result = await held({ ...block, later: [next] });
    expect([result.put, result.word]).toEqual([false, 'PreviewInProgress']);
  });

  test('words are cut to what the API server stores, and no character is halved', async () => {
    const usersOf = async () => [{ image: 'v1', user: `${'x'.repeat(1_019)}😀` }];
    const [word = ''] = (await held({ ...block, usersOf })).preview?.inUse ?? [];
    expect([word.length, word.isWellFormed()]).toEqual([1_024, true]);
  });

  test('it stays so for an hour without another preview, and then there is one', async () => {
    const usersOf = async () => [{ image: 'v1', user: 'Pod team/web-0' }];
    const later = (ageMs: number) => held({ ...block, usersOf, previous: completed(ageMs) });
    expect((await later(59 * MINUTE)).calls).toEqual(['get']);
    expect((await later(59 * MINUTE)).preview?.completedAt).toBe(at(59 * MINUTE));
    expect((await later(HOUR)).calls).toEqual(['get', 'start']);
  });

  test('it says the same, hour after hour, while each new preview is waited for', async () => {
    const said: unknown[] = [];
    let preview: RepositoryStatusPreview | undefined = completed(0);
    let starts = 0;
    let running = 0;
    for (let now = NOW; now < NOW + 150 * MINUTE; now += 3 * MINUTE) {
      const found = live(running > 0 ? 'IN_PROGRESS' : 'COMPLETE');
      running -= 1;
      const usersOf = async () => [{ image: 'v1', user: 'Pod team/web' }];
      const one = await held({ mode: 'Block', live: found, previous: preview, usersOf, now });
      preview = one.preview;
      if (one.calls.includes('start')) running = 2;
      starts += one.calls.filter((call) => call === 'start').length;
      said.push([one.put, one.word, one.message, preview?.inUse, preview?.expiring]);
    }
    expect(new Set(said.map((one) => JSON.stringify(one))).size).toBe(1);
    expect(said[0]).toMatchObject([false, 'LifecycleBlocked', expect.any(String), ['v1 (Pod team/web)'], 1]);
    expect(starts).toBe(2);
  });

  const wasBlocked = { ...completed(HOUR), inUse: ['v1 (Pod team/web-0)'] };

  test('a new preview of what is held back is looked at as often as any', async () => {
    const started_ = await held({ ...block, previous: wasBlocked });
    expect(started_).toMatchObject({ word: 'LifecycleBlocked', failure: { recheckAfterMs: 5_000 } });
    expect(started_.preview).toEqual({ ...started(0), inUse: wasBlocked.inUse });
    const { completedAt: _, ...waits } = { ...wasBlocked, ...started(2 * MINUTE) };
    const later = await held({ ...block, previous: waits, live: live('IN_PROGRESS') });
    expect(later).toMatchObject({ word: 'LifecycleBlocked', failure: { recheckAfterMs: 30_000 } });
    const usersOf = async () => [{ image: 'v2', user: 'Pod team/web-1' }];
    const there = await held({ ...block, usersOf, previous: { ...waits, examples: ['former'] } });
    expect(there.preview).toMatchObject({ examples: ['sha256:2', 'v1'], inUse: ['v2 (Pod team/web-1)'] });
  });

  test('what is held back is looked at in the background', async () => {
    const usersOf: HoldBackOptions['usersOf'] = async (pages) => {
      await taken(pages);
      return [{ image: 'v1', user: 'Pod team/web-0' }];
    };
    const previous = { ...wasBlocked, ...completed(MINUTE) };
    const { calls } = await held({ ...block, later: [live('COMPLETE')], usersOf, previous });
    expect(calls).toEqual(['get in the background', 'get in the background']);
  });

  test.each<[string, Partial<Parameters<typeof held>[0]>]>([
    ['of another policy', { previous: { ...wasBlocked, document: 'another' } }],
    ['with Report', { mode: 'Report' }],
  ])('a new preview %s is not held back for what somebody used', async (_what, given) => {
    const result = await held({ ...block, previous: wasBlocked, ...given });
    expect([result.word, result.calls, result.preview]).toEqual([
      'PreviewRunning',
      ['get', 'start'],
      started(0),
    ]);
  });

  test('once nobody does any more, it is put after a preview of that time', async () => {
    expect((await held({ ...block, previous: completed(5 * MINUTE) })).word).toBe('put');
    const old = await held({ ...block, previous: completed(30 * MINUTE) });
    expect([old.word, old.calls]).toEqual(['PreviewRunning', ['get', 'start']]);
    const released = await held({ ...block, previous: { ...wasBlocked, ...completed(30 * MINUTE) } });
    expect([released.word, released.preview]).toEqual(['PreviewRunning', started(0)]);
  });

  test('it is held back where that cannot be found out', async () => {
    const none = await held({ ...block, usersOf: undefined });
    expect([none.put, none.word, none.calls]).toEqual([false, 'ImageUsageNotConfigured', []]);
    const usersOf = () => Promise.reject(new RetryableError('KubernetesError', 'oh'));
    expect(await held({ ...block, usersOf })).toMatchObject({ put: false, word: 'KubernetesError' });
  });
});
