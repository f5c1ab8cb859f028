import { describe, expect, test } from '@jest/globals';
import { RetryableError, TerminalError } from '../../../src/runtime/errors.ts';
import type { ConditionState } from '../../../src/runtime/outcome.ts';
import {
  type BaseStatus,
  conditionOf,
  nextStatus,
  type Result,
  type StatusCondition,
  statusChanged,
  suspendedStatus,
} from '../../../src/runtime/status.ts';

interface Status extends BaseStatus {
  readonly uri?: string;
}

const EARLIER = '2025-12-31T00:00:00Z';
const NOW = Date.UTC(2026, 0, 1);
const NOW_TEXT = '2026-01-01T00:00:00Z';

const state = (
  type: string,
  status: 'True' | 'False' | 'Unknown' = 'True',
  reason = 'Fine',
  message = `${type} says so`,
): ConditionState => ({ type, status, reason, message });

const condition = (
  type: string,
  status: 'True' | 'False' | 'Unknown',
  reason: string,
  message: string,
): StatusCondition => ({ type, status, reason, message, observedGeneration: 1, lastTransitionTime: EARLIER });

interface Given {
  readonly previous?: Status;
  readonly generation?: number;
  readonly dependents?: readonly [string, ...string[]];
  readonly optionalDependents?: readonly string[];
  readonly now?: number;
}

function next(result: Result<Status>, given: Given = {}): Status {
  const { previous, generation = 1, dependents = ['Exists', 'PolicyApplied'], now = NOW } = given;
  const { optionalDependents = [] } = given;
  return nextStatus<Status>({ previous, generation, result, dependents, optionalDependents, now });
}

const outcome = (...conditions: ConditionState[]): Result<Status> => ({ outcome: { conditions } });
const summary = (status: Status): string[] =>
  (status.conditions ?? []).map(({ type, status: is, reason }) => `${type}=${is} ${reason}`);

describe('Ready', () => {
  test.each<[string, ConditionState[], string[]]>([
    [
      'is True when all that it depends on is',
      [state('Exists'), state('PolicyApplied')],
      ['Ready=True Ready', 'Exists=True Fine', 'PolicyApplied=True Fine'],
    ],
    [
      'is False for the first that is False',
      [state('Exists', 'False', 'Missing'), state('PolicyApplied', 'False', 'Refused')],
      [
        'Ready=False Missing',
        'Exists=False Missing',
        'PolicyApplied=False Refused',
        'Reconciling=True Missing',
      ],
    ],
    [
      'is False rather than Unknown',
      [state('Exists', 'Unknown', 'Asking'), state('PolicyApplied', 'False', 'Refused')],
      [
        'Ready=False Refused',
        'Exists=Unknown Asking',
        'PolicyApplied=False Refused',
        'Reconciling=True Refused',
      ],
    ],
    [
      'is Unknown for the first that is',
      [state('Exists'), state('PolicyApplied', 'Unknown', 'Asking')],
      ['Ready=Unknown Asking', 'Exists=True Fine', 'PolicyApplied=Unknown Asking', 'Reconciling=True Asking'],
    ],
    [
      'is Unknown while one is not told of',
      [state('Exists')],
      ['Ready=Unknown Pending', 'Exists=True Fine', 'Reconciling=True Pending'],
    ],
    [
      'does not look at what it does not depend on',
      [state('Exists'), state('PolicyApplied'), state('Drifted', 'False')],
      ['Ready=True Ready', 'Exists=True Fine', 'PolicyApplied=True Fine', 'Drifted=False Fine'],
    ],
  ])('%s', (_sentence, conditions, expected) => {
    expect(summary(next(outcome(...conditions)))).toEqual(expected);
  });

  test.each<[string, ConditionState[], string]>([
    ['is False where it is', [state('Exists'), state('Mirrored', 'False', 'Refused')], 'Ready=False Refused'],
    [
      'is Unknown where it is',
      [state('Exists'), state('Mirrored', 'Unknown', 'Asking')],
      'Ready=Unknown Asking',
    ],
    ['is True where it is', [state('Exists'), state('Mirrored')], 'Ready=True Ready'],
    ['asks for nothing where it is not there', [state('Exists')], 'Ready=True Ready'],
    [
      'comes after the others',
      [state('Exists', 'False', 'Missing'), state('Mirrored', 'False', 'Refused')],
      'Ready=False Missing',
    ],
  ])('with an optional condition %s', (_sentence, conditions, expected) => {
    const optional = { dependents: ['Exists'], optionalDependents: ['Mirrored'] } as const;
    expect(summary(next(outcome(...conditions), optional))[0]).toBe(expected);
  });

  test('speaks with the words of the condition that decides', () => {
    const status = next(
      outcome(state('Exists', 'False', 'Missing', 'there is none'), state('PolicyApplied')),
    );
    expect(conditionOf(status, 'Ready')?.message).toBe('there is none');
    expect(conditionOf(status, 'Reconciling')?.message).toBe('there is none');
  });

  test('names the one that nothing is known of', () => {
    const status = next(outcome(state('Exists')));
    expect(conditionOf(status, 'Ready')?.message).toBe('PolicyApplied is not known yet');
  });
});

describe('an outcome that only a change from outside helps', () => {
  const stalled = (...conditions: ConditionState[]): Result<Status> => ({
    outcome: { conditions, stalled: true },
  });

  test('is Stalled while it is not Ready, and not Reconciling', () => {
    const status = next(stalled(state('Exists'), state('PolicyApplied', 'False', 'Refused', 'no right')));
    expect(summary(status)).toEqual([
      'Ready=False Refused',
      'Exists=True Fine',
      'PolicyApplied=False Refused',
      'Stalled=True Refused',
    ]);
    expect(conditionOf(status, 'Stalled')?.message).toBe('no right');
  });

  test.each<[string, Result<Status>, string[]]>([
    ['is neither once it is Ready', stalled(state('Exists'), state('PolicyApplied')), []],
    [
      'is Reconciling where that is not said',
      { outcome: { conditions: [state('Exists', 'False')], stalled: false } },
      ['Reconciling'],
    ],
  ])('%s', (_what, result, expected) => {
    const previous = next(stalled(state('Exists', 'False')));
    const types = (next(result, { previous }).conditions ?? []).map(({ type }) => type);
    expect(types.filter((type) => ['Stalled', 'Reconciling'].includes(type))).toEqual(expected);
  });
});

describe('a failure', () => {
  const previous: Status = {
    uri: 'example.com/app',
    observedGeneration: 1,
    conditions: [
      condition('Ready', 'True', 'Ready', 'Exists says so'),
      condition('Exists', 'True', 'Fine', 'Exists says so'),
      condition('PolicyApplied', 'True', 'Fine', 'PolicyApplied says so'),
    ],
  };

  test('is told of the first dependent; what else was known stays', () => {
    const status = next({ error: new RetryableError('Throttled', 'too fast') }, { previous });
    expect(summary(status)).toEqual([
      'Ready=False Throttled',
      'Exists=False Throttled',
      'PolicyApplied=True Fine',
      'Reconciling=True Throttled',
    ]);
    expect(status.uri).toBe('example.com/app');
  });

  test('that no retry mends is Stalled, and not Reconciling', () => {
    const status = next({ error: new TerminalError('InvalidSpec', 'no such key') }, { previous });
    expect(summary(status)).toEqual([
      'Ready=False InvalidSpec',
      'Exists=False InvalidSpec',
      'PolicyApplied=True Fine',
      'Stalled=True InvalidSpec',
    ]);
  });

  test('of an object without a status makes the first', () => {
    expect(summary(next({ error: new Error('oh') }))).toEqual([
      'Ready=False ReconcileFailed',
      'Exists=False ReconcileFailed',
      'Reconciling=True ReconcileFailed',
    ]);
  });

  test('does not take over what an earlier failure left', () => {
    const stalled = next({ error: new TerminalError('InvalidSpec', 'no such key') }, { previous });
    const status = next({ error: new RetryableError('Throttled', 'too fast') }, { previous: stalled });
    expect(conditionOf(status, 'Stalled')).toBeUndefined();
    expect(summary(next(outcome(state('Exists'), state('PolicyApplied')), { previous: status }))).toEqual([
      'Ready=True Ready',
      'Exists=True Fine',
      'PolicyApplied=True Fine',
    ]);
  });

  test('does not claim that what stays was seen at this generation', () => {
    const status = next({ error: new Error('oh') }, { previous, generation: 2 });
    expect(conditionOf(status, 'Exists')?.observedGeneration).toBe(2);
    expect(conditionOf(status, 'PolicyApplied')?.observedGeneration).toBe(1);
  });
});

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

describe('a suspended object', () => {
  const suspended = {
    type: 'Suspended',
    status: 'True',
    reason: 'Suspended',
    message: 'spec.suspend is true: nothing is done for this object until it is false',
    observedGeneration: 3,
    lastTransitionTime: NOW_TEXT,
  };

  test('keeps what was known, Ready too, and its generation is seen', () => {
    const ready = {
      ...condition('Ready', 'True', 'Ready', 'fine'),
      observedGeneration: 2,
      lastTransitionTime: EARLIER,
    };
    const previous: Status = { uri: 'x', observedGeneration: 2, conditions: [ready] };
    const next = suspendedStatus(previous, 3, NOW);
    expect(next).toEqual({
      uri: 'x',
      observedGeneration: 3,
      conditions: [{ ...ready, observedGeneration: 3 }, suspended],
    });
    expect(suspendedStatus(next, 3, NOW + 1_000)).toEqual(next);
  });

  test('that was never looked at is neither Ready nor not', () => {
    expect(suspendedStatus<Status>(undefined, 3, NOW).conditions).toEqual([
      { ...suspended, type: 'Ready', status: 'Unknown' },
      suspended,
    ]);
  });

  test('says no more of it once it goes on, also when that fails', () => {
    const previous = suspendedStatus<Status>(undefined, 3, NOW);
    const result = { error: new RetryableError('Sad', 'sad') };
    const next = nextStatus({ previous, generation: 4, result, dependents: ['Synced'], now: NOW });
    expect(conditionOf(next, 'Suspended')).toBeUndefined();
  });
});
