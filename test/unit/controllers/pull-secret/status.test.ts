import { describe, expect, test } from '@jest/globals';
import { delivered, statusFields } from '../../../../src/controllers/pull-secret/status.ts';
import type { Survey, TokenLife } from '../../../../src/controllers/pull-secret/survey.ts';
import { FAILURE, LIFE, life } from './lives.ts';

/** What a survey found. */
function found(matched: number, ready: number, ...failures: Survey['failures']): Survey {
  return { matched, ready, failures, lives: [], oldestIssuedAt: undefined };
}

describe('Delivered', () => {
  const failed = (name: string, reason: string) => ({ namespace: name, reason, message: `words of ${name}` });

  test.each<[string, Survey, object]>([
    [
      'everywhere',
      found(2, 2),
      { status: 'True', reason: 'Delivered', message: '2 of 2 namespaces have the Secret' },
    ],
    [
      'nowhere, as asked',
      found(0, 0),
      { status: 'True', reason: 'Delivered', message: 'no namespace is selected' },
    ],
    [
      'under way',
      found(3, 1),
      { status: 'Unknown', reason: 'Delivering', message: '1 of 3 namespaces have the Secret so far' },
    ],
    [
      'with one reason',
      found(3, 1, failed('a', 'SecretConflict'), failed('b', 'SecretConflict')),
      {
        status: 'False',
        reason: 'SecretConflict',
        message: '1 of 3 namespaces have the Secret; a: words of a',
      },
    ],
    [
      'with several reasons',
      found(3, 1, failed('a', 'SecretConflict'), failed('b', 'TenancyDenied')),
      {
        status: 'False',
        reason: 'NamespacesFailed',
        message: '1 of 3 namespaces have the Secret; a: words of a',
      },
    ],
    [
      'in all but for what one of them says',
      found(2, 2, failed('b', 'ServiceAccountContested')),
      {
        status: 'False',
        reason: 'ServiceAccountContested',
        message: '2 of 2 namespaces have the Secret; b: words of b',
      },
    ],
  ])('%s', (_what, survey, condition) => {
    expect(delivered(survey)).toEqual({ type: 'Delivered', ...condition });
  });
});

describe('the status fields', () => {
  const withLives = (...lives: TokenLife[]): Survey => ({ ...found(1, 1), lives });

  test('count namespaces and show the token', () => {
    expect(statusFields(withLives(LIFE))).toEqual({
      namespaces: { matched: 1, ready: 1, failed: 0 },
      tokenScope: 'PullOnly',
      tokens: [
        {
          registry: 'default',
          scope: 'PullOnly',
          count: 1,
          issuedAt: '2026-01-01T12:00:00Z',
          expiresAt: '2026-01-02T00:00:00Z',
          nextRotation: '2026-01-01T18:00:00Z',
        },
      ],
    });
  });

  test('show each login by its name, how many tokens it has, and why one failed', () => {
    const none = { scope: undefined, issuedAt: undefined, expiresAt: undefined, rotateAt: undefined };
    const lives = [
      life({ login: 'public.ecr.aws', ids: new Set(['a', 'b']), scope: 'Scoped' }),
      life({ login: 'eu', ...none, failure: FAILURE }),
    ];
    const { tokens, tokenScope } = statusFields(withLives(...lives));
    expect(tokenScope).toBe('Scoped');
    expect(tokens).toEqual([
      { registry: 'eu', count: 1, reason: 'AccessDenied', message: 'AWS says no' },
      expect.objectContaining({ registry: 'public.ecr.aws', count: 2, scope: 'Scoped' }),
    ]);
  });

  test('show the widest scope of all, and none before the first token', () => {
    const scopes = (...some: TokenLife['scope'][]) =>
      statusFields(withLives(...some.map((scope) => life({ scope })))).tokenScope;
    expect([
      scopes('Scoped', 'Identity', 'PullOnly'),
      scopes(undefined, 'Scoped'),
      scopes(undefined),
    ]).toEqual(['Identity', 'Scoped', undefined]);
  });

  test('show the first twenty failures, count all, and leave out what is said of one time only', () => {
    const failures = Array.from({ length: 25 }, (_, index) => ({ namespace: `n${index}`, ...FAILURE }));
    expect(statusFields(found(30, 0, ...failures))).toEqual({
      namespaces: { matched: 30, ready: 0, failed: 25 },
      failures: Array.from({ length: 20 }, (_, index) => ({
        namespace: `n${index}`,
        reason: 'AccessDenied',
        message: 'AWS says no',
      })),
    });
  });

  test('cut long words, never through the middle of a character: the API server would store another one', () => {
    const message = `${'x'.repeat(499)}😀 and more`;
    const lives = [life({ failure: { reason: 'X', message } })];
    const fields = statusFields({ ...found(1, 0, { namespace: 'n', reason: 'X', message }), lives });
    for (const shown of [fields.failures?.[0]?.message ?? '', fields.tokens?.[0]?.message ?? '']) {
      expect([shown.startsWith('x'.repeat(499)), shown.length <= 500, shown.isWellFormed()]).toEqual([
        true,
        true,
        true,
      ]);
    }
  });
});
