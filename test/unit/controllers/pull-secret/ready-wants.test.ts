import { describe, expect, test } from '@jest/globals';
import type { RegistrySpec } from '../../../../src/api/registry.generated.ts';
import { readyWants } from '../../../../src/controllers/pull-secret/wants.ts';
import { clusterPullSecret, namespace, registry, stored } from '../objects.ts';
import { claimTrial } from './claim-trial.ts';
import { cluster, token } from './pull-objects.ts';

type Rules = NonNullable<RegistrySpec['tenancy']>['rules'];
type Spec = Parameters<typeof cluster>[1];

function ids(spec: Spec, rules?: Rules): string[] {
  const one = registry('default', rules ? { tenancy: { rules } } : {});
  const registries = stored([one], ({ metadata }) => metadata.name);
  return readyWants(registries, cluster('all', spec)).map(({ id }) => id);
}

const PUBLIC: Spec = { registries: [], public: { registryRef: { name: 'default' } } };
const PULL: NonNullable<Rules> = [{ allow: ['Pull'] }];
const LABELLED: NonNullable<Rules> = [{ allow: ['Pull'], namespaceSelector: { matchLabels: { a: 'b' } } }];
const PREFIXED: NonNullable<Rules> = [{ allow: ['Pull'], repositoryPrefixes: ['team'] }];

describe('a claim without a namespace gets ready', () => {
  test.each<[string, Spec, Rules | undefined, string[]]>([
    ['all of its Registry without rules', {}, undefined, ['default|']],
    ['all of it where some namespaces may pull all', {}, LABELLED, ['default|']],
    ['all of it where that is one of the rules', {}, [...PREFIXED, ...PULL], ['default|']],
    ['nothing where it hangs on the namespace what it may pull', {}, PREFIXED, []],
    ['nothing where nobody may pull', {}, [{ allow: ['Create'] }], []],
    [
      'what it names, each once',
      { registries: [{ name: 'default', repositories: ['b', 'a', 'b'] }] },
      undefined,
      ['default|a,b'],
    ],
    ['what a Registry that is not there (yet) would give', { registries: [{ name: 'gone' }] }, [], ['gone|']],
    ['ECR Public', PUBLIC, undefined, ['default|public.ecr.aws']],
    ['ECR Public where some may pull something', PUBLIC, PREFIXED, ['default|public.ecr.aws']],
    ['no ECR Public where nobody may pull', PUBLIC, [], []],
  ])('%s', (_what, spec, rules, expected) => {
    expect(ids(spec, rules)).toEqual(expected);
  });
});

describe('the token of a claim without a namespace', () => {
  const KEY = 'ClusterPullSecret:all';
  const selector = { namespaceSelector: { matchLabels: { pull: 'yes' } } };

  test('is wanted, and shown, until there is one', async () => {
    const one = claimTrial({ object: clusterPullSecret('all', selector), things: { secrets: [] } });
    one.world.tokens.forget('default|');
    const first = await one.pass();
    expect([one.requested, [...one.world.demand.targetsOf('default|')]]).toEqual([['default|'], [KEY]]);
    expect(first.status?.namespaces).toEqual({ matched: 0, ready: 0, failed: 0 });
    one.world.tokens.set('default|', { token: token() });
    const { status } = await one.pass();
    expect(status?.tokens).toEqual([expect.objectContaining({ registry: 'default', count: 1 })]);
    expect(one.requested).toEqual(['default|']);
    const namespaces = one.world.namespaces as unknown as Map<string, unknown>;
    namespaces.set('team', namespace('team', { labels: { pull: 'yes' } }));
    await one.pass();
    expect([one.requested, one.world.demand.isKnown(KEY)]).toEqual([['default|', 'default|'], false]);
  });

  test('is let go when the claim goes', async () => {
    const one = claimTrial({ object: clusterPullSecret('all', selector), things: { namespaces: [] } });
    await one.pass();
    expect([await one.finalize(), one.requested, [...one.world.demand.ids()]]).toEqual([
      'released',
      ['default|', 'default|'],
      [],
    ]);
  });
});
