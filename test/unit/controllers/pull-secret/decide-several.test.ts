import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Decision, decide } from '../../../../src/controllers/pull-secret/decide.ts';
import type { DeliveryInput } from '../../../../src/controllers/pull-secret/delivery-input.ts';
import { apply, FAILURE, fromMemory, input, KEEP, NEWER, WELL } from './decide-objects.ts';
import { login, secret, token, want } from './pull-objects.ts';

const OF_OTHER = login({ login: 'other', id: 'other|', hosts: ['other.example'] });
/** A second login, with a token in memory and in the Secret. */
const OTHER = input({
  want: want('other'),
  token: token({ id: 'other|', hosts: ['other.example'] }),
  present: OF_OTHER,
});
const BOTH = secret({ logins: [login(), OF_OTHER] });
const NOTHING = { token: undefined, present: undefined };

describe('with tokens for some of the logins', () => {
  test.each<[string, Partial<DeliveryInput>, Decision]>([
    [
      'a missing Secret is made with those, and what failed is told',
      {
        secret: undefined,
        logins: [input({ present: undefined }), { ...OTHER, ...NOTHING, failure: FAILURE }],
      },
      { ...apply('Missing', fromMemory()), failure: FAILURE },
    ],
    [
      'a Secret takes the newer one, and what it has of the other stays',
      { secret: BOTH, logins: [input({ token: NEWER }), { ...OTHER, token: undefined, failure: FAILURE }] },
      apply('Due', fromMemory(NEWER), { from: 'secret', login: OF_OTHER }),
    ],
    [
      'an edited Secret keeps what there is no token for, and it is due as soon as one comes',
      { secret: { ...BOTH, intact: false }, logins: [input(), { ...OTHER, token: undefined }] },
      apply('Edited', fromMemory(), { from: 'secret', login: { ...OF_OTHER, rotateAt: OF_OTHER.issuedAt } }),
    ],
    [
      'without any of them a Secret loses what nobody wants any more, as long as something is left',
      {
        secret: secret({ logins: [login(), login({ login: 'old', id: 'old|' })] }),
        logins: [input({ token: undefined }), { ...OTHER, ...NOTHING }],
      },
      apply('LoginsChanged', { from: 'secret', login: login() }),
    ],
  ])('%s', (_what, more, decision) => {
    expect(decide({ ...WELL, ...more })).toEqual(decision);
  });

  test('a Secret never loses a login that is wanted and good, whatever is written and why', () => {
    const one = (of: typeof OTHER) =>
      fc
        .record({ hasToken: fc.boolean(), isThere: fc.boolean(), isDue: fc.boolean() })
        .map(({ hasToken, isThere, isDue }) => ({
          ...of,
          isDue,
          token: hasToken ? of.token : undefined,
          present: isThere ? of.present : undefined,
        }));
    const edits = fc.record({ intact: fc.boolean(), holder: fc.constantFrom('x', 'ClusterPullSecret/all') });
    fc.assert(
      fc.property(one(input()), one(OTHER), edits, fc.boolean(), (a, b, edit, extra) => {
        const logins = [a, b];
        const present = logins.flatMap((login) => login.present ?? []);
        const surplus = extra ? [login({ login: 'unwanted', id: 'unwanted|' })] : [];
        const { secret: action } = decide({
          ...WELL,
          secret: secret({ ...edit, logins: [...present, ...surplus] }),
          logins,
        });
        if (action.type !== 'apply') return expect(action).toEqual(KEEP);
        const names = action.logins.map((planned) =>
          planned.from === 'memory' ? planned.want.login : planned.login.login,
        );
        expect(names).toEqual(logins.flatMap((l) => (l.token || l.present ? [l.want.login] : [])));
      }),
    );
  });
});
