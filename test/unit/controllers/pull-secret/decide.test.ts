import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Decision, decide } from '../../../../src/controllers/pull-secret/decide.ts';
import type { DeliveryInput } from '../../../../src/controllers/pull-secret/delivery-input.ts';
import { demand, FAILURE, fromMemory, input, KEEP, NEWER, REFUSED, WELL } from './decide-objects.ts';
import { cluster, login, own, secret } from './pull-objects.ts';

describe('a Secret that is not ours', () => {
  const foreign = secret({ managed: false, holder: '', logins: [] });

  test('is left alone, and the conflict is told, with the way to hand it over', () => {
    expect(decide({ ...WELL, secret: foreign })).toEqual({
      secret: KEEP,
      attachment: 'detach',
      failure: {
        reason: 'SecretConflict',
        message:
          'there is a Secret ecr-pull that ecr-operator did not make, and it is left alone: delete it, choose another secretName, or hand it over with kubectl -n team annotate secret ecr-pull ecr-operator.io/hand-over=true',
      },
    });
  });

  test.each<[string, Partial<DeliveryInput>, Decision]>([
    [
      'that was handed over is taken',
      {},
      { secret: { type: 'apply', logins: [fromMemory()], why: 'HandedOver' }, attachment: 'attach' },
    ],
    [
      'that was handed over waits for the first token: until then it stays as it is',
      { logins: [input({ token: undefined, present: undefined })] },
      { secret: KEEP, attachment: 'attach' },
    ],
    [
      'that was handed over stays, and why no token comes is told',
      { logins: [input({ token: undefined, present: undefined, failure: FAILURE })] },
      { secret: KEEP, attachment: 'attach', failure: FAILURE },
    ],
    [
      'that was handed over with marks of ours of before is not emptied',
      {
        secret: secret({
          managed: false,
          handedOver: true,
          logins: [login({ login: 'other', id: 'other|' })],
        }),
        logins: [input({ token: undefined, present: undefined })],
      },
      { secret: KEEP, attachment: 'attach' },
    ],
    [
      'that was handed over is not taken by one that is suspended',
      { demand: demand({ holder: cluster('all', { suspend: true }) }) },
      { secret: KEEP, attachment: 'keep' },
    ],
    [
      'that was handed over is not taken, nor deleted, where nobody wants it',
      { demand: undefined },
      { secret: KEEP, attachment: 'detach' },
    ],
  ])('%s', (_what, more, decision) => {
    const handed = { ...foreign, handedOver: true };
    expect(decide({ ...WELL, secret: handed, ...more })).toEqual(decision);
  });

  test('is no conflict where nobody wants it', () => {
    for (const nobody of [undefined, demand({ holder: undefined, refused: REFUSED })])
      expect(decide({ ...WELL, demand: nobody, secret: foreign })).toEqual({
        secret: KEEP,
        attachment: 'detach',
      });
  });

  test('is never touched, whatever else holds', () => {
    const one = fc.record({
      demand: fc.constantFrom(
        undefined,
        demand(),
        demand({ holder: cluster('all', { suspend: true }) }),
        demand({ holder: own(), refusals: [REFUSED] }),
        demand({ holder: undefined, refused: REFUSED }),
      ),
      retained: fc.boolean(),
      moving: fc.boolean(),
      secret: fc
        .record({
          intact: fc.boolean(),
          terminating: fc.boolean(),
          holder: fc.constantFrom('', 'ClusterPullSecret/all'),
          foreignEntries: fc.constantFrom('Keep' as const, 'Remove' as const),
        })
        .map((more) => secret({ ...more, managed: false })),
      logins: fc.subarray([
        input(),
        input({ token: NEWER }),
        input({ token: undefined, failure: FAILURE }),
        input({ present: undefined }),
      ]),
    });
    fc.assert(fc.property(one, (some) => expect(decide(some).secret).toEqual(KEEP)));
  });
});

describe('a Secret that is going, held by a finalizer', () => {
  const going = secret({ terminating: true });

  test('is not written to, and the holding is told', () => {
    expect(decide({ ...WELL, secret: going })).toEqual({
      secret: KEEP,
      attachment: 'keep',
      failure: {
        reason: 'SecretTerminating',
        message: 'Secret ecr-pull is being deleted, and a finalizer of somebody else holds it: take that out',
      },
    });
  });

  test('is nobody’s trouble where nobody wants it', () => {
    expect(decide({ ...WELL, secret: going, demand: undefined })).toEqual({
      secret: KEEP,
      attachment: 'detach',
    });
  });
});

describe('a Secret that nobody may have', () => {
  test.each<[string, Partial<DeliveryInput>, Decision]>([
    ['is deleted', {}, { secret: { type: 'delete' }, attachment: 'detach' }],
    [
      'is deleted where tenancy refuses it, and that is told',
      { demand: demand({ holder: undefined, refused: REFUSED }) },
      { secret: { type: 'delete' }, attachment: 'detach', failure: REFUSED },
    ],
    [
      'and that is not there is no work, but the refusal is told',
      { demand: demand({ holder: undefined, refused: REFUSED }), secret: undefined },
      { secret: KEEP, attachment: 'detach', failure: REFUSED },
    ],
    ['and that is not there is no work', { secret: undefined }, { secret: KEEP, attachment: 'detach' }],
    [
      'is let go where its holder retains it',
      { retained: true },
      { secret: { type: 'release' }, attachment: 'release' },
    ],
    [
      'and that is retained but gone leaves the entry',
      { retained: true, secret: undefined },
      { secret: KEEP, attachment: 'release' },
    ],
    ['is deleted without a token too', { logins: [] }, { secret: { type: 'delete' }, attachment: 'detach' }],
  ])('%s', (_what, more, decision) => {
    expect(decide({ ...WELL, demand: undefined, ...more })).toEqual(decision);
  });

  test('is not let go while another wants it, though its holder of before retains it', () => {
    expect(decide({ ...WELL, retained: true })).toEqual({ secret: KEEP, attachment: 'attach' });
  });
});

test('a suspended holder leaves everything as it is', () => {
  const suspended = demand({ holder: cluster('all', { suspend: true }) });
  const cases: Partial<DeliveryInput>[] = [
    {},
    { secret: undefined },
    { secret: secret({ intact: false }) },
    { secret: secret({ logins: [login({ login: 'other' })] }) },
    { logins: [input({ token: NEWER })] },
  ];
  expect(cases.map((more) => decide({ ...WELL, ...more, demand: suspended }))).toEqual(
    cases.map(() => ({ secret: KEEP, attachment: 'keep' })),
  );
});
