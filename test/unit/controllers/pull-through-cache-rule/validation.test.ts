import { describe, expect, test } from '@jest/globals';
import type { PullThroughCacheRule } from '../../../../src/api/pull-through-cache-rule.generated.ts';
import {
  isDue,
  nextValidation,
  requestOf,
  toldValidation,
  type Validation,
  validate,
  validationFields,
  validationSchedule,
} from '../../../../src/controllers/pull-through-cache-rule/validation.ts';
import type { CacheRuleApi, LiveCacheRule } from '../../../../src/ecr/cache-rule-api.ts';
import { RetryableError, TerminalError } from '../../../../src/runtime/errors.ts';
import { HOUR, LIVE, MINUTE, NOON, rule } from './rule-objects.ts';

const VALID = { type: 'Valid', status: 'True', reason: 'Validated', message: '' } as const;
const KNOWN: Validation = { at: NOON, condition: VALID };

describe('when ECR is asked again', () => {
  test.each<[string, PullThroughCacheRule, Partial<LiveCacheRule>, number, boolean]>([
    ['within the hour', rule(), {}, NOON + HOUR - 1, false],
    ['with the hour', rule(), {}, NOON + HOUR, true],
    [
      'as the schedule says',
      rule({ validation: { schedule: '*/5 * * * *', timeZone: 'UTC' } }),
      {},
      NOON + 5 * MINUTE,
      true,
    ],
    ['after a change of the rule', rule(), { updatedAt: '2026-01-01T12:00:01Z' }, NOON + 2_000, true],
    ['not for an older change', rule(), { updatedAt: '2026-01-01T11:59:59Z' }, NOON + 2_000, false],
    ['on request', rule({}, 'now'), {}, NOON + 1, true],
  ])('%s', (_, one, live, now, due) => {
    expect(isDue({ rule: one, live: { ...LIVE, ...live }, known: KNOWN, now })).toBe(due);
  });

  test('not for a request that is answered', () => {
    const known = { ...KNOWN, request: 'now' };
    expect(isDue({ rule: rule({}, 'now'), live: LIVE, known, now: NOON + 1 })).toBe(false);
    expect(isDue({ rule: rule({}, 'again'), live: LIVE, known, now: NOON + 1 })).toBe(true);
  });

  test('soon where the call itself failed', () => {
    expect(nextValidation({ ...KNOWN, againMs: MINUTE }, validationSchedule(rule().spec))).toBe(
      NOON + MINUTE,
    );
  });
});

test.each([
  ['no schedule', { schedule: 'often', timeZone: 'UTC' }, 'InvalidSchedule'],
  ['no time zone', { schedule: '* * * * *', timeZone: 'Mars/Olympus' }, 'InvalidTimeZone'],
])('%s is refused, and every hour taken', (_, validation, reason) => {
  expect(validationSchedule(rule({ validation }).spec)).toMatchObject({
    schedule: '0 * * * *',
    timeZone: 'UTC',
    refusal: { reason },
  });
});

test('a long annotation is cut, an empty one is none', () => {
  expect(requestOf(rule({}, 'x'.repeat(300)))).toHaveLength(256);
  expect(requestOf(rule({}, ''))).toBeUndefined();
});

describe('an answer of ECR', () => {
  const answering = (answer: () => Promise<unknown>) =>
    validate({ validate: answer } as unknown as CacheRuleApi, LIVE);

  test.each([
    ['valid', { valid: true }, 'True', 'Validated', 'gets into registry-1.docker.io'],
    ['refused', { valid: false, failure: 'wrong token' }, 'False', 'UpstreamRefused', 'wrong token'],
  ])('that is %s', async (_, verdict, status, reason, words) => {
    expect((await answering(async () => verdict)).condition).toEqual({
      type: 'Valid',
      status,
      reason,
      message: expect.stringContaining(words),
    });
  });

  test.each([
    ['a minute', new RetryableError('Throttled', 'slow down'), 'Throttled', MINUTE],
    ['an hour', new TerminalError('InvalidParameter', 'no'), 'InvalidParameter', HOUR],
  ])('that does not come is asked for again in %s', async (_, error, reason, againMs) => {
    expect(await answering(() => Promise.reject(error))).toMatchObject({
      condition: { status: 'Unknown', reason },
      againMs,
    });
  });
});

describe('what the status tells', () => {
  const told = {
    lastValidated: '2026-01-01T12:00:00Z',
    conditions: [{ ...VALID, lastTransitionTime: '2026-01-01T12:00:00Z' }],
  };

  test.each<[string, Parameters<typeof validationFields>[0], Validation, string | undefined]>([
    ['the first time', undefined, KNOWN, '2026-01-01T12:00:00Z'],
    ['the time told, within the hour', told, { ...KNOWN, at: NOON + 30 * MINUTE }, '2026-01-01T12:00:00Z'],
    ['the new time after it', told, { ...KNOWN, at: NOON + HOUR }, '2026-01-01T13:00:00Z'],
    [
      'the new time of another answer',
      told,
      { at: NOON + MINUTE, condition: { ...VALID, status: 'False' } },
      '2026-01-01T12:01:00Z',
    ],
    [
      'the new time of a request',
      told,
      { ...KNOWN, at: NOON + MINUTE, request: 'now' },
      '2026-01-01T12:01:00Z',
    ],
    [
      'the time told where the call failed',
      told,
      { ...KNOWN, at: NOON + HOUR, againMs: 1 },
      '2026-01-01T12:00:00Z',
    ],
    ['none where it failed at first', undefined, { ...KNOWN, againMs: 1 }, undefined],
  ])('is %s', (_, previous, validation, lastValidated) => {
    expect(validationFields(previous, validation).lastValidated).toBe(lastValidated);
  });

  test('is known again after a restart, to the end of its second', () => {
    expect(toldValidation(told)).toMatchObject({ at: NOON + 999, condition: { status: 'True' } });
    expect(toldValidation({ conditions: told.conditions })).toBeUndefined();
    const unknown = told.conditions.map((condition) => ({ ...condition, status: 'Unknown' as const }));
    expect(toldValidation({ ...told, conditions: unknown })).toBeUndefined();
  });
});
