import { describe, expect, test } from '@jest/globals';
import { type Decision, decide } from '../../../../src/controllers/pull-secret/decide.ts';
import type { DeliveryInput } from '../../../../src/controllers/pull-secret/delivery-input.ts';
import { apply, demand, FAILURE, fromMemory, input, KEEP, REFUSED, WELL } from './decide-objects.ts';
import { login, secret, want } from './pull-objects.ts';
import { OF_OTHER } from './sent.ts';

const STAYS = { secret: KEEP, attachment: 'attach' };
const TOLD = { failure: { reason: REFUSED.reason, message: REFUSED.message } };
const MISSING = input({ token: undefined, present: undefined, failure: FAILURE });
const KEPT = { from: 'secret', login: login() } as const;
const BOTH = secret({ logins: [login(), OF_OTHER] });
const ONLY_OTHER = secret({ logins: [OF_OTHER] });
const otherRefused = demand({ refusals: [{ ...REFUSED, login: 'other' }] });

describe('while no token comes, what a Secret opens beyond what is wanted', () => {
  test.each<[string, Partial<DeliveryInput>, Decision]>([
    [
      'goes where it is refused, and something is left',
      { logins: [input({ token: undefined })], secret: BOTH, demand: otherRefused },
      { ...apply('LoginsChanged', KEPT), ...TOLD },
    ],
    [
      'goes where it is refused, though nothing is left',
      { logins: [MISSING], secret: ONLY_OTHER, demand: otherRefused },
      { ...apply('LoginsChanged'), ...TOLD },
    ],
    [
      'stays where another is refused, that it does not open',
      { logins: [MISSING], secret: ONLY_OTHER, demand: demand({ refusals: [{ ...REFUSED, login: 'x' }] }) },
      { ...STAYS, ...TOLD } as Decision,
    ],
    [
      'stays where nobody wants it any more, and nothing else is good',
      { logins: [MISSING], secret: ONLY_OTHER },
      { ...STAYS, failure: FAILURE } as Decision,
    ],
    [
      'goes where nobody wants it any more, and something is left',
      { logins: [input({ token: undefined })], secret: BOTH },
      apply('LoginsChanged', KEPT),
    ],
    [
      'goes where one of two that are wanted is left',
      {
        logins: [input({ token: undefined }), input({ ...MISSING, want: want('third') })],
        secret: BOTH,
      },
      { ...apply('LoginsChanged', KEPT), failure: FAILURE },
    ],
    [
      'goes as soon as a token comes',
      { logins: [input({ present: undefined })], secret: ONLY_OTHER },
      apply('LoginsChanged', fromMemory()),
    ],
  ])('%s', (_what, more, expected) => {
    expect(decide({ ...WELL, ...more })).toEqual(expected);
  });
});
