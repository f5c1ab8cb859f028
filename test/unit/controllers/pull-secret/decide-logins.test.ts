import { describe, expect, test } from '@jest/globals';
import { type Decision, decide } from '../../../../src/controllers/pull-secret/decide.ts';
import type { DeliveryInput } from '../../../../src/controllers/pull-secret/delivery-input.ts';
import { HOST, HOUR, NOW } from '../objects.ts';
import { apply, demand, FAILURE, fromMemory, input, KEEP, NEWER, REFUSED, WELL } from './decide-objects.ts';
import { cluster, login, secret, token, want } from './pull-objects.ts';

const OTHER_TOKEN = token({ id: 'other|', hosts: ['other.example'] });
const OF_OTHER = login({ login: 'other', id: 'other|', hosts: ['other.example'] });
/** A second login, with a token in memory and in the Secret. */
const OTHER = input({ want: want('other'), token: OTHER_TOKEN, present: OF_OTHER });
const BOTH = secret({ logins: [login(), OF_OTHER] });
const WITHOUT_TOKEN = input({ token: undefined });
const NOTHING = input({ token: undefined, present: undefined });

describe('without a token that is good', () => {
  test.each<[string, Partial<DeliveryInput>, Decision]>([
    ['a Secret that is good stays', { logins: [WITHOUT_TOKEN] }, { secret: KEEP, attachment: 'attach' }],
    [
      'a Secret that is good is no failure',
      { logins: [{ ...WITHOUT_TOKEN, failure: FAILURE }] },
      { secret: KEEP, attachment: 'attach' },
    ],
    [
      'a Secret that was edited stays',
      { logins: [WITHOUT_TOKEN], secret: secret({ intact: false }) },
      { secret: KEEP, attachment: 'attach' },
    ],
    [
      'a Secret of another holder stays',
      { logins: [WITHOUT_TOKEN], secret: secret({ holder: 'x' }) },
      { secret: KEEP, attachment: 'attach' },
    ],
    [
      'a Secret with another scope stays until the wanted one comes',
      { logins: [input({ token: undefined, present: login({ id: 'default|x' }) })] },
      { secret: KEEP, attachment: 'attach' },
    ],
    [
      'a Secret that ran out stays, with the reason',
      { logins: [{ ...NOTHING, failure: FAILURE }] },
      { secret: KEEP, attachment: 'attach', failure: FAILURE },
    ],
    [
      'a missing one is waited for',
      { logins: [NOTHING], secret: undefined },
      { secret: KEEP, attachment: 'keep' },
    ],
    [
      'a missing one is waited for, with the reason',
      { logins: [{ ...NOTHING, failure: FAILURE }], secret: undefined },
      { secret: KEEP, attachment: 'keep', failure: FAILURE },
    ],
    [
      'a refusal is told before a failure',
      { logins: [{ ...NOTHING, failure: FAILURE }], demand: demand({ refusals: [REFUSED] }) },
      {
        secret: KEEP,
        attachment: 'attach',
        failure: { reason: 'TenancyDenied', message: 'lacks the word Pull' },
      },
    ],
    [
      'what a Secret opens beyond what is wanted is taken out all the same',
      { logins: [WITHOUT_TOKEN], secret: BOTH },
      apply('LoginsChanged', { from: 'secret', login: login() }),
    ],
    [
      'what a Secret opens stays while nothing comes in its place, though nobody wants it any more',
      { logins: [NOTHING], secret: secret({ logins: [OF_OTHER] }) },
      { secret: KEEP, attachment: 'attach' },
    ],
    [
      'what is refused goes although nothing comes in its place',
      {
        logins: [NOTHING],
        secret: secret({ logins: [OF_OTHER] }),
        demand: demand({ refusals: [{ ...REFUSED, login: 'other' }] }),
      },
      {
        ...apply('LoginsChanged'),
        failure: { reason: 'TenancyDenied', message: 'lacks the word Pull' },
      },
    ],
  ])('%s', (_what, more, decision) => {
    expect(decide({ ...WELL, ...more })).toEqual(decision);
  });
});

describe('with a token', () => {
  test.each<[string, Partial<DeliveryInput>, Decision]>([
    ['a Secret that holds it is left alone', {}, { secret: KEEP, attachment: 'attach' }],
    [
      'a missing one is made',
      { secret: undefined, logins: [input({ present: undefined })] },
      apply('Missing', fromMemory()),
    ],
    ['an edited one is put right', { secret: secret({ intact: false }) }, apply('Edited', fromMemory())],
    [
      'one of another holder changes hands',
      { secret: secret({ holder: 'PullSecret/x' }) },
      apply('HolderChanged', fromMemory()),
    ],
    [
      'one of another scope is replaced, newer or not',
      { logins: [input({ present: login({ id: 'default|x', issuedAt: NOW + 9 * HOUR }) })] },
      apply('LoginsChanged', fromMemory()),
    ],
    [
      'one that is wider than the token is replaced',
      { logins: [input({ present: login({ scope: 'Identity' }) })] },
      apply('LoginsChanged', fromMemory()),
    ],
    [
      'one with other hosts is replaced',
      { logins: [input({ present: login({ hosts: ['elsewhere'] }) })] },
      apply('LoginsChanged', fromMemory()),
    ],
    [
      'one that lacks a host is replaced',
      { logins: [input({ token: token({ hosts: [HOST, 'dual.example'] }) })] },
      apply('LoginsChanged', fromMemory(token({ hosts: [HOST, 'dual.example'] }))),
    ],
    [
      'one that lacks the login gets it',
      { logins: [input(), { ...OTHER, present: undefined }] },
      apply('LoginsChanged', fromMemory(), fromMemory(OTHER_TOKEN, want('other'))),
    ],
    ['one that has a login too many loses it', { secret: BOTH }, apply('LoginsChanged', fromMemory())],
    [
      'one that keeps the entries of others is written when they shall go',
      { secret: secret({ foreignEntries: 'Keep' }) },
      apply('LoginsChanged', fromMemory()),
    ],
    [
      'one whose holder wants to keep them from now on is written, too',
      { demand: demand({ holder: cluster('all', { foreignEntries: 'Keep' }) }) },
      apply('LoginsChanged', fromMemory()),
    ],
    ['an older one is replaced', { logins: [input({ token: NEWER })] }, apply('Due', fromMemory(NEWER))],
    [
      'an older one that is not due is spared: it is the first token of a start',
      { logins: [input({ token: NEWER, isDue: false })] },
      { secret: KEEP, attachment: 'attach' },
    ],
    [
      'the same second is the same token: annotations hold seconds',
      { logins: [input({ token: token({ issuedAt: NOW + 999 }) })] },
      { secret: KEEP, attachment: 'attach' },
    ],
    [
      'the next second is another',
      { logins: [input({ token: token({ issuedAt: NOW + 1_000 }) })] },
      apply('Due', fromMemory(token({ issuedAt: NOW + 1_000 }))),
    ],
    [
      'a Secret that is newer is never made older',
      { logins: [input({ present: login({ issuedAt: NOW + 2 * HOUR }) })] },
      { secret: KEEP, attachment: 'attach' },
    ],
    [
      'one that was edited is put right although the last renewal failed, and that is no failure here',
      { secret: secret({ intact: false }), logins: [input({ failure: FAILURE })] },
      apply('Edited', fromMemory()),
    ],
    [
      'a refusal of another login is told',
      { demand: demand({ refusals: [REFUSED] }) },
      {
        secret: KEEP,
        attachment: 'attach',
        failure: { reason: 'TenancyDenied', message: 'lacks the word Pull' },
      },
    ],
  ])('%s', (_what, more, decision) => {
    expect(decide({ ...WELL, ...more })).toEqual(decision);
  });
});
