import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Decision, type DeliveryInput, decide } from '../../../../src/controllers/pull-secret/decide.ts';
import { HOUR, NOW, registry, secret, serviceAccount } from '../objects.ts';
import { claim, FAILURE, KEEP, NEWER, REFUSED, WELL } from './decide-objects.ts';

describe('a Secret that is not ours', () => {
  const foreign = secret({ managed: false });

  test('is left alone, and the conflict is told', () => {
    expect(decide({ ...WELL, secret: foreign })).toEqual({
      secret: KEEP,
      attachment: 'detach',
      failure: {
        reason: 'SecretConflict',
        message:
          'there is a Secret ecr-pull that ecr-operator did not make, and it is left alone: delete it, or choose another secretName',
      },
    });
  });

  test('that is going, held by a finalizer, is not written to, and the holding is told', () => {
    const secret = { ...(WELL.secret as NonNullable<typeof WELL.secret>), terminating: true };
    expect(decide({ ...WELL, secret })).toMatchObject({
      secret: KEEP,
      attachment: 'keep',
      failure: { reason: 'SecretTerminating' },
    });
    expect(decide({ ...WELL, secret, holder: undefined })).toEqual({ secret: KEEP, attachment: 'detach' });
  });

  test('is no conflict where nobody wants it', () => {
    expect(decide({ ...WELL, holder: undefined, secret: foreign })).toEqual({
      secret: KEEP,
      attachment: 'detach',
    });
  });

  test('is never touched, whatever else holds', () => {
    const maybe = <T>(value: T) => fc.constantFrom(value, undefined);
    const input = fc.record({
      now: fc.integer({ min: NOW - 99 * HOUR, max: NOW + 99 * HOUR }),
      holder: fc.constantFrom(
        claim(),
        claim({ suspend: true }),
        claim({ serviceAccounts: { mode: 'None' } }),
        undefined,
      ),
      refused: maybe(REFUSED),
      retained: fc.boolean(),
      registry: maybe(registry()),
      secret: fc
        .record({ intact: fc.boolean(), holder: fc.constantFrom('', 'ClusterPullSecret/all') })
        .map((more) => secret({ ...more, managed: false })),
      serviceAccount: maybe(serviceAccount()),
      tokenState: fc.constantFrom({}, { token: NEWER }, { failure: FAILURE }),
    });
    fc.assert(fc.property(input, (one) => expect(decide(one).secret).toEqual(KEEP)));
  });
});

describe('a Secret that nobody may have', () => {
  test.each<[string, Partial<DeliveryInput>, Decision]>([
    ['is deleted', {}, { secret: { type: 'delete' }, attachment: 'detach' }],
    [
      'is deleted where tenancy refuses it, and that is told',
      { refused: REFUSED },
      { secret: { type: 'delete' }, attachment: 'detach', failure: REFUSED },
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
    [
      'is deleted without a token too',
      { tokenState: {} },
      { secret: { type: 'delete' }, attachment: 'detach' },
    ],
  ])('%s', (_what, more, decision) => {
    expect(decide({ ...WELL, holder: undefined, ...more })).toEqual(decision);
  });
});

test('a suspended holder leaves everything as it is', () => {
  const holder = claim({ suspend: true });
  const cases = [
    {},
    { secret: undefined },
    { secret: secret({ intact: false }) },
    { tokenState: { token: NEWER } },
  ];
  expect(cases.map((more) => decide({ ...WELL, ...more, holder }))).toEqual(
    cases.map(() => ({ secret: KEEP, attachment: 'keep' })),
  );
});
