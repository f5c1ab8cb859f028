import { describe, expect, test } from '@jest/globals';
import { RetryableError } from '../../../src/runtime/errors.ts';
import type { ConditionState } from '../../../src/runtime/outcome.ts';
import { conditionOf, type Result, statusChanged } from '../../../src/runtime/status.ts';
import { EARLIER, NOW, NOW_TEXT, next, outcome, type Status, state } from './next-status.ts';

describe('times and generations', () => {
  const previous = next(outcome(state('Exists'), state('PolicyApplied')), { now: Date.parse(EARLIER) });

  test.each<[string, ConditionState, string]>([
    ['stays while the status does, whatever is said', state('Exists', 'True', 'Better', 'other'), EARLIER],
    ['moves with the status', state('Exists', 'False'), NOW_TEXT],
    ['moves to Unknown too', state('Exists', 'Unknown'), NOW_TEXT],
  ])('lastTransitionTime %s', (_sentence, exists, time) => {
    const status = next(outcome(exists, state('PolicyApplied')), { previous });
    expect(conditionOf(status, 'Exists')?.lastTransitionTime).toBe(time);
    expect(conditionOf(status, 'Ready')?.lastTransitionTime).toBe(time);
    expect(conditionOf(status, 'PolicyApplied')?.lastTransitionTime).toBe(EARLIER);
  });

  test('a condition that was not there before has the time of now', () => {
    const status = next(outcome(state('Exists'), state('PolicyApplied'), state('Drifted')), { previous });
    expect(conditionOf(status, 'Drifted')?.lastTransitionTime).toBe(NOW_TEXT);
  });

  test('the observed generation is that of the object, in the status and in all that was found', () => {
    const status = next(outcome(state('Exists'), state('PolicyApplied')), { previous, generation: 5 });
    expect(status.observedGeneration).toBe(5);
    expect(status.conditions?.map(({ observedGeneration }) => observedGeneration)).toEqual([5, 5, 5]);
  });
});

describe('messages', () => {
  const refused = (occurrence: string, message = 'access denied'): Result<Status> => ({
    error: new RetryableError('AccessDenied', message, { occurrence }),
  });
  const message = (status: Status, type = 'Ready') => conditionOf(status, type)?.message;

  test('show what tells this failure from the last', () => {
    expect(message(next(refused('request id 1')))).toBe('access denied (request id 1)');
  });

  test('keep the first occurrence of the same failure, so that a retry is no change', () => {
    const first = next(refused('request id 1'));
    const second = next(refused('request id 2'), { previous: first, now: NOW + 60_000 });
    expect(second).toEqual(first);
    expect(statusChanged(first, second)).toBe(false);
  });

  test('show the new occurrence when other words are said', () => {
    const first = next(refused('request id 1'));
    const second = next(refused('request id 2', 'access denied to the key'), { previous: first });
    expect(message(second)).toBe('access denied to the key (request id 2)');
  });

  test('show a new occurrence when it was well in between', () => {
    const first = next(refused('request id 1'));
    const well = next(outcome(state('Exists'), state('PolicyApplied')), { previous: first });
    expect(message(next(refused('request id 2'), { previous: well }))).toBe('access denied (request id 2)');
  });

  test('are cut when they are very long, and the occurrence is still told', () => {
    const status = next(refused('request id 1', 'x'.repeat(40_000)));
    expect(message(status)).toBe(`${'x'.repeat(1_999)}… (request id 1)`);
    expect(next(refused('request id 2', 'x'.repeat(40_000)), { previous: status })).toEqual(status);
  });

  test('are left alone up to two thousand characters', () => {
    expect(message(next({ error: new Error('x'.repeat(2_000)) }))).toBe('x'.repeat(2_000));
  });

  test('are never cut through a character: the API server would store it as another', () => {
    const status = next({ error: new Error(`${'x'.repeat(1_998)}${'😀'.repeat(9)}`) });
    expect(message(status)?.isWellFormed()).toBe(true);
  });
});

describe('statusChanged', () => {
  const status = next(outcome(state('Exists'), state('PolicyApplied')));
  test.each<[string, Status | undefined, Status, boolean]>([
    ['the first status is a change', undefined, status, true],
    ['the same is none', JSON.parse(JSON.stringify(status)), status, false],
    [
      'a field that is absent and one that is undefined are the same',
      status,
      { ...status, uri: undefined } as unknown as Status,
      false,
    ],
    ['a further field is a change', status, { ...status, uri: 'a' }, true],
    ['a new generation is a change', status, { ...status, observedGeneration: 2 }, true],
    ['the order of fields is none', Object.fromEntries(Object.entries(status).reverse()), status, false],
  ])('%s', (_sentence, previous, now, changed) => {
    expect(statusChanged(previous, now)).toBe(changed);
  });
});

test('the same outcome again changes nothing, however much later', () => {
  const result: Result<Status> = {
    outcome: {
      status: { uri: 'example.com/app' },
      conditions: [state('Exists'), state('PolicyApplied', 'False', 'Refused')],
    },
  };
  const first = next(result);
  expect(statusChanged(first, next(result, { previous: first, now: NOW + 1e9 }))).toBe(false);
});
