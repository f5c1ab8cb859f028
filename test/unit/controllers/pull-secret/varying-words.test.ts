import { describe, expect, test } from '@jest/globals';
import { RetryableError } from '../../../../src/runtime/errors.ts';
import { HOUR } from '../objects.ts';
import { tokenTrial } from './token-trial.ts';

/** Twice the same failure of a token, in other words; returns which were told. */
async function told(reason: string, first = reason): Promise<readonly (string | undefined)[]> {
  const one = tokenTrial();
  for (const [why, message] of [
    [first, 'to 192.0.2.1'],
    [reason, 'to 192.0.2.2'],
  ] as const) {
    one.answer = new RetryableError(why, message);
    await one.pass();
    one.clock.advance(60_000);
  }
  expect(one.asked.length).toBe(2);
  return one.told.map(([, { failure }]) => failure?.message);
}

describe('a failure that comes again in other words', () => {
  test.each([['AWSUnavailable'], ['AWSUnreachable'], ['Throttled'], ['CredentialsRefused']])(
    'is no news where it is %s: its words have an address or a time in them',
    async (reason) => {
      expect(await told(reason)).toEqual(['to 192.0.2.1']);
    },
  );

  test.each([['AccessDenied'], ['TokenUnusable'], ['KubernetesError']])(
    'is news where it is %s',
    async (reason) => {
      expect(await told(reason)).toEqual(['to 192.0.2.1', 'to 192.0.2.2']);
    },
  );

  test('is news where it was another failure before', async () => {
    expect(await told('AWSUnreachable', 'AWSUnavailable')).toEqual(['to 192.0.2.1', 'to 192.0.2.2']);
  });

  test('is news again after a token came', async () => {
    const one = tokenTrial();
    for (const answer of [
      new RetryableError('Throttled', 'first'),
      HOUR,
      new RetryableError('Throttled', 'x'),
    ]) {
      one.answer = answer;
      await one.pass();
      one.clock.advance(HOUR / 2);
    }
    expect(one.told.map(([, { failure }]) => failure?.message)).toEqual(['first', undefined, 'x']);
  });
});
