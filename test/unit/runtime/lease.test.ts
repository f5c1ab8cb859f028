import { describe, expect, test } from '@jest/globals';
import {
  claimedSpec,
  type Decision,
  decide,
  type Lease,
  type LeaseSpec,
  type Observed,
  observe,
  releasedSpec,
} from '../../../src/runtime/lease.ts';

const USUAL = 30_000;
const NOW = Date.UTC(2026, 0, 1, 12, 0, 0, 7);

const leaseOf = (spec?: LeaseSpec): Lease => ({
  metadata: { name: 'l', uid: 'u', resourceVersion: '1' },
  ...(spec ? { spec } : {}),
});
const seen = (change: Partial<Observed> = {}): Observed => ({
  holder: 'a',
  renewTime: 't1',
  durationMs: USUAL,
  at: 1_000,
  ...change,
});

describe('what is observed', () => {
  const spec = { holderIdentity: 'a', renewTime: 't1', leaseDurationSeconds: 30 };

  test.each<[string, Observed | undefined, Lease | undefined, Observed | undefined]>([
    ['a first look begins now', undefined, leaseOf(spec), seen({ at: 5_000 })],
    ['the same record is as old as before', seen(), leaseOf(spec), seen()],
    [
      'a renewal begins anew',
      seen(),
      leaseOf({ ...spec, renewTime: 't2' }),
      seen({ renewTime: 't2', at: 5_000 }),
    ],
    [
      'another holder begins anew',
      seen(),
      leaseOf({ ...spec, holderIdentity: 'b' }),
      seen({ holder: 'b', at: 5_000 }),
    ],
    [
      'another duration begins anew',
      seen(),
      leaseOf({ ...spec, leaseDurationSeconds: 60 }),
      seen({ durationMs: 60_000, at: 5_000 }),
    ],
    [
      'a change of anything else is none',
      seen(),
      leaseOf({ ...spec, leaseTransitions: 9, acquireTime: 'x' }),
      seen(),
    ],
    ['a Lease that was deleted stops nobody', seen(), undefined, seen()],
    ['where there never was one nothing is known', undefined, undefined, undefined],
    [
      'a Lease that says nothing is held by nobody',
      undefined,
      leaseOf(),
      seen({ holder: '', renewTime: '', at: 5_000 }),
    ],
  ])('%s', (_what, before, lease, wanted) => {
    expect(observe(before, lease, USUAL, 5_000)).toEqual(wanted);
  });

  test.each([
    ['none', undefined, USUAL],
    ['zero', 0, USUAL],
    ['less than zero', -5, USUAL],
    ['no number', Number.NaN, USUAL],
    ['a short one', 1, 1_000],
    ['one that nobody would wait for', 2 ** 31 - 1, 3_600_000],
  ])('a duration that is %s', (_what, leaseDurationSeconds, wanted) => {
    const odd = { ...spec, leaseDurationSeconds } as LeaseSpec;
    expect(observe(undefined, leaseOf(odd), USUAL, 0)?.durationMs).toBe(wanted);
  });
});

test.each<[string, Observed | undefined, number, Decision]>([
  ['nobody is known: acquire', undefined, 0, { kind: 'acquire' }],
  ['nobody holds it: acquire', seen({ holder: '' }), 0, { kind: 'acquire' }],
  ['we hold it: renew', seen({ holder: 'me' }), 0, { kind: 'renew' }],
  ['we held it long ago: renew', seen({ holder: 'me' }), 10 ** 9, { kind: 'renew' }],
  ['somebody has just renewed it: wait', seen(), 1_000, { kind: 'wait', ms: 30_000 }],
  ['it is nearly over: wait', seen(), 30_999, { kind: 'wait', ms: 1 }],
  ['it is over: acquire', seen(), 31_000, { kind: 'acquire' }],
  [
    'a renewTime of the future counts for nothing',
    seen({ renewTime: '2999-01-01T00:00:00.000000Z' }),
    31_000,
    { kind: 'acquire' },
  ],
])('%s', (_what, observed, now, wanted) => {
  expect(decide(observed, 'me', now)).toEqual(wanted);
});

describe('what is written', () => {
  const claim = { identity: 'me', durationMs: USUAL, now: NOW };
  const time = '2026-01-01T12:00:00.007000Z';
  const ours = { holderIdentity: 'me', leaseDurationSeconds: 30, acquireTime: time, renewTime: time };

  test.each<[string, LeaseSpec | undefined, Partial<LeaseSpec>]>([
    ['by the first of all', undefined, { leaseTransitions: 0 }],
    ['by the next', { holderIdentity: 'a', acquireTime: 'x', leaseTransitions: 3 }, { leaseTransitions: 4 }],
    [
      'after a release',
      { holderIdentity: '', acquireTime: 'x', leaseTransitions: 0 },
      { leaseTransitions: 1 },
    ],
    [
      'by a renewal',
      { holderIdentity: 'me', acquireTime: 'x', leaseTransitions: 3 },
      { acquireTime: 'x', leaseTransitions: 3 },
    ],
    ['by a renewal of what has no begin', { holderIdentity: 'me' }, { leaseTransitions: 0 }],
    [
      'over a count that is at its end',
      { holderIdentity: 'a', leaseTransitions: 2 ** 31 - 1 },
      { leaseTransitions: 1 },
    ],
    ['over a count that is none', { holderIdentity: 'a', leaseTransitions: -4 }, { leaseTransitions: 1 }],
  ])('%s', (_what, before, wanted) => {
    expect(claimedSpec(before, claim)).toEqual({ ...ours, ...wanted });
  });

  test('to release it names nobody, for a second, and keeps the count', () => {
    expect(releasedSpec({ holderIdentity: 'me', leaseTransitions: 7 }, NOW)).toEqual({
      holderIdentity: '',
      leaseDurationSeconds: 1,
      acquireTime: time,
      renewTime: time,
      leaseTransitions: 7,
    });
  });
});
