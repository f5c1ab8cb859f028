import { describe, expect, test } from '@jest/globals';
import { OWNER_TAG } from '../../../../src/api/names.ts';
import { publicRepositoryFields } from '../../../../src/controllers/public-repository/fields.ts';
import { observePublicRepository } from '../../../../src/controllers/public-repository/observe.ts';
import type { PublicRepositoryApi } from '../../../../src/ecr/public-repository-api.ts';
import { ARN, desired, LIVE, LOGO, observed, observedAs } from './public-objects.ts';

const NOW = Date.UTC(2026, 0, 2);
const changes = (reason: 'Updated' | 'DriftMended' | 'DriftObserved' = 'Updated', ...words: string[]) => ({
  reason,
  words,
});
const WITH_LOGO = { catalogData: { logoImage: LOGO } };

describe('the status', () => {
  test('tells what is there, and nothing that is not', () => {
    const whole = desired({ ...WITH_LOGO, tags: { team: 'a' } });
    const input = { previous: undefined, desired: whole, changes: changes(), now: NOW };
    expect(publicRepositoryFields({ ...input, observed: observedAs(whole) })).toEqual({
      arn: ARN,
      uri: LIVE.uri,
      registryId: '123456789012',
      createdAt: '2026-01-01T00:00:00Z',
      managedTagKeys: [OWNER_TAG, 'team'],
      logo: { hash: whole.logoHash, url: 'https://logos.example.com/1.png' },
      declaredHash: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(publicRepositoryFields({ ...input, observed: { tags: {} } })).toEqual({
      managedTagKeys: [],
      declaredHash: expect.any(String),
    });
  });

  test('takes up where the logo is, if AWS tells that later', () => {
    const whole = desired(WITH_LOGO);
    const hash = whole.logoHash ?? '';
    const later = observed({ catalog: { logoUrl: 'https://logos.example.com/2' }, putLogo: { hash } });
    const input = { previous: undefined, desired: whole, observed: later, changes: changes(), now: NOW };
    expect(publicRepositoryFields(input).logo).toEqual({ hash, url: 'https://logos.example.com/2' });
    expect(publicRepositoryFields({ ...input, desired: desired() })).not.toHaveProperty('logo');
  });

  test('does not take for ours a logo that somebody else put, while ours cannot be put again', () => {
    const logo = { hash: 'h', url: 'https://logos.example.com/ours' };
    const theirs = observed({ catalog: { logoUrl: 'https://logos.example.com/theirs' }, putLogo: logo });
    const input = { previous: undefined, desired: desired(WITH_LOGO), changes: changes(), now: NOW };
    expect(publicRepositoryFields({ ...input, observed: theirs }).logo).toEqual(logo);
  });

  test('keeps what was mended, and what we had while nothing is written', () => {
    const previous = { managedTagKeys: ['old'], declaredHash: 'before' };
    const mended = publicRepositoryFields({
      previous,
      desired: desired(),
      observed: observed(),
      changes: changes('DriftMended', 'a from b to c'),
      now: NOW,
    });
    expect(mended.drift).toEqual([{ at: '2026-01-02T00:00:00Z', what: 'a from b to c', mended: true }]);
    const seen = publicRepositoryFields({
      previous,
      desired: desired(),
      observed: observed(),
      changes: changes('DriftObserved', 'x'),
      now: NOW,
    });
    expect(seen).toMatchObject({ managedTagKeys: ['old'], drift: [{ what: 'x', mended: false }] });
    expect(seen).not.toHaveProperty('declaredHash');
  });

  test('has one hash for one declaration, and another for each change of it', () => {
    const hashOf = (spec: Parameters<typeof desired>[0]) =>
      publicRepositoryFields({
        previous: undefined,
        desired: desired(spec),
        observed: observed(),
        changes: changes(),
        now: NOW,
      }).declaredHash;
    const specs = [
      {},
      { tags: { a: 'b' } },
      { catalogData: { description: 'a' } },
      { catalogData: { aboutText: 'a' } },
      WITH_LOGO,
      { policy: { document: '{}' } },
    ];
    expect(new Set([...specs, ...specs].map(hashOf)).size).toBe(specs.length);
  });
});

describe('looking at ECR Public', () => {
  const looking = (live: typeof LIVE | undefined) => {
    const calls: string[] = [];
    const note =
      <T>(name: string, answer: T) =>
      async () => {
        calls.push(name);
        return answer;
      };
    const api = {
      describeRepository: note('describe', live),
      listTags: note('tags', {}),
      getCatalog: note('catalog', {}),
      getRepositoryPolicy: note('policy', undefined),
    } as unknown as PublicRepositoryApi;
    return { api, calls };
  };
  const everything = desired({ ...WITH_LOGO, policy: { document: '{}' } });
  const status = {
    arn: ARN,
    createdAt: '2026-01-01T00:00:00Z',
    managedTagKeys: [OWNER_TAG],
    logo: { hash: 'h' },
  };

  test.each([
    ['one call where there is none', undefined, everything, ['describe']],
    ['two where nothing else is declared', LIVE, desired(), ['describe', 'tags']],
    ['one for each thing that is', LIVE, everything, ['describe', 'tags', 'catalog', 'policy']],
  ] as const)('takes %s', async (_what, live, wanted, expected) => {
    const { api, calls } = looking(live);
    await observePublicRepository(api, wanted, status);
    expect(calls).toEqual(expected);
  });

  test('knows of no logo where the repository is gone', async () => {
    expect(await observePublicRepository(looking(undefined).api, everything, status)).toEqual({ tags: {} });
  });

  test('knows of a logo that we put in this very repository, and in no other', async () => {
    const look = (createdAt: string) => {
      const { api } = looking({ ...LIVE, createdAt });
      return observePublicRepository(api, everything, status);
    };
    expect((await look('2026-01-01T00:00:00.000Z')).putLogo).toEqual({ hash: 'h' });
    expect((await look('2026-01-05T00:00:00.000Z')).putLogo).toBeUndefined();
  });
});
