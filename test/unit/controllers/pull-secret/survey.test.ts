import { describe, expect, test } from '@jest/globals';
import type { Claim } from '../../../../src/controllers/pull-secret/claims.ts';
import { type Survey, survey } from '../../../../src/controllers/pull-secret/survey.ts';
import { clusterPullSecret, NOW, namespace, pullSecret, registry, type Things, worldOf } from '../objects.ts';
import { ATTACHED, demanded, login, own, secret, serviceAccount } from './pull-objects.ts';

/** All is well in `team`. */
const THINGS: Things = {
  registries: [registry()],
  namespaces: [namespace()],
  secrets: [secret()],
  serviceAccounts: [ATTACHED],
};

/** What is found of the ClusterPullSecret `all` with this spec. */
function found(things: Things, spec: Parameters<typeof clusterPullSecret>[1] = {}, now = NOW): Survey {
  const object = clusterPullSecret('all', spec);
  const world = demanded(worldOf({ ...THINGS, clusterPullSecrets: [object], ...things }));
  return survey(world, { kind: 'ClusterPullSecret', object }, now);
}

function counts({ matched, ready, failures }: Survey): readonly [number, number, number] {
  return [matched, ready, failures.length];
}

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

describe('a survey tells', () => {
  test('who else holds the Secret', () => {
    const { failures, matched, ready, lives } = found({ pullSecrets: [pullSecret()] });
    expect([matched, ready, lives, failures]).toEqual([
      1,
      0,
      [],
      [
        {
          namespace: 'team',
          reason: 'SecretConflict',
          message:
            'Secret ecr-pull is held by PullSecret/mine: choose another secretName, or delete one of the two',
        },
      ],
    ]);
  });

  test('of the conflict, though the one who lost may not have all that it wants', () => {
    const closed = registry('closed', { tenancy: { rules: [] } });
    const registries = [{ name: 'default' }, { name: 'closed' }];
    const things = { registries: [registry(), closed], pullSecrets: [pullSecret()] };
    expect(found(things, { registries }).failures.map(({ reason }) => reason)).toEqual(['SecretConflict']);
  });

  test('nothing of a conflict to the one who holds it', () => {
    const object = pullSecret();
    const world = demanded(
      worldOf({
        ...THINGS,
        pullSecrets: [object],
        clusterPullSecrets: [clusterPullSecret('mine')],
        secrets: [secret({ holder: 'PullSecret/mine' })],
      }),
    );
    expect(counts(survey(world, own(), NOW))).toEqual([1, 1, 0]);
    const other: Claim = { kind: 'ClusterPullSecret', object: clusterPullSecret('mine') };
    expect(counts(survey(world, other, NOW))).toEqual([1, 0, 1]);
  });

  test.each<[string, Things]>([
    ['where nobody may', {}],
    [
      'where another may, and holds it',
      { pullSecrets: [pullSecret('mine', { registries: [{ name: 'open' }] })] },
    ],
  ])('what tenancy lacks, %s', (_where, things) => {
    const closed = registry('default', { tenancy: { rules: [] } });
    const { failures } = found({ registries: [closed, registry('open')], ...things });
    expect(failures).toEqual([
      {
        namespace: 'team',
        reason: 'TenancyDenied',
        message:
          'namespace team lacks the word Pull for any repository: ask whoever owns the Registry for a rule in spec.tenancy.rules of Registry default that allows it',
      },
    ]);
  });

  test('of failed deliveries, by the names of the namespaces, without what is said of one time only', () => {
    const names = ['b', 'c', 'a'];
    const object = clusterPullSecret();
    const world = demanded(
      worldOf({ ...THINGS, namespaces: names.map((name) => namespace(name)), clusterPullSecrets: [object] }),
    );
    for (const name of names)
      world.results.set(`${name}/ecr-pull`, { reason: 'X', message: name, occurrence: 'request id 1' });
    expect(survey(world, { kind: 'ClusterPullSecret', object }, NOW).failures).toEqual(
      ['a', 'b', 'c'].map((name) => ({ namespace: name, reason: 'X', message: name })),
    );
  });

  test('a failed delivery, though the Secret is there', () => {
    const object = clusterPullSecret();
    const world = demanded(worldOf({ ...THINGS, clusterPullSecrets: [object] }));
    world.results.set('team/ecr-pull', { reason: 'X', message: 'x' });
    expect(counts(survey(world, { kind: 'ClusterPullSecret', object }, NOW))).toEqual([1, 0, 1]);
  });
});
