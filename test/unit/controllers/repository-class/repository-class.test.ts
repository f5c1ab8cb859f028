import { describe, expect, test } from '@jest/globals';
import type {
  RepositoryClassSpec,
  RepositoryClassStatus,
} from '../../../../src/api/repository-class.generated.ts';
import { registryAccess } from '../../../../src/controllers/registry-access.ts';
import { repositoryClassReconciler } from '../../../../src/controllers/repository-class/repository-class.ts';
import {
  createUndeclaredStore,
  type UndeclaredResult,
} from '../../../../src/controllers/repository-class/undeclared-store.ts';
import type { Connections } from '../../../../src/ecr/connection.ts';
import { namespace, registry, repository, repositoryClass, type Things, worldOf } from '../objects.ts';

const UNDECLARED = { registryRef: { name: 'default' }, prefixes: ['cache'] };

const REGISTRIES = [registry()];
const PLACE = '123456789012/us-east-1';

interface Given {
  readonly spec?: RepositoryClassSpec;
  readonly before?: RepositoryClassStatus;
  /** Whether its account and region was listed; it was unless told. */
  readonly listed?: boolean;
  readonly things?: Things;
  readonly results?: Readonly<Record<string, UndeclaredResult>>;
}

function reconciler(things: Things = {}, store = createUndeclaredStore()) {
  const world = worldOf({ registries: REGISTRIES, ...things });
  const access = registryAccess({ ...world, connections: {} as Connections });
  return repositoryClassReconciler({ world, access, store });
}

/** What is said of the class `standard`. */
async function said({ spec = {}, things = {}, results = {}, before, listed = true }: Given) {
  const store = createUndeclaredStore();
  if (listed) store.see(PLACE, []);
  store.setResult('other', 'elsewhere', 'synced');
  for (const [name, result] of Object.entries(results)) store.setResult('standard', name, result);
  const of = repositoryClass('standard', spec);
  const outcome = await reconciler(things, store).reconcile(before ? { ...of, status: before } : of);
  if ('failure' in outcome) throw new Error('the class is said to be incomplete');
  return outcome;
}

const applied = async (given: Given) =>
  (await said({ spec: { undeclared: UNDECLARED }, ...given })).conditions.find(
    ({ type }) => type === 'Applied',
  );

/** As the last start left it. */
const BEFORE = {
  undeclared: { matched: 2, synced: 1 },
  conditions: [
    {
      type: 'Applied',
      status: 'False',
      reason: 'AccessDenied',
      message: '1 of 2',
      observedGeneration: 1,
      lastTransitionTime: '2026-01-01T00:00:00Z',
    },
  ],
} as const;

const denied = (message = 'no', occurrence?: string) => ({
  reason: 'AccessDenied',
  message,
  ...(occurrence ? { occurrence } : {}),
});

describe('a class', () => {
  test('says how many Repositories have it, by their own word or their namespace’s', async () => {
    const labels = { 'ecr-operator.io/repository-class': 'standard' };
    const things = {
      namespaces: [namespace('team'), namespace('labeled', { labels })],
      repositories: [
        repository({ className: 'standard' }, { name: 'a' }),
        repository({ className: 'other' }, { name: 'b' }),
        repository({}, { name: 'c' }),
        repository({}, { name: 'd', namespace: 'labeled' }),
        repository({ className: 'other' }, { name: 'e', namespace: 'labeled' }),
      ],
    };
    expect(await said({ things })).toEqual({
      status: { repositories: 2 },
      conditions: [
        { type: 'Accepted', status: 'True', reason: 'Accepted', message: 'all that is declared can be read' },
        {
          type: 'Applied',
          status: 'True',
          reason: 'Applied',
          message: 'Repositories take from the class what they leave open',
        },
      ],
    });
  });

  test.each<[string, RepositoryClassSpec]>([
    ['a lifecycle document', { lifecycle: { document: '[' } }],
    [
      'a lifecycle document, also beside undeclared',
      { lifecycle: { document: '[]' }, undeclared: UNDECLARED },
    ],
  ])('with %s that cannot be read is not accepted', async (_what, spec) => {
    await expect(said({ spec })).rejects.toMatchObject({
      name: 'TerminalError',
      reason: 'InvalidDocument',
      message: expect.stringContaining('spec.lifecycle.document'),
    });
  });

  test('is accepted whatever it says', async () => {
    const spec = {
      tagMutability: 'IMMUTABLE',
      encryption: { type: 'KMS' },
      lifecycle: { document: '{"rules":[]}' },
      grants: [{ name: 'a', access: 'Pull', to: { accounts: ['111122223333'] } }],
      undeclared: UNDECLARED,
    } as const;
    const { conditions } = await said({ spec });
    expect(conditions.map(({ status }) => status)).toEqual(['True', 'True']);
  });

  test('goes at once when it is deleted', async () => {
    expect(await reconciler().finalize(repositoryClass())).toBe('released');
  });
});

describe('what nobody declared', () => {
  test('is counted, and what is not as the class says is named in order, with the request', async () => {
    const results = {
      'cache/b': denied('no', 'request id 1'),
      'cache/c': 'synced',
      'cache/a': denied('never'),
    } as const;
    const { status } = await said({ spec: { undeclared: UNDECLARED }, results });
    expect(status?.undeclared).toEqual({
      matched: 3,
      synced: 1,
      failures: [
        { repository: 'cache/a', reason: 'AccessDenied', message: 'never' },
        { repository: 'cache/b', reason: 'AccessDenied', message: 'no (request id 1)' },
      ],
    });
  });

  test('is not told of where the class is for declared ones alone', async () => {
    expect((await said({})).status).toEqual({ repositories: 0 });
    const { status } = await said({ spec: { undeclared: UNDECLARED } });
    expect(status?.undeclared).toEqual({ matched: 0, synced: 0 });
  });

  test('is told of up to the twentieth that fails, and counted beyond that', async () => {
    const names = Array.from({ length: 23 }, (_, index) => `cache/${100 + index}`);
    const results = Object.fromEntries(names.toReversed().map((name) => [name, denied()]));
    const { status } = await said({ spec: { undeclared: UNDECLARED }, results });
    expect(status?.undeclared).toMatchObject({ matched: 23, synced: 0 });
    expect(status?.undeclared?.failures?.map((one) => one.repository)).toEqual(names.slice(0, 20));
    expect((await applied({ results }))?.message).toMatch(/^0 of 23 /);
  });

  test('has words that fit into the status, the request id always', async () => {
    const results = { 'cache/a': denied('x'.repeat(5_000), 'request id 1') };
    const { status } = await said({ spec: { undeclared: UNDECLARED }, results });
    const message = status?.undeclared?.failures?.[0]?.message ?? '';
    expect(message).toBe(`${'x'.repeat(1_900)} (request id 1)`);
    const halved = { 'cache/a': denied(`${'x'.repeat(1_899)}😀`) };
    const { status: told } = await said({ spec: { undeclared: UNDECLARED }, results: halved });
    expect(told?.undeclared?.failures?.[0]?.message.isWellFormed()).toBe(true);
  });
});

describe('the condition Applied', () => {
  const words = 'repositories that nobody declared are as the class says';

  test('holds where all are as the class says, and says how many', async () => {
    expect(await applied({ results: { a: 'synced', b: 'synced' } })).toEqual({
      type: 'Applied',
      status: 'True',
      reason: 'Applied',
      message: `2 of 2 ${words}`,
    });
    expect(await applied({})).toMatchObject({ status: 'True', message: `0 of 0 ${words}` });
  });

  test('names the first by name that is not, for the reason that all have in common', async () => {
    expect(await applied({ results: { c: denied(), a: 'synced', b: denied('never') } })).toEqual({
      type: 'Applied',
      status: 'False',
      reason: 'AccessDenied',
      message: `1 of 3 ${words}; b: never`,
    });
  });

  test('has a reason of its own where they differ', async () => {
    const results = { a: denied(), b: { reason: 'Throttled', message: 'later' } };
    expect(await applied({ results })).toMatchObject({
      status: 'False',
      reason: 'RepositoriesFailed',
      message: `0 of 2 ${words}; a: no`,
    });
  });

  test.each<[string, Things, string, true | undefined]>([
    ['is not there', { registries: [] }, 'RegistryNotFound', undefined],
    [
      'is only pulled from',
      { registries: [registry('default', { access: 'PullOnly' })] },
      'RegistryPullOnly',
      true,
    ],
    ['is suspended', { registries: [registry('default', { suspend: true })] }, 'RegistrySuspended', true],
  ])(
    'does not hold where the Registry %s, whatever was found before',
    async (_what, things, reason, stalled) => {
      const given = { spec: { undeclared: UNDECLARED }, things, results: { a: 'synced' } } as const;
      const outcome = await said({ ...given, before: BEFORE });
      expect(outcome.conditions[1]).toMatchObject({ type: 'Applied', status: 'False', reason });
      expect(outcome.conditions[1]?.message).toContain('Registry default');
      expect([outcome.stalled, outcome.status]).toEqual([stalled, { repositories: 0 }]);
      expect((await said({ things })).conditions[1]?.status).toBe('True');
    },
  );

  test('is not known until there was a list of the Registry', async () => {
    const spec = { undeclared: UNDECLARED };
    const outcome = await said({ spec, listed: false });
    expect(outcome.conditions[1]).toEqual({
      type: 'Applied',
      status: 'Unknown',
      reason: 'NotListed',
      message:
        'Registry default was not listed yet: a drift check does that, with ecr:DescribeRepositories on every repository',
    });
    expect(outcome.status).toEqual({ repositories: 0 });
    expect((await said({ listed: false })).conditions[1]?.status).toBe('True');
  });

  test('stays as it was after a start, until there was a list', async () => {
    const given = { spec: { undeclared: UNDECLARED }, before: BEFORE };
    const { conditions, status } = await said({ ...given, listed: false });
    expect(conditions[1]).toEqual({
      type: 'Applied',
      status: 'False',
      reason: 'AccessDenied',
      message: '1 of 2',
    });
    expect(status).toEqual({ repositories: 0, undeclared: BEFORE.undeclared });
    expect((await said(given)).conditions[1]).toMatchObject({ status: 'True', message: `0 of 0 ${words}` });
  });

  test.each<[string, RepositoryClassStatus]>([
    [
      'of another spec',
      { ...BEFORE, conditions: BEFORE.conditions.map((one) => ({ ...one, observedGeneration: 7 })) },
    ],
    ['of declared ones alone', { conditions: BEFORE.conditions }],
  ])('does not stay as it was where that was said %s', async (_what, before) => {
    const { conditions } = await said({ spec: { undeclared: UNDECLARED }, before, listed: false });
    expect(conditions[1]).toMatchObject({ status: 'Unknown', reason: 'NotListed' });
  });
});
