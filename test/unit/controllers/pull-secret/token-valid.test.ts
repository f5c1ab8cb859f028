import { describe, expect, test } from '@jest/globals';
import {
  endingFirst,
  refreshed,
  tokenValid,
  worrisomeAt,
} from '../../../../src/controllers/pull-secret/status.ts';
import type { TokenLife } from '../../../../src/controllers/pull-secret/survey.ts';
import { HOUR, NOW } from '../objects.ts';
import { FAILURE, LIFE, life, UNKNOWN } from './lives.ts';

const FAILED = life({ failure: FAILURE });
const NONE_FAILED = { ...UNKNOWN, failure: FAILURE };
const OTHER = life({ login: 'eu', expiresAt: NOW + 20 * HOUR });
const WELL = {
  status: 'True',
  reason: 'TokenValid',
  message: 'pulls work, with a token until 2026-01-02T00:00:00Z',
};

describe('TokenValid', () => {
  test.each<[string, readonly TokenLife[], number, object]>([
    ['of a fresh token', [LIFE], 0, WELL],
    ['at half of its life', [LIFE], 6, WELL],
    ['just before a quarter is left, though renewing fails', [FAILED], 9 - 1e-6, WELL],
    [
      'when a quarter is left',
      [FAILED],
      9,
      {
        status: 'False',
        reason: 'TokenExpiring',
        message:
          'the token runs out at 2026-01-02T00:00:00Z, then pulls fail; the last attempt to renew it: AWS says no',
      },
    ],
    [
      'when a quarter is left, without a failure',
      [LIFE],
      9,
      {
        status: 'False',
        reason: 'TokenExpiring',
        message: 'the token runs out at 2026-01-02T00:00:00Z, then pulls fail',
      },
    ],
    [
      'at the end',
      [FAILED],
      12,
      {
        status: 'False',
        reason: 'TokenExpired',
        message:
          'the token ran out at 2026-01-02T00:00:00Z: pulls fail; the last attempt to renew it: AWS says no',
      },
    ],
    [
      'without any yet',
      [UNKNOWN],
      0,
      { status: 'Unknown', reason: 'TokenPending', message: 'the first token has not come yet' },
    ],
    [
      'without anybody who wants one',
      [],
      0,
      { status: 'True', reason: 'NoTokenWanted', message: 'no namespace takes a token from this object' },
    ],
    ['without any, and a failure', [NONE_FAILED], 0, { status: 'False', ...FAILURE }],
    ['of several that are fresh, of the one that ends first', [OTHER, LIFE], 0, WELL],
    [
      'of several of which one has not come yet',
      [LIFE, { ...UNKNOWN, login: 'eu' }],
      0,
      { status: 'Unknown', reason: 'TokenPending', message: 'the first token has not come yet' },
    ],
    [
      'of several of which one cannot be had: the others work, and are named',
      [OTHER, LIFE, { ...NONE_FAILED, login: 'us' }],
      0,
      { status: 'False', ...FAILURE, message: 'us: AWS says no; pulls from eu, default work' },
    ],
    [
      'of two of which one cannot be had',
      [LIFE, { ...NONE_FAILED, login: 'us' }],
      0,
      { status: 'False', ...FAILURE, message: 'us: AWS says no; pulls from default work' },
    ],
    [
      'of several of which none works',
      [OTHER, { ...NONE_FAILED, login: 'us' }],
      20,
      { status: 'False', ...FAILURE, message: 'us: AWS says no' },
    ],
    [
      'of several of which one ends, which is named',
      [OTHER, FAILED],
      10,
      {
        status: 'False',
        reason: 'TokenExpiring',
        message:
          'default: the token runs out at 2026-01-02T00:00:00Z, then pulls fail; the last attempt to renew it: AWS says no',
      },
    ],
  ])('%s', (_when, lives, hours, condition) => {
    expect(tokenValid(lives, NOW + hours * HOUR)).toEqual({ type: 'TokenValid', ...condition });
  });

  test('changes when a quarter of any life is left', () => {
    const times = { issuedAt: NOW, expiresAt: NOW + 12 * HOUR };
    expect([worrisomeAt(times), worrisomeAt({ ...times, expiresAt: NOW + HOUR })]).toEqual([
      NOW + 9 * HOUR,
      NOW + 0.75 * HOUR,
    ]);
  });

  test('is first about the life that is worrisome first, not the one that ends first', () => {
    // Its quarter begins an hour before the other's, though it lasts longer.
    const long = life({ login: 'long', issuedAt: NOW - 20 * HOUR, expiresAt: NOW + 13 * HOUR });
    expect([endingFirst([LIFE, long])?.login, endingFirst([UNKNOWN, LIFE])?.login]).toEqual([
      'long',
      'default',
    ]);
    expect([endingFirst([UNKNOWN]), endingFirst([])]).toEqual([undefined, undefined]);
  });
});

test.each<[string, readonly TokenLife[], number, object[]]>([
  ['is not known before the first attempt', [UNKNOWN], 0, []],
  ['is not known without any login', [], 0, []],
  ['is not known while one of several has not come', [LIFE, UNKNOWN], 0, []],
  [
    'is true with a token',
    [LIFE],
    0,
    [{ status: 'True', reason: 'Refreshed', message: 'the last renewal worked' }],
  ],
  [
    'is false after a failure, and says until when pulls work',
    [FAILED],
    11,
    [{ status: 'False', ...FAILURE, message: 'pulls work until 2026-01-02T00:00:00Z; AWS says no' }],
  ],
  [
    'is false after a failure, and says since when pulls fail',
    [FAILED],
    12,
    [{ status: 'False', ...FAILURE, message: 'pulls fail since 2026-01-02T00:00:00Z; AWS says no' }],
  ],
  ['is false after a first failure', [NONE_FAILED], 0, [{ status: 'False', ...FAILURE }]],
  [
    'is false where one of several failed, which is named',
    [OTHER, FAILED],
    0,
    [{ status: 'False', ...FAILURE, message: 'default: pulls work until 2026-01-02T00:00:00Z; AWS says no' }],
  ],
])('Refreshed %s', (_what, lives, hours, conditions) => {
  const expected = conditions.map((condition) => ({ type: 'Refreshed', ...condition }));
  expect(refreshed(lives, NOW + hours * HOUR)).toEqual(expected);
});
