import { describe, expect, test } from '@jest/globals';
import {
  boundedPatience,
  refusedSince,
  withPrincipals,
} from '../../../../src/controllers/repository/principals.ts';
import { RetryableError, TerminalError } from '../../../../src/runtime/errors.ts';

const REFUSED = new RetryableError('PrincipalNotFound', 'Principal not found', {
  occurrence: 'request id 1',
});
const policy = (...principals: (string | string[])[]): string =>
  JSON.stringify({ Statement: principals.map((AWS) => ({ Principal: { AWS } })) });

describe('a policy that names somebody whom AWS does not know', () => {
  test.each<[string, string, string | undefined, string | undefined]>([
    ['names whom it adds', policy('arn:a', ['arn:b', 'arn:c']), policy('arn:a'), 'arn:b, arn:c'],
    ['names whom it puts in the place of an id', policy('arn:a'), policy('AROAEXAMPLE'), 'arn:a'],
    ['names all where there is no policy yet', policy('arn:a'), undefined, 'arn:a'],
    ['names nobody where nobody is new', policy('arn:a'), policy('arn:a'), undefined],
    ['names nobody where everybody is meant', policy('*'), undefined, undefined],
  ])('%s', (_what, document, live, names) => {
    const { message, reason, occurrence } = withPrincipals(REFUSED, {
      document,
      live,
      foreign: [],
    }) as RetryableError;
    expect([reason, occurrence]).toEqual(['PrincipalNotFound', 'request id 1']);
    expect(message).toBe(
      names === undefined
        ? 'Principal not found'
        : `Principal not found; AWS knows nothing of one of: ${names}: make it, or take it out; nothing of the policy was changed`,
    );
  });

  test('names those of others that were deleted', () => {
    const refused = {
      document: policy('arn:a'),
      live: policy('arn:a'),
      foreign: ['AIDAX (statement theirs)'],
    };
    expect((withPrincipals(REFUSED, refused) as Error).message).toContain(
      'keep every change of the policy back: take out AIDAX (statement theirs); nothing of the policy',
    );
  });

  test('is told in its own words where it was refused for something else', () => {
    const other = new RetryableError('AccessDenied', 'no');
    expect(withPrincipals(other, { document: policy('arn:a'), live: undefined, foreign: [] })).toBe(other);
  });
});

describe('a principal that does not come', () => {
  const NOW = Date.UTC(2026, 0, 1);
  const MINUTE = 60_000;

  test.each([
    ['is waited for at first', undefined, RetryableError],
    ['is waited for some minutes', '2025-12-31T23:50:00Z', RetryableError],
    ['is somebody’s to make after that', '2025-12-31T23:49:59Z', TerminalError],
  ])('%s', (_what, since, kind) => {
    const failure = boundedPatience(REFUSED, since ? { document: 'x', since } : undefined, NOW);
    expect(failure).toBeInstanceOf(kind);
    expect(failure).toMatchObject({ reason: 'PrincipalNotFound', occurrence: 'request id 1' });
  });

  test('is looked for again every 15 minutes after that', () => {
    const refused = { document: 'x', since: '2025-12-31T00:00:00Z' };
    expect(boundedPatience(REFUSED, refused, NOW)).toMatchObject({ recheckAfterMs: 15 * MINUTE });
  });

  test('changes no other failure', () => {
    const refused = { document: 'x', since: '2025-12-31T00:00:00Z' };
    const other = new RetryableError('AccessDenied', 'no');
    expect(boundedPatience(other, refused, NOW)).toBe(other);
  });

  test('is waited for since the policy was refused for the first time, and anew for another policy', () => {
    const first = refusedSince(REFUSED, policy('arn:a'), undefined, NOW);
    expect(first).toEqual({
      document: expect.stringMatching(/^[0-9a-f]{64}$/),
      since: '2026-01-01T00:00:00Z',
    });
    expect(refusedSince(REFUSED, policy('arn:a'), first, NOW + MINUTE)).toBe(first);
    const other = refusedSince(REFUSED, policy('arn:b'), first, NOW + MINUTE);
    expect(other?.since).toBe('2026-01-01T00:01:00Z');
    expect(other?.document).not.toBe(first?.document);
  });

  test('is waited for anew after another trouble', () => {
    const first = refusedSince(REFUSED, policy('arn:a'), undefined, NOW);
    const denied = new RetryableError('AccessDenied', 'no');
    expect(refusedSince(denied, policy('arn:a'), first, NOW)).toBeUndefined();
  });
});
