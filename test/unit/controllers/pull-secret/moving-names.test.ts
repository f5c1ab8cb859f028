import { describe, expect, test } from '@jest/globals';
import { decide } from '../../../../src/controllers/pull-secret/decide.ts';
import { clusterPullSecret, type Things } from '../objects.ts';
import { FAILURE, KEEP, WELL } from './decide-objects.ts';
import { deliveryTrial } from './delivery-trial.ts';
import { ATTACHED, secret } from './pull-objects.ts';

const RENAMED: Things = {
  secretNames: ['ecr-pull', 'second'],
  clusterPullSecrets: [clusterPullSecret('all', { secretName: 'second' })],
  secrets: [secret()],
  serviceAccounts: [ATTACHED],
};
const REMOVES = [
  'delete Secret {"uid":"uid-of-secret","resourceVersion":"7"}',
  'patch ServiceAccount default',
];

describe('a Secret whose holder wants another name for it', () => {
  test('stays, and so does its entry, while the new one is not there; each five seconds it is looked at', async () => {
    const one = deliveryTrial(RENAMED);
    expect([await one.pass(), one.writes]).toEqual([{ requeueAfterMs: 5_000 }, []]);
  });

  test('goes, and so does its entry, when the new one is there', async () => {
    const one = deliveryTrial({ ...RENAMED, secrets: [secret(), secret({ name: 'second' })] });
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
