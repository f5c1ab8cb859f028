import { describe, expect, test } from '@jest/globals';
import type { Claim } from '../../../../src/controllers/pull-secret/claims.ts';
import {
  delivered,
  refreshed,
  type Survey,
  statusFields,
  tokenValid,
  worrisomeAt,
} from '../../../../src/controllers/pull-secret/status.ts';
import { clusterPullSecret, HOUR, NOW, secret } from '../objects.ts';

const LIFE = { issuedAt: NOW, expiresAt: NOW + 12 * HOUR, rotateAt: NOW + 6 * HOUR };
const FAILURE = { reason: 'AccessDenied', message: 'AWS says no', occurrence: 'request id 1' };
const CLAIM: Claim = { kind: 'ClusterPullSecret', object: clusterPullSecret() };

describe('TokenValid', () => {
  test.each<[string, Parameters<typeof tokenValid>, object]>([
    [
      'of a fresh token',
      [LIFE, undefined, NOW],
      {
        status: 'True',
        reason: 'TokenValid',
        message: 'pulls work, with a token until 2026-01-02T00:00:00Z',
      },
    ],
    [
      'at half of its life',
      [LIFE, undefined, NOW + 6 * HOUR],
      {
        status: 'True',
        reason: 'TokenValid',
        message: 'pulls work, with a token until 2026-01-02T00:00:00Z',
      },
    ],
    [
      'just before a quarter is left, though renewing fails',
      [LIFE, FAILURE, NOW + 9 * HOUR - 1],
      {
        status: 'True',
        reason: 'TokenValid',
        message: 'pulls work, with a token until 2026-01-02T00:00:00Z',
      },
    ],
    [
      'when a quarter is left',
      [LIFE, FAILURE, NOW + 9 * HOUR],
      {
        status: 'False',
        reason: 'TokenExpiring',
        message:
          'the token runs out at 2026-01-02T00:00:00Z, then pulls fail; the last attempt to renew it: AWS says no',
      },
    ],
    [
      'when a quarter is left, without a failure',
      [LIFE, undefined, NOW + 9 * HOUR],
      {
        status: 'False',
        reason: 'TokenExpiring',
        message: 'the token runs out at 2026-01-02T00:00:00Z, then pulls fail',
      },
    ],
    [
      'at the end',
      [LIFE, FAILURE, NOW + 12 * HOUR],
      {
        status: 'False',
        reason: 'TokenExpired',
        message:
          'the token ran out at 2026-01-02T00:00:00Z: pulls fail; the last attempt to renew it: AWS says no',
      },
    ],
    [
      'without any yet',
      [undefined, undefined, NOW],
      { status: 'Unknown', reason: 'TokenPending', message: 'the first token has not come yet' },
    ],
    ['without any, and a failure', [undefined, FAILURE, NOW], { status: 'False', ...FAILURE }],
  ])('%s', (_when, parameters, condition) => {
    expect(tokenValid(...parameters)).toEqual({ type: 'TokenValid', ...condition });
  });

  test('changes when a quarter of any life is left', () => {
    expect([worrisomeAt(LIFE), worrisomeAt({ ...LIFE, expiresAt: NOW + HOUR })]).toEqual([
      NOW + 9 * HOUR,
      NOW + 0.75 * HOUR,
    ]);
  });
});

test.each<[string, Parameters<typeof refreshed>, object[]]>([
  ['is not known before the first attempt', [undefined, undefined], []],
  [
    'is true with a token',
    [LIFE, undefined],
    [{ status: 'True', reason: 'Refreshed', message: 'the last renewal worked' }],
  ],
  [
    'is false after a failure, and says until when pulls work',
    [LIFE, FAILURE],
    [{ status: 'False', ...FAILURE, message: 'pulls work until 2026-01-02T00:00:00Z; AWS says no' }],
  ],
  ['is false after a first failure', [undefined, FAILURE], [{ status: 'False', ...FAILURE }]],
])('Refreshed %s', (_what, parameters, conditions) => {
  expect(refreshed(...parameters)).toEqual(
    conditions.map((condition) => ({ type: 'Refreshed', ...condition })),
  );
});

describe('Delivered', () => {
  const failed = (name: string, reason: string) => ({ namespace: name, reason, message: `words of ${name}` });
  const found = (matched: number, ready: number, ...failures: Survey['failures']): Survey => ({
    matched,
    ready: Array.from({ length: ready }, () => secret()),
    failures,
  });

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
  ])('%s', (_what, survey, condition) => {
    expect(delivered(survey)).toEqual({ type: 'Delivered', ...condition });
  });
});

describe('the status fields', () => {
  test('count namespaces and show the token', () => {
    expect(statusFields(CLAIM, { matched: 1, ready: [secret()], failures: [] }, LIFE)).toEqual({
      namespaces: { matched: 1, ready: 1, failed: 0 },
      tokens: [
        {
          registry: 'default',
          issuedAt: '2026-01-01T12:00:00Z',
          expiresAt: '2026-01-02T00:00:00Z',
          nextRotation: '2026-01-01T18:00:00Z',
        },
      ],
    });
  });

  test('show the first twenty failures, count all, and leave out what is said of one time only', () => {
    const failures = Array.from({ length: 25 }, (_, index) => ({ namespace: `n${index}`, ...FAILURE }));
    expect(statusFields(CLAIM, { matched: 30, ready: [], failures }, undefined)).toEqual({
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
    const { failures } = statusFields(
      CLAIM,
      { matched: 1, ready: [], failures: [{ namespace: 'n', reason: 'X', message }] },
      undefined,
    );
    const shown = failures?.[0]?.message ?? '';
    expect([shown.startsWith('x'.repeat(499)), shown.length <= 500, shown.isWellFormed()]).toEqual([
      true,
      true,
      true,
    ]);
  });
});
