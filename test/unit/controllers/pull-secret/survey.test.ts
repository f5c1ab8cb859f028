import { describe, expect, test } from '@jest/globals';
import type { Claim } from '../../../../src/controllers/pull-secret/claims.ts';
import { survey } from '../../../../src/controllers/pull-secret/survey.ts';
import { clusterPullSecret, NOW, namespace, registry, type Things, worldOf } from '../objects.ts';
import { ATTACHED, demanded, login, secret, serviceAccount } from './pull-objects.ts';
import { counts, found, THINGS } from './surveyed.ts';

const ALL = { serviceAccounts: { mode: 'All' as const } };
const NAMED = { serviceAccounts: { mode: 'Named' as const, names: ['builder'] } };

describe('a survey', () => {
  const rows: [
    string,
    readonly [number, number, number],
    Things,
    Parameters<typeof clusterPullSecret>[1]?,
  ][] = [
    ['finds a Secret with its entry ready', [1, 1, 0], {}],
    [
      'does not wait for the entry in mode None',
      [1, 1, 0],
      { serviceAccounts: [] },
      { serviceAccounts: { mode: 'None' } },
    ],
    ['waits for the entry', [1, 0, 0], { serviceAccounts: [serviceAccount()] }],
    ['waits for the default ServiceAccount, which is about to come', [1, 0, 0], { serviceAccounts: [] }],
    ['does not wait for ServiceAccounts that are named but not there', [1, 1, 0], {}, NAMED],
    [
      'waits for the entry in one that is named and there',
      [1, 0, 0],
      { serviceAccounts: [ATTACHED, serviceAccount({ name: 'builder' })] },
      NAMED,
    ],
    [
      'waits for the entry in every one in mode All',
      [1, 0, 0],
      { serviceAccounts: [ATTACHED, serviceAccount({ name: 'builder' })] },
      ALL,
    ],
    [
      'finds all of them ready',
      [1, 1, 0],
      { serviceAccounts: [ATTACHED, { ...ATTACHED, name: 'builder' }] },
      ALL,
    ],
    ['waits for the Secret', [1, 0, 0], { secrets: [] }],
    ['waits for an edited Secret', [1, 0, 0], { secrets: [secret({ intact: false })] }],
    ['waits for one that is not ours yet', [1, 0, 0], { secrets: [secret({ managed: false })] }],
    ['waits for one that names another holder', [1, 0, 0], { secrets: [secret({ holder: 'PullSecret/x' })] }],
    [
      'waits for a Secret that ran out',
      [1, 0, 0],
      { secrets: [secret({ logins: [login({ expiresAt: NOW })] })] },
    ],
    [
      'waits for a token of the wanted scope',
      [1, 0, 0],
      { secrets: [secret({ logins: [login({ id: 'default|x' })] })] },
    ],
    [
      'waits for the token under its own name',
      [1, 0, 0],
      { secrets: [secret({ logins: [login({ login: 'default-2' })] })] },
    ],
    [
      'waits for every login',
      [1, 0, 0],
      { registries: [registry(), registry('other')] },
      { registries: [{ name: 'default' }, { name: 'other' }] },
    ],
    [
      'finds every login ready',
      [1, 1, 0],
      {
        registries: [registry(), registry('other')],
        secrets: [secret({ logins: [login(), login({ login: 'other', id: 'other|' })] })],
      },
      { registries: [{ name: 'default' }, { name: 'other' }] },
    ],
    [
      'waits for a login too many to be taken out',
      [1, 0, 0],
      { secrets: [secret({ logins: [login(), login({ login: 'other', id: 'other|' })] })] },
    ],
    [
      'leaves out namespaces that are going',
      [0, 0, 0],
      { namespaces: [namespace('team', { terminating: true })] },
    ],
    ['leaves out what is not selected', [0, 0, 0], {}, { namespaceSelector: { matchLabels: { a: 'b' } } }],
    ['leaves out what is excluded', [0, 0, 0], {}, { excludeNamespaces: ['team'] }],
    ['counts each namespace', [3, 1, 0], { namespaces: ['team', 'b', 'c'].map((name) => namespace(name)) }],
  ];
  // Jest would take the last of four parameters for a callback where a row has three.
  test.each(rows.map(([what, expected, things, spec = {}]) => [what, expected, things, spec] as const))(
    '%s',
    (_what, expected, things, spec) => {
      expect(counts(found(things, spec))).toEqual(expected);
    },
  );

  test('finds a Secret ready only by the demand of the spec as it is now', () => {
    const world = demanded(worldOf({ ...THINGS, clusterPullSecrets: [clusterPullSecret()] }));
    const object = clusterPullSecret('all', {}, { generation: 2 });
    const result = survey(world, { kind: 'ClusterPullSecret', object }, NOW);
    expect([counts(result), result.lives]).toEqual([[1, 0, 0], []]);
  });

  test('finds nothing ready before anybody looked at the demand', () => {
    const world = worldOf({ ...THINGS, clusterPullSecrets: [clusterPullSecret()] });
    const claim: Claim = { kind: 'ClusterPullSecret', object: clusterPullSecret() };
    expect(counts(survey(world, claim, NOW))).toEqual([1, 0, 0]);
  });
});
