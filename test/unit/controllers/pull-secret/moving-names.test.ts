import { describe, expect, test } from '@jest/globals';
import { decide } from '../../../../src/controllers/pull-secret/decide.ts';
import { clusterPullSecret, type Things } from '../objects.ts';
import { FAILURE, KEEP, WELL } from './decide-objects.ts';
import { deliveryTrial } from './delivery-trial.ts';
import { ATTACHED, secret, serviceAccount } from './pull-objects.ts';

const RENAMED: Things = {
  secretNames: ['ecr-pull', 'second'],
  clusterPullSecrets: [clusterPullSecret('all', { secretName: 'second' })],
  secrets: [secret()],
  serviceAccounts: [ATTACHED],
};
const BOTH = [secret(), secret({ name: 'second' })];
const REMOVES = [
  'delete Secret {"uid":"uid-of-secret","resourceVersion":"7"}',
  'patch ServiceAccount default',
];

describe('a Secret whose holder wants another name for it', () => {
  test('stays, and so does its entry, while the new one is not there; each five seconds it is looked at', async () => {
    const one = deliveryTrial(RENAMED);
    expect([await one.pass(), one.writes]).toEqual([{ requeueAfterMs: 5_000 }, []]);
  });

  test.each(['All', 'Default'] as const)(
    'stays while a ServiceAccount that shall name the new one does not yet, by mode %s',
    async (mode) => {
      const spec = { secretName: 'second', serviceAccounts: { mode } };
      const one = deliveryTrial({
        ...RENAMED,
        clusterPullSecrets: [clusterPullSecret('all', spec)],
        secrets: BOTH,
      });
      expect([await one.pass(), one.writes]).toEqual([{ requeueAfterMs: 5_000 }, []]);
    },
  );

  test.each<[string, Things]>([
    [
      'a ServiceAccount names it',
      { serviceAccounts: [serviceAccount({ ours: ['ecr-pull'], pullSecrets: ['ecr-pull', 'second'] })] },
    ],
    [
      'no ServiceAccount shall name it',
      {
        clusterPullSecrets: [
          clusterPullSecret('all', { secretName: 'second', serviceAccounts: { mode: 'None' } }),
        ],
      },
    ],
  ])('goes, and so does its entry, when the new one is there and %s', async (_what, more) => {
    const one = deliveryTrial({ ...RENAMED, secrets: BOTH, ...more });
    expect([await one.pass(), one.writes]).toEqual([{}, REMOVES]);
  });

  test('goes when its holder goes before the new one is there', async () => {
    const one = deliveryTrial({ ...RENAMED, clusterPullSecrets: [] });
    expect([await one.pass(), one.writes]).toEqual([{}, REMOVES]);
  });

  test.each([
    ['stays where nobody is allowed to have it', { holder: undefined, refused: FAILURE }],
    ['stays where nobody else wants it', undefined],
  ])('%s', (_what, demand) => {
    const wanted = demand && { wants: [], refusals: [], ...demand };
    expect(decide({ ...WELL, logins: [], moving: true, demand: wanted })).toEqual({
      secret: KEEP,
      attachment: 'keep',
    });
  });

  test('is of whoever wants the old name now, if somebody does', () => {
    const renewed = decide({ ...WELL, moving: true, secret: secret({ holder: 'PullSecret/other' }) });
    expect(renewed.secret).toMatchObject({ type: 'apply', why: 'HolderChanged' });
  });
});
