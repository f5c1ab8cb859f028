import { describe, expect, test } from '@jest/globals';
import { hashOf } from '../../../../src/controllers/repository/preview-step.ts';
import { RetryableError } from '../../../../src/runtime/errors.ts';
import {
  at,
  completed,
  DOCUMENT,
  type Given,
  HASH,
  HOUR,
  held,
  live,
  MINUTE,
  policy,
  SECOND,
  started,
} from './preview-trial.ts';

test.each(['Off', undefined] as const)('without a preview the policy is put at once: %s', async (mode) => {
  expect(await held({ mode, previous: completed(HOUR) })).toMatchObject({ put: true, calls: [] });
});

describe('a preview', () => {
  test.each<[string, Given, string, string[], unknown]>([
    ['is asked for where there is none', {}, 'PreviewRunning', ['get', 'start'], started(0)],
    [
      'is asked for where there is one of another policy',
      {
        previous: { document: hashOf(policy(6)), startedAt: at(HOUR), completedAt: at(HOUR) },
        live: live('COMPLETE', policy(6)),
      },
      'PreviewRunning',
      ['get', 'start'],
      started(0),
    ],
    [
      'is asked for where somebody else asked for the same and we did not',
      { live: live('COMPLETE') },
      'PreviewRunning',
      ['get', 'start'],
      started(0),
    ],
    [
      'is waited for',
      { previous: started(MINUTE), live: live('IN_PROGRESS') },
      'PreviewRunning',
      ['get'],
      started(MINUTE),
    ],
    [
      'is waited for where it is not seen yet',
      { previous: started(MINUTE), live: undefined },
      'PreviewRunning',
      ['get'],
      started(MINUTE),
    ],
    [
      'is waited for where the one before is still seen',
      { previous: started(SECOND), live: live('COMPLETE', policy(6)) },
      'PreviewRunning',
      ['get'],
      started(SECOND),
    ],
    [
      'is asked for again where it is gone',
      { previous: started(MINUTE + SECOND), live: undefined },
      'PreviewRunning',
      ['get', 'start'],
      started(0),
    ],
    [
      'is asked for again where another has taken its place',
      { previous: started(MINUTE + SECOND), live: live('COMPLETE', policy(6)) },
      'PreviewRunning',
      ['get', 'start'],
      started(0),
    ],
    [
      'of another policy is waited for while it is under way',
      { live: live('IN_PROGRESS', policy(6)) },
      'PreviewRunning',
      ['get'],
      undefined,
    ],
    [
      'of the same policy that is under way, as after a crash, is ours',
      { live: live('IN_PROGRESS', ` ${DOCUMENT}`) },
      'PreviewRunning',
      ['get'],
      started(0),
    ],
    [
      'that somebody else began in the same moment is waited for',
      { startFails: new RetryableError('PreviewInProgress', 'one at a time') },
      'PreviewRunning',
      ['get', 'start'],
      undefined,
    ],
    [
      'that hangs is a failure after ten minutes, and is still waited for',
      { previous: started(10 * MINUTE + SECOND), live: live('IN_PROGRESS') },
      'PreviewTimedOut',
      ['get'],
      started(10 * MINUTE + SECOND),
    ],
    [
      'that took long is ready all the same',
      { previous: started(20 * MINUTE), live: live('COMPLETE') },
      'put',
      ['get'],
      expect.objectContaining({ startedAt: at(20 * MINUTE), completedAt: at(0) }),
    ],
    [
      'that failed is a failure, and another is asked for next',
      { previous: started(MINUTE), live: live('FAILED') },
      'PreviewFailed',
      ['get'],
      { document: HASH },
    ],
    [
      'that ECR forgot is a failure, too',
      { previous: started(MINUTE), live: live('EXPIRED') },
      'PreviewFailed',
      ['get'],
      { document: HASH },
    ],
    [
      'is asked for after a failure',
      { previous: { document: HASH }, live: live('FAILED') },
      'PreviewRunning',
      ['get', 'start'],
      started(0),
    ],
    [
      'that is complete lets the policy be put again, after a put that failed',
      { previous: completed(10 * MINUTE), live: live('COMPLETE') },
      'put',
      ['get'],
      expect.objectContaining({ completedAt: at(10 * MINUTE) }),
    ],
    [
      'that is older than ten minutes does not',
      { previous: completed(10 * MINUTE + SECOND), live: live('COMPLETE') },
      'PreviewRunning',
      ['get', 'start'],
      started(0),
    ],
    [
      'that is complete, but no more there, does not',
      { previous: completed(MINUTE), live: live('EXPIRED') },
      'PreviewRunning',
      ['get', 'start'],
      started(0),
    ],
    [
      'that ECR cannot be asked for fails as that call does',
      { startFails: new RetryableError('AccessDenied', 'no'), previous: completed(HOUR) },
      'AccessDenied',
      ['get', 'start'],
      completed(HOUR),
    ],
  ])('%s', async (_, given, word, calls, preview) => {
    const result = await held(given);
    expect([result.word, result.calls, result.preview]).toEqual([word, calls, preview]);
    expect(result.put).toBe(word === 'put');
  });

  test.each([
    [0, 5 * SECOND],
    [59 * SECOND, 5 * SECOND],
    [2 * MINUTE, 30 * SECOND],
  ])('of %d ms is looked at again after %d ms', async (age, againMs) => {
    expect(await held({ previous: started(age), live: live('IN_PROGRESS') })).toMatchObject({ againMs });
  });
});
