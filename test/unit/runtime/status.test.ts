import { describe, expect, test } from '@jest/globals';
import { RetryableError, TerminalError } from '../../../src/runtime/errors.ts';
import type { ConditionState } from '../../../src/runtime/outcome.ts';
import { conditionOf, nextStatus, type Result, suspendedStatus } from '../../../src/runtime/status.ts';
import {
  condition,
  EARLIER,
  NOW,
  NOW_TEXT,
  next,
  outcome,
  type Status,
  state,
  summary,
} from './next-status.ts';

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
