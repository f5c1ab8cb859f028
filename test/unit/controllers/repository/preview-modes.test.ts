import { describe, expect, test } from '@jest/globals';
import { RetryableError } from '../../../../src/runtime/errors.ts';
import { at, completed, GOING, HASH, HOUR, held, live, MINUTE, started } from './preview-trial.ts';

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
    const usersOf = async (images: unknown) => {
      asked.push(images);
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
      'the lifecycle policy is not put, since it would delete or archive images that this cluster uses now: v1 (Pod team/web-0), v2 (Pod team/web-0), v3 (Pod team/web-0) and 2 more; change the rules, or let go of these images. Other clusters were not asked',
    );
    expect(result.preview?.inUse).toEqual(
      ['v1', 'v2', 'v3', 'v4', 'v5'].map((image) => `${image} (Pod team/web-0)`),
    );
  });

  test('it stays so for an hour without another preview, and then there is one', async () => {
    const usersOf = async () => [{ image: 'v1', user: 'Pod team/web-0' }];
    const later = (ageMs: number) => held({ ...block, usersOf, previous: completed(ageMs) });
    expect((await later(59 * MINUTE)).calls).toEqual(['get']);
    expect((await later(59 * MINUTE)).preview?.completedAt).toBe(at(59 * MINUTE));
    expect((await later(HOUR)).calls).toEqual(['get', 'start']);
  });

  test('once nobody does any more, it is put after a preview of that time', async () => {
    expect((await held({ ...block, previous: completed(5 * MINUTE) })).word).toBe('put');
    const old = await held({ ...block, previous: completed(30 * MINUTE) });
    expect([old.word, old.calls]).toEqual(['PreviewRunning', ['get', 'start']]);
  });

  test('it is held back where that cannot be found out', async () => {
    const none = await held({ ...block, usersOf: undefined });
    expect([none.put, none.word, none.calls]).toEqual([false, 'ImageUsageNotConfigured', []]);
    const usersOf = () => Promise.reject(new RetryableError('KubernetesError', 'oh'));
    expect(await held({ ...block, usersOf })).toMatchObject({ put: false, word: 'KubernetesError' });
  });
});
