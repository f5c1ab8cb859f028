import { describe, expect, test } from '@jest/globals';
import type { RegistrySpec } from '../../../../src/api/registry.generated.ts';
import type { Claim } from '../../../../src/controllers/pull-secret/claims.ts';
import {
  type Refusal,
  registryOfToken,
  type TokenWant,
  tokenId,
  wantsOf,
} from '../../../../src/controllers/pull-secret/wants.ts';
import type { PullScope } from '../../../../src/ecr/pull-scope.ts';
import { namespace, registry, stored } from '../objects.ts';
import { cluster, own, want } from './pull-objects.ts';

type Rules = NonNullable<RegistrySpec['tenancy']>['rules'];

/** What a claim wants in the namespace `team` of the Registry `default` with these rules. */
function wanted(claim: Claim, rules?: Rules): ReturnType<typeof wantsOf> {
  const one = registry('default', rules ? { tenancy: { rules } } : {});
  return wantsOf(
    stored([one], ({ metadata }) => metadata.name),
    claim,
    namespace('team'),
  );
}

function some(registryName: string, ...patterns: string[]): TokenWant {
  const scope: PullScope = { kind: 'Repositories', patterns };
  return want(registryName, { id: `${registryName}|${patterns.join(',')}`, scope });
}

const PULL_ALL: NonNullable<Rules> = [{ allow: ['Pull'] }];
const PULL_TEAM: NonNullable<Rules> = [{ allow: ['Pull'], repositoryPrefixes: ['team'] }];
const LACKS = 'namespace team lacks the word Pull for';
const ASK =
  'ask whoever owns the Registry for a rule in spec.tenancy.rules of Registry default that allows it';
const OF_PUBLIC: TokenWant = {
  id: 'default|public.ecr.aws',
  login: 'public.ecr.aws',
  registry: 'default',
  scope: { kind: 'Public' },
};

function naming(...repositories: string[]): Claim {
  return cluster('all', { registries: [{ name: 'default', repositories }] });
}

describe('a claim wants', () => {
  test.each<[string, Claim, Rules | undefined, readonly TokenWant[], readonly Refusal[]]>([
    ['all of its Registry without rules', cluster(), undefined, [want()], []],
    ['the same in a namespace', own(), undefined, [want()], []],
    ['all of it where a rule allows that', cluster(), PULL_ALL, [want()], []],
    ['what it names, each once, in order', naming('b', 'a', 'b'), undefined, [some('default', 'a', 'b')], []],
    [
      'what the prefixes of its namespace allow',
      cluster(),
      PULL_TEAM,
      [some('default', 'team', 'team/*')],
      [],
    ],
    ['what it names beneath them', naming('team/web'), PULL_TEAM, [some('default', 'team/web')], []],
    [
      'nothing where one of those it names is outside: no less than it says',
      naming('team/web', 'other/b', 'other/a'),
      PULL_TEAM,
      [],
      [
        {
          login: 'default',
          reason: 'TenancyDenied',
          message: `${LACKS} other/a, other/b: ask whoever owns Registry default for a rule in spec.tenancy.rules that allows it, or leave it out of repositories`,
        },
      ],
    ],
    [
      'nothing where no rule says Pull',
      cluster(),
      [{ allow: ['Create'] }],
      [],
      [{ login: 'default', reason: 'TenancyDenied', message: `${LACKS} any repository: ${ASK}` }],
    ],
    [
      'a token of ECR Public with the credentials of a Registry',
      cluster('all', { registries: [], public: { registryRef: { name: 'default' } } }),
      PULL_TEAM,
      [OF_PUBLIC],
      [],
    ],
    [
      'none of ECR Public where it may not pull through that Registry at all',
      cluster('all', { registries: [], public: { registryRef: { name: 'default' } } }),
      [],
      [],
      [{ login: 'public.ecr.aws', reason: 'TenancyDenied', message: `${LACKS} any repository: ${ASK}` }],
    ],
    [
      'several, in the order of the spec, with ECR Public last',
      cluster('all', {
        registries: [{ name: 'other' }, { name: 'default' }],
        public: { registryRef: { name: 'default' } },
      }),
      undefined,
      [want('other'), want('default'), OF_PUBLIC],
      [],
    ],
    [
      'the others where one is refused',
      cluster('all', { registries: [{ name: 'default' }, { name: 'other' }] }),
      [],
      [want('other')],
      [{ login: 'default', reason: 'TenancyDenied', message: `${LACKS} any repository: ${ASK}` }],
    ],
    [
      'of a Registry that is not there (yet) what it names',
      cluster('all', { registries: [{ name: 'gone', repositories: ['a'] }] }),
      [],
      [some('gone', 'a')],
      [],
    ],
    [
      'of ECR Public through a Registry that is not there (yet)',
      cluster('all', { registries: [], public: { registryRef: { name: 'gone' } } }),
      [],
      [{ ...OF_PUBLIC, id: 'gone|public.ecr.aws', registry: 'gone' }],
      [],
    ],
  ])('%s', (_what, claim, rules, wants, refusals) => {
    expect(wanted(claim, rules)).toEqual({ wants, refusals });
  });

  test('by the labels of the namespace', () => {
    const rules = [{ allow: ['Pull' as const], namespaceSelector: { matchLabels: { pull: 'yes' } } }];
    const registries = stored([registry('default', { tenancy: { rules } })], ({ metadata }) => metadata.name);
    const counts = [{}, { pull: 'yes' }].map((labels) => {
      const { wants, refusals } = wantsOf(registries, cluster(), namespace('team', { labels }));
      return [wants.length, refusals.length];
    });
    expect(counts).toEqual([
      [0, 1],
      [1, 0],
    ]);
  });
});

describe('the id of a token', () => {
  const repositories = (...patterns: string[]): PullScope => ({ kind: 'Repositories', patterns });

  test('is the same for what opens the same, and for nothing else', () => {
    const ids = [
      tokenId('a', { kind: 'Registry' }),
      tokenId('b', { kind: 'Registry' }),
      tokenId('a', { kind: 'Public' }),
      tokenId('a', repositories('x')),
      tokenId('a', repositories('x/*')),
      tokenId('a', repositories('public.ecr.aws')),
    ];
    expect(new Set(ids).size).toBe(ids.length);
    expect(tokenId('a', repositories('y', 'x/*', 'x/z'))).toBe(tokenId('a', repositories('x/*', 'y')));
  });

  test.each<[string, PullScope]>([
    ['all of it', { kind: 'Registry' }],
    ['some of it', repositories('team/web')],
    ['ECR Public', { kind: 'Public' }],
  ])('says of which Registry it is, for %s', (_what, scope) => {
    expect(registryOfToken(tokenId('eu.prod', scope))).toBe('eu.prod');
  });
});
