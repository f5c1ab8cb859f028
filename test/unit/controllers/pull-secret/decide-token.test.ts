import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Decision, type DeliveryInput, decide } from '../../../../src/controllers/pull-secret/decide.ts';
import { HOST, HOUR, NOW, secret, token } from '../objects.ts';
import { apply, claim, FAILURE, KEEP, NEWER, WELL } from './decide-objects.ts';

describe('without a token that is good', () => {
  const expired = { token: token({ expiresAt: NOW }) };

  test.each<[string, Partial<DeliveryInput>, Decision]>([
    ['a Secret that is good stays', { tokenState: {} }, { secret: KEEP, attachment: 'attach' }],
    [
      'a Secret that is good is no failure',
      { tokenState: { failure: FAILURE } },
      { secret: KEEP, attachment: 'attach' },
    ],
    [
      'a Secret that was edited stays',
      { tokenState: {}, secret: secret({ intact: false }) },
      { secret: KEEP, attachment: 'attach' },
    ],
    [
      'a Secret of another holder stays',
      { tokenState: {}, secret: secret({ holder: 'x' }) },
      { secret: KEEP, attachment: 'attach' },
    ],
    [
      'a Secret that ran out stays, with the reason',
      { tokenState: { failure: FAILURE }, secret: secret({ expiresAt: NOW + HOUR }) },
      { secret: KEEP, attachment: 'attach', failure: FAILURE },
    ],
    [
      'a missing one is waited for',
      { tokenState: {}, secret: undefined },
      { secret: KEEP, attachment: 'keep' },
    ],
    [
      'a missing one is waited for, with the reason',
      { tokenState: { failure: FAILURE }, secret: undefined },
      { secret: KEEP, attachment: 'keep', failure: FAILURE },
    ],
    [
      'one that ran out is not given to anybody',
      { tokenState: expired, secret: undefined },
      { secret: KEEP, attachment: 'keep' },
    ],
  ])('%s', (_what, more, decision) => {
    expect(decide({ ...WELL, ...more })).toEqual(decision);
  });
});

describe('with a token', () => {
  test.each<[string, Partial<DeliveryInput>, Decision]>([
    ['a Secret that holds it is left alone', {}, { secret: KEEP, attachment: 'attach' }],
    ['a missing one is made', { secret: undefined }, apply('Missing')],
    ['an edited one is put right', { secret: secret({ intact: false }) }, apply('Edited')],
    [
      'one of another holder changes hands',
      { secret: secret({ holder: 'PullSecret/x' }) },
      apply('HolderChanged'),
    ],
    [
      'one of another registry is replaced',
      { secret: secret({ registry: `other ${HOST}` }) },
      apply('RegistryChanged'),
    ],
    [
      'one of another host is replaced',
      { secret: secret({ registry: 'default elsewhere' }) },
      apply('RegistryChanged'),
    ],
    ['an older one is replaced', { tokenState: { token: NEWER } }, apply('Due', NEWER)],
    [
      'one that was edited is put right although the last renewal failed',
      { secret: secret({ intact: false }), tokenState: { token: token(), failure: FAILURE } },
      apply('Edited'),
    ],
    [
      'the first of a start spares what is not due',
      { tokenState: { token: { ...NEWER, replacesAll: false } } },
      { secret: KEEP, attachment: 'attach' },
    ],
    [
      'the first of a start replaces what is due',
      { tokenState: { token: { ...NEWER, replacesAll: false } }, secret: secret({ rotateAt: NOW + HOUR }) },
      apply('Due', { ...NEWER, replacesAll: false }),
    ],
    [
      'the same second is the same token: annotations hold seconds',
      { tokenState: { token: token({ issuedAt: NOW + 999 }) } },
      { secret: KEEP, attachment: 'attach' },
    ],
    [
      'a Secret that is newer is never made older',
      { secret: secret({ issuedAt: NOW + 2 * HOUR, rotateAt: 0 }) },
      { secret: KEEP, attachment: 'attach' },
    ],
    [
      'no ServiceAccount is to name it in mode None',
      { holder: claim({ serviceAccounts: { mode: 'None' } }) },
      { secret: KEEP, attachment: 'detach' },
    ],
  ])('%s', (_what, more, decision) => {
    expect(decide({ ...WELL, ...more })).toEqual(decision);
  });

  test('or without, nothing is ever applied that has run out', () => {
    fc.assert(
      fc.property(fc.integer({ min: -HOUR, max: HOUR }), fc.boolean(), (life, there) => {
        const tokenState = { token: token({ expiresAt: WELL.now + life }) };
        const { secret: action } = decide({
          ...WELL,
          tokenState,
          secret: there ? secret({ intact: false }) : undefined,
        });
        expect(action.type).toBe(life > 0 ? 'apply' : 'keep');
      }),
    );
  });
});
