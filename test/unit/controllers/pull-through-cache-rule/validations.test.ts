import { describe, expect, test } from '@jest/globals';
import type { Validation } from '../../../../src/controllers/pull-through-cache-rule/validation.ts';
import {
  createValidations,
  withValidity,
} from '../../../../src/controllers/pull-through-cache-rule/validations.ts';
import type { CacheRuleApi, LiveCacheRule } from '../../../../src/ecr/cache-rule-api.ts';
import { RetryableError } from '../../../../src/runtime/errors.ts';
import { HOUR, LIVE, MINUTE, NOON, rule } from './rule-objects.ts';

/** An ECR that counts what it is asked, and answers with `failure` while there is one; from noon on. */
function trial() {
  const state = { now: NOON, asked: 0, failure: undefined as Error | undefined };
  const rules = {
    validate: async () => {
      state.asked += 1;
      if (state.failure) throw state.failure;
      return { valid: true };
    },
  } as unknown as CacheRuleApi;
  const validations = createValidations({ now: () => state.now });
  const current = (one = rule(), live = LIVE, changed = false) =>
    validations.current({ rule: one, live, changed, rules });
  return { state, current, forget: () => validations.forget(rule()) };
}

describe('what ECR said', () => {
  test('is remembered until it is old, the rule is changed, or the object is gone', async () => {
    const { state, current, forget } = trial();
    await current();
    await current();
    expect(state.asked).toBe(1);
    await current(rule(), LIVE, true);
    expect(state.asked).toBe(2);
    state.now += HOUR;
    await current();
    expect(state.asked).toBe(3);
    forget();
    await current();
    expect(state.asked).toBe(4);
  });

  test.each<[string, Partial<LiveCacheRule>, number]>([
    ['with a role is asked for', { customRoleArn: 'role' }, 1],
    ['with neither secret nor role is not', {}, 0],
  ])('of an upstream %s', async (_, login, asked) => {
    const { state, current } = trial();
    const { credentialArn: _secret, ...open } = LIVE;
    await current(rule(), { ...open, ...login });
    expect(state.asked).toBe(asked);
  });

  test('stays when the annotation is taken away', async () => {
    const { state, current } = trial();
    await current(rule({}, 'now'));
    await current(rule());
    expect(state.asked).toBe(1);
  });
});

describe('answers that do not come', () => {
  const denied = new RetryableError('AccessDenied', 'no');

  test('are asked for every five minutes in the end, and begin anew after an answer', async () => {
    const { state, current } = trial();
    state.failure = denied;
    const waits: (number | undefined)[] = [];
    for (let count = 0; count < 5; count += 1) {
      const { againMs = 0 } = await current();
      waits.push(againMs / MINUTE);
      state.now += againMs;
    }
    expect(waits).toEqual([1, 2, 4, 5, 5]);
    expect(state.asked).toBe(5);
    state.failure = undefined;
    expect((await current()).againMs).toBeUndefined();
    state.failure = denied;
    state.now += HOUR;
    expect((await current()).againMs).toBe(MINUTE);
  });

  test('leave the request that was answered last as it is told, after a restart too', async () => {
    const { state, current } = trial();
    state.failure = denied;
    const one = { ...rule({}, 'new'), status: { validationRequest: 'old' } };
    expect((await current(one)).request).toBe('old');
    expect((await current(one)).request).toBe('old');
    state.failure = undefined;
    expect((await current(one)).request).toBe('new');
  });
});

describe('the outcome of a pass', () => {
  const SYNCED = { type: 'Synced', status: 'True', reason: 'Synced', message: '' } as const;
  const valid = (status: 'True' | 'False', reason = 'Validated'): Validation => ({
    at: NOON,
    condition: { type: 'Valid', status, reason, message: '' },
  });
  const outcome = (validation: Validation, one = rule(), stalled?: boolean) =>
    withValidity(
      { status: { prefix: 'hub' }, conditions: [SYNCED], ...(stalled === undefined ? {} : { stalled }) },
      { rule: one, validation, now: NOON + MINUTE },
    );

  test('has the condition, the time, and when to look again', () => {
    expect(outcome(valid('True'))).toEqual({
      status: { prefix: 'hub', lastValidated: '2026-01-01T12:00:00Z' },
      conditions: [SYNCED, valid('True').condition],
      stalled: false,
      requeueAfterMs: HOUR - MINUTE,
    });
  });

  test.each([
    ['the upstream refuses', valid('False', 'UpstreamRefused'), undefined, true],
    ['it differs and is only observed', valid('True'), true, true],
    ['neither', valid('True'), false, false],
  ])('is stalled where %s', (_, validation, before, stalled) => {
    expect(outcome(validation, rule(), before).stalled).toBe(stalled);
  });

  test('without a question has no time, and no further look', () => {
    const found = outcome(valid('True', 'NothingToValidate'));
    expect(found.status).toEqual({ prefix: 'hub' });
    expect(found.requeueAfterMs).toBeUndefined();
  });

  test('tells a schedule that is none', () => {
    const one = rule({ validation: { schedule: '61 * * * *', timeZone: 'UTC' } });
    expect(outcome(valid('True'), one).conditions[2]).toMatchObject({
      type: 'ValidationScheduled',
      status: 'False',
      reason: 'InvalidSchedule',
    });
  });
});
