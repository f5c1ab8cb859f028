import { describe, expect, test } from '@jest/globals';
import type { Claim } from '../../../../src/controllers/pull-secret/claims.ts';
import { type Survey, survey, tokenInUse } from '../../../../src/controllers/pull-secret/status.ts';
import {
  clusterPullSecret,
  HOST,
  HOUR,
  NOW,
  namespace,
  registry,
  secret,
  serviceAccount,
  type Things,
  token,
  worldOf,
} from '../objects.ts';

const CLAIM: Claim = { kind: 'ClusterPullSecret', object: clusterPullSecret() };

function claim(spec: Parameters<typeof clusterPullSecret>[1]): Claim {
  return { kind: 'ClusterPullSecret', object: clusterPullSecret('all', spec) };
}

describe('a survey', () => {
  const attached = serviceAccount({ pullSecrets: ['ecr-pull'], ours: ['ecr-pull'] });
  const things: Things = {
    registries: [registry()],
    namespaces: [namespace()],
    secrets: [secret()],
    serviceAccounts: [attached],
  };
  const ready: Survey = { matched: 1, ready: [secret()], failures: [] };
  const pending: Survey = { matched: 1, ready: [], failures: [] };

  test.each<[string, Things, Claim, Survey]>([
    ['finds a Secret with its entry ready', {}, CLAIM, ready],
    [
      'does not wait for the entry in mode None',
      { serviceAccounts: [] },
      claim({ serviceAccounts: { mode: 'None' } }),
      ready,
    ],
    ['waits for the entry', { serviceAccounts: [serviceAccount()] }, CLAIM, pending],
    ['waits for the ServiceAccount', { serviceAccounts: [] }, CLAIM, pending],
    ['waits for the Secret', { secrets: [] }, CLAIM, pending],
    ['waits for an edited Secret', { secrets: [secret({ intact: false })] }, CLAIM, pending],
    ['waits for a Secret that ran out', { secrets: [secret({ expiresAt: NOW })] }, CLAIM, pending],
    [
      'waits for the token of another registry to be replaced',
      { secrets: [secret({ registry: `other ${HOST}` })] },
      CLAIM,
      pending,
    ],
    [
      'does not take a Registry for another with a longer name',
      { secrets: [secret({ registry: `default-2 ${HOST}` })] },
      CLAIM,
      pending,
    ],
    [
      'leaves out namespaces that are going',
      { namespaces: [namespace('team', { terminating: true })] },
      CLAIM,
      { matched: 0, ready: [], failures: [] },
    ],
    [
      'leaves out what is not selected',
      {},
      claim({ namespaceSelector: { matchLabels: { a: 'b' } } }),
      { matched: 0, ready: [], failures: [] },
    ],
    [
      'names the other holder',
      { secrets: [secret({ holder: 'PullSecret/mine' })] },
      CLAIM,
      {
        ...pending,
        failures: [
          {
            namespace: 'team',
            reason: 'SecretConflict',
            message:
              'Secret ecr-pull is held by PullSecret/mine: choose another secretName, or delete one of the two',
          },
        ],
      },
    ],
    [
      'names what tenancy lacks',
      { registries: [registry('default', { tenancy: { rules: [] } })] },
      CLAIM,
      {
        ...pending,
        failures: [
          {
            namespace: 'team',
            reason: 'TenancyDenied',
            message:
              'namespace team lacks the word Pull for every repository: ask whoever owns the Registry for a rule in spec.tenancy.rules of Registry default that allows it',
          },
        ],
      },
    ],
  ])('%s', (_what, more, one, expected) => {
    expect(survey(worldOf({ ...things, ...more }), one, NOW)).toEqual(expected);
  });

  test('tells of failed deliveries, by the names of the namespaces', () => {
    const world = worldOf({ namespaces: [namespace('b'), namespace('a')] });
    world.results.set('b/ecr-pull', { reason: 'X', message: 'x' });
    world.results.set('a/ecr-pull', { reason: 'Y', message: 'y' });
    expect(survey(world, CLAIM, NOW).failures).toEqual([
      { namespace: 'a', reason: 'Y', message: 'y' },
      { namespace: 'b', reason: 'X', message: 'x' },
    ]);
  });
});

describe('the token in use', () => {
  const old = secret({ issuedAt: NOW - HOUR, expiresAt: NOW + 11 * HOUR, rotateAt: NOW + 5 * HOUR });

  test.each([
    ['is the one that runs out first', token(), [secret(), old], old],
    ['is the newest where none is in use', token(), [], token()],
    ['is that in the Secrets after a start', undefined, [old, secret()], old],
    ['is none without any', undefined, [], undefined],
  ])('%s', (_what, known, ready, expected) => {
    const world = worldOf();
    if (known) world.tokens.set('default', { token: known });
    expect(tokenInUse(world, CLAIM, { matched: 2, ready, failures: [] })).toEqual(expected);
  });
});
