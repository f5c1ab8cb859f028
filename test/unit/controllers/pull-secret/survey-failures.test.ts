import { describe, expect, test } from '@jest/globals';
import type { Claim } from '../../../../src/controllers/pull-secret/claims.ts';
import { survey } from '../../../../src/controllers/pull-secret/survey.ts';
import { clusterPullSecret, NOW, namespace, pullSecret, registry, type Things, worldOf } from '../objects.ts';
import { demanded, own, secret } from './pull-objects.ts';
import { counts, found, THINGS } from './surveyed.ts';

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
