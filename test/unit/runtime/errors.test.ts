import { describe, expect, test } from '@jest/globals';
import { failureOf, messageOf, RetryableError, TerminalError } from '../../../src/runtime/errors.ts';
import { KubeError } from '../../../src/runtime/kube-errors.ts';
import { retryOf } from '../../../src/runtime/outcome.ts';

const middle = (): number => 0.5;

describe('failureOf', () => {
  test.each<[string, unknown, object]>([
    [
      'an error of ours says its own reason',
      new RetryableError('Throttled', 'too fast'),
      { reason: 'Throttled', message: 'too fast' },
    ],
    [
      'with what tells this time from the last',
      new TerminalError('QuotaExceeded', 'too many', { occurrence: 'request id 1' }),
      { reason: 'QuotaExceeded', message: 'too many', occurrence: 'request id 1' },
    ],
    [
      'a refusal of the API server is the operator’s lack of rights',
      new KubeError(403, 'Forbidden', 'no'),
      { reason: 'KubernetesForbidden', message: 'no' },
    ],
    [
      'any other answer of it is an error of Kubernetes',
      new KubeError(500, 'InternalError', 'oh'),
      { reason: 'KubernetesError', message: 'oh' },
    ],
    [
      'an unknown error has the general reason',
      new Error('oh'),
      { reason: 'ReconcileFailed', message: 'oh' },
    ],
    [
      'a reason that no condition may have is not passed on',
      Object.assign(new Error('oh'), { reason: 'not a reason!' }),
      { reason: 'ReconcileFailed', message: 'oh' },
    ],
    [
      'a reason that is no text is not passed on',
      Object.assign(new Error('oh'), { reason: 7 }),
      { reason: 'ReconcileFailed', message: 'oh' },
    ],
    ['a thrown text is the message', 'oh', { reason: 'ReconcileFailed', message: 'oh' }],
    ['even nothing can be thrown', undefined, { reason: 'ReconcileFailed', message: 'undefined' }],
    ['or null', null, { reason: 'ReconcileFailed', message: 'null' }],
  ])('%s', (_sentence, error, failure) => {
    expect(failureOf(error)).toEqual(failure);
  });

  test('the words never hold a stack, and the cause is kept for the log', () => {
    const cause = new Error('socket hang up');
    const error = new RetryableError('NetworkError', 'no answer', { cause });
    expect(messageOf(error)).toBe('no answer');
    expect(error.cause).toBe(cause);
  });
});

describe('retryOf', () => {
  test.each<[string, unknown, object]>([
    ['an unknown error is tried again by back-off', new Error('oh'), { kind: 'backoff' }],
    ['so is a retryable one', new RetryableError('Throttled', ''), { kind: 'backoff' }],
    ['a terminal one after an hour', new TerminalError('Bad', ''), { kind: 'after', ms: 3_600_000 }],
    [
      'or after its own time',
      new TerminalError('QuotaExceeded', '', { recheckAfterMs: 60_000 }),
      { kind: 'after', ms: 60_000 },
    ],
  ])('%s', (_sentence, error, retry) => {
    expect(retryOf(error, middle)).toEqual(retry);
  });

  test('terminal failures of the same moment do not come back in the same moment', () => {
    const at = (random: number) => retryOf(new TerminalError('Bad', ''), () => random);
    expect(at(0)).toEqual({ kind: 'after', ms: 3_240_000 });
    expect(at(1)).toEqual({ kind: 'after', ms: 3_960_000 });
  });
});
