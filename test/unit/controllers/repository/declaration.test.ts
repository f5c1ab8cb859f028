import { describe, expect, test } from '@jest/globals';
import type { RepositorySpec } from '../../../../src/api/repository.generated.ts';
import { namespace, registry, repositoryClass, thrownBy } from '../objects.ts';
import { allowing, declared, type Given, OWNER } from './declared.ts';

const allButSharing = allowing('Create', 'Adopt', 'DeleteImages', 'Pull');
const refusal = (given: Given): unknown => (thrownBy(() => declared(given)) as string[]).slice(0, 2);

describe('what decides over a Repository', () => {
  test('is its Registry, and what it says', () => {
    const one = declared({ spec: { name: 'team/api', tags: { cost: '1' } } });
    expect(one).toMatchObject({
      registry: registry(),
      className: undefined,
      observeOnly: false,
      desired: {
        name: 'team/api',
        owner: 'c/team/web',
        tags: { cost: '1', [OWNER]: 'c/team/web' },
        adoption: 'IfUnowned',
      },
    });
  });

  test('is the class of its namespace, too', () => {
    const labels = { 'ecr-operator.io/repository-class': 'standard' };
    const one = declared({
      things: {
        namespaces: [namespace('team', { labels })],
        repositoryClasses: [repositoryClass('standard', { scanOnPush: true })],
      },
    });
    expect([one.className, one.desired.scanOnPush]).toEqual(['standard', true]);
  });

  test('is the partition of the region', () => {
    const grants = [{ name: 'a', access: 'Pull', to: { accounts: ['123456789012'] } }] as const;
    const things = { registries: [registry('default', { region: 'cn-north-1' })] };
    const [statement] = declared({ spec: { grants }, things }).desired.statements ?? [];
    expect(statement?.Principal).toEqual({ AWS: ['arn:aws-cn:iam::123456789012:root'] });
  });

  test('is no owner, where it only observes', () => {
    const one = declared({ spec: { mode: 'Observe', tags: { cost: '1' } } });
    expect([one.observeOnly, one.desired.tags, one.desired.owner]).toEqual([
      true,
      { cost: '1' },
      'c/team/web',
    ]);
    const enforced = declared({ spec: { mode: 'Enforce' } });
    expect([enforced.observeOnly, enforced.desired.tags]).toEqual([false, { [OWNER]: 'c/team/web' }]);
  });
});

describe('before ECR is asked anything, it is refused where', () => {
  test.each<[string, string, string, Given]>([
    [
      'the namespace has nothing to do with the name',
      'TerminalError',
      'TenancyDenied',
      { things: { registries: [allowing('Pull', 'Share', 'DeleteImages', 'Public')] } },
    ],
    ['there is no Registry', 'RetryableError', 'RegistryNotFound', { things: { registries: [] } }],
    [
      'the Registry is only pulled from',
      'TerminalError',
      'RegistryPullOnly',
      { things: { registries: [registry('default', { access: 'PullOnly' })] } },
    ],
    [
      'the Registry is suspended',
      'TerminalError',
      'RegistrySuspended',
      { things: { registries: [registry('default', { suspend: true })] } },
    ],
    ['there is no class of that name', 'RetryableError', 'ClassNotFound', { spec: { className: 'gone' } }],
    [
      'the class is suspended',
      'TerminalError',
      'ClassSuspended',
      {
        spec: { className: 'standard' },
        things: { repositoryClasses: [repositoryClass('standard', { suspend: true })] },
      },
    ],
    [
      'a document cannot be read',
      'TerminalError',
      'InvalidDocument',
      { spec: { lifecycle: { document: '[' } } },
    ],
  ])('%s', (_what, kind, reason, given) => {
    expect(refusal(given)).toEqual([kind, reason]);
  });
});

test('who may neither create nor take over is told the word that is closest to what they asked', () => {
  const told = (adoption: NonNullable<RepositorySpec['adoption']>) =>
    thrownBy(() => declared({ spec: { adoption }, things: { registries: [allowing('Pull')] } }));
  const words = (['Never', 'IfUnowned', 'IfExists', 'Only'] as const).map(
    (adoption) => /the word (\w+)/.exec((told(adoption) as string[])[2] ?? '')?.[1],
  );
  expect(words).toEqual(['Create', 'Create', 'Create', 'Adopt']);
});

describe('the word Share', () => {
  const own = { name: 'own', access: 'Pull', to: { accounts: ['123456789012'] } } as const;
  const other = { name: 'other', access: 'Pull', to: { accounts: ['111122223333'] } } as const;
  const more = (matchLabels: Record<string, string>) => ({ grants: [other], sharesFor: { matchLabels } });
  const repositoryClasses = [
    repositoryClass('shared', { grants: [other] }),
    repositoryClass('own', { grants: [own] }),
    repositoryClass('for-all', { grants: [other], sharesFor: {} }),
    repositoryClass('for-a', more({ team: 'a' })),
    repositoryClass('for-b', more({ team: 'b' })),
    repositoryClass('plain'),
  ];
  const namespaces = [namespace('team', { labels: { team: 'a' } })];
  const given = (spec: Partial<RepositorySpec>, found: ReturnType<typeof registry>) => ({
    spec,
    things: { registries: [found], repositoryClasses, namespaces },
  });

  test.each<[string, boolean, Partial<RepositorySpec>]>([
    ['a policy document', true, { policy: { document: '{}' } }],
    ['a grant to another account', true, { grants: [own, other] }],
    ['the same while it only observes', true, { grants: [other], mode: 'Observe' }],
    ['a grant to another account beside a class', true, { grants: [other], className: 'plain' }],
    ['grants to its own account', false, { grants: [own] }],
    ['no grants', false, { grants: [] }],
    ['what its class grants', true, { className: 'shared' }],
    ['what its class grants beside its own', true, { className: 'shared', grants: [own] }],
    ['what its class grants, while it only observes', true, { className: 'shared', mode: 'Observe' }],
    ['what its class grants to others than this namespace', true, { className: 'for-b' }],
    ['what its class grants to this namespace', false, { className: 'for-a' }],
    ['what its class grants to every namespace', false, { className: 'for-all' }],
    ['its own, whatever its class grants', true, { className: 'for-all', grants: [{ ...other, name: 'x' }] }],
    [
      'a policy document, whatever its class grants',
      true,
      { className: 'for-all', policy: { document: '{}' } },
    ],
    [
      'a grant of its class that its own goes before',
      false,
      { className: 'shared', grants: [{ ...own, name: 'other' }] },
    ],
    ['what its class grants to its own account', false, { className: 'own' }],
    ['a class without grants', false, { className: 'plain' }],
    ['nothing at all', false, {}],
  ])('for %s is needed: %s', (_what, needed, spec) => {
    expect(() => declared(given(spec, allowing('Create', 'Share')))).not.toThrow();
    const without = given(spec, allButSharing);
    if (!needed) return expect(() => declared(without)).not.toThrow();
    expect(refusal(without)).toEqual(['TerminalError', 'TenancyDenied']);
  });

  test('that a class makes needed is told with the class, and with what else would help', () => {
    expect(thrownBy(() => declared(given({ className: 'shared' }, allButSharing)))).toEqual([
      'TerminalError',
      'TenancyDenied',
      'namespace team lacks the word Share for repository web: ask whoever owns the Registry for a rule in spec.tenancy.rules of Registry default that allows it, or whoever owns RepositoryClass shared, whose grants reach beyond the account, for a spec.sharesFor that selects the namespace',
    ]);
  });

  test('goes by the partition, too: there the same number is another account', () => {
    const grants = [
      { name: 'a', access: 'Pull', to: { roles: ['arn:aws-cn:iam::123456789012:role/x'] } },
    ] as const;
    expect(refusal(given({ grants }, allButSharing))).toEqual(['TerminalError', 'TenancyDenied']);
  });

  test('is asked for the name in ECR', () => {
    const rules = [
      { allow: ['Share'] as const, repositoryPrefixes: ['team'] },
      { allow: ['Create'] as const },
    ];
    const things = { registries: [registry('default', { tenancy: { rules } })] };
    const policy = { document: '{}' };
    expect(() => declared({ spec: { name: 'team/api', policy }, things })).not.toThrow();
    expect(thrownBy(() => declared({ spec: { policy }, things }))).toEqual([
      'TerminalError',
      'TenancyDenied',
      expect.stringContaining('namespace team lacks the word Share for repository web'),
    ]);
  });
});
