import { describe, expect, test } from '@jest/globals';
import { OWNER_TAG } from '../../../../src/api/names.ts';
import type { PublicRepositorySpec } from '../../../../src/api/public-repository.generated.ts';
import type { ObservedPublicRepository } from '../../../../src/controllers/public-repository/observe.ts';
import { planPublicRepository } from '../../../../src/controllers/public-repository/plan.ts';
import { desired, LOGO, OWNER, observed, observedAs } from './public-objects.ts';

const NOTHING = { managedTagKeys: [] };
const POLICY = '{"Version":"2012-10-17","Statement":[{"Sid":"push","Effect":"Allow","Principal":"*"}]}';
const EVERYTHING: Partial<PublicRepositorySpec> = {
  catalogData: {
    description: 'd',
    architectures: ['x86-64', 'ARM 64'],
    operatingSystems: ['Linux'],
    logoImage: LOGO,
    aboutText: '# About\n',
    usageText: 'u',
  },
  policy: { document: POLICY },
  tags: { team: 'a' },
};

const plan = (
  spec: Partial<PublicRepositorySpec>,
  live: ObservedPublicRepository,
  options: Partial<Parameters<typeof planPublicRepository>[2]> = {},
) => planPublicRepository(desired(spec), live, { ...NOTHING, ...options });

describe('what is as declared', () => {
  test.each<[string, Partial<PublicRepositorySpec>]>([
    ['nothing', {}],
    ['everything', EVERYTHING],
    ['empty texts and lists', { catalogData: { description: '', architectures: [] } }],
  ])('needs no action: %s', (_what, spec) => {
    expect(plan(spec, observedAs(desired(spec)))).toEqual([]);
  });

  test.each<[string, Partial<PublicRepositorySpec>, Partial<ObservedPublicRepository>]>([
    ['another order of a list', EVERYTHING, { architectures: ['ARM 64', 'x86-64'] } as object],
    ['white space at the end', EVERYTHING, { aboutText: '# About' } as object],
    ['other line breaks', { catalogData: { usageText: 'a\nb\n' } }, { usageText: 'a\r\nb' } as object],
    [
      'a logo URL that is signed anew',
      EVERYTHING,
      { logoUrl: 'https://logos.example.com/1.png?x=2' } as object,
    ],
    ['what is not declared', { catalogData: { description: 'd' } }, { aboutText: 'theirs' } as object],
    ['a list that is not', { catalogData: { description: 'd' } }, { architectures: ['ARM'] } as object],
  ])('has no difference in %s', (_what, spec, other) => {
    const there = observedAs(desired(spec));
    expect(plan(spec, { ...there, catalog: { ...there.catalog, ...other } })).toEqual([]);
  });

  test('has no difference in a policy that is not declared', () => {
    expect(plan({}, observed({ policy: POLICY }))).toEqual([]);
  });

  test('has no difference in the form of a policy', () => {
    const policy =
      '{ "Version" : "2012-10-17", "Statement" : { "Effect":"Allow", "Sid":"push", "Principal":{"AWS":"*"} } }';
    expect(plan(EVERYTHING, { ...observedAs(desired(EVERYTHING)), policy })).toEqual([]);
  });
});

describe('what differs', () => {
  test('of a repository that is not there is everything, its creation first', () => {
    const { texts } = desired(EVERYTHING);
    expect(plan(EVERYTHING, { tags: {} })).toEqual([
      { type: 'CreateRepository', name: 'web', tags: { team: 'a', [OWNER_TAG]: OWNER } },
      {
        type: 'PutRepositoryCatalogData',
        catalog: texts,
        logoHash: desired(EVERYTHING).logoHash,
        changed: ['description', 'aboutText', 'usageText', 'architectures', 'operatingSystems', 'logoImage'],
      },
      { type: 'SetRepositoryPolicy', document: POLICY, force: false },
    ]);
  });

  test('in one field of the catalogue is put with all the others as they are', () => {
    const catalog = { description: 'old', aboutText: 'theirs', logoUrl: 'https://logos.example.com/x' };
    expect(plan({ catalogData: { description: 'new' } }, observed({ catalog }))).toEqual([
      {
        type: 'PutRepositoryCatalogData',
        catalog: { description: 'new', aboutText: 'theirs' },
        changed: ['description'],
      },
    ]);
  });

  test.each([
    ['description', { catalogData: { description: '' } }, { description: 'old' }],
    ['architectures', { catalogData: { architectures: [] } }, { architectures: ['ARM'] }],
  ])('of %s is taken away by what is empty', (field, spec, catalog) => {
    expect(plan(spec, observed({ catalog }))).toMatchObject([
      { changed: [field], catalog: spec.catalogData },
    ]);
  });

  test('in tags and policy is put, and tags that are no longer declared are taken away', () => {
    const spec = { tags: { team: 'b' }, policy: { document: POLICY, allowLockout: true } };
    const tags = { [OWNER_TAG]: OWNER, team: 'a', cost: 'x', theirs: 'y' };
    expect(plan(spec, observed({ tags, policy: '{}' }), { managedTagKeys: ['cost', 'team'] })).toEqual([
      { type: 'TagResource', tags: { team: 'b' } },
      { type: 'UntagResource', keys: ['cost'] },
      { type: 'SetRepositoryPolicy', document: POLICY, force: true },
    ]);
  });
});

describe('the logo', () => {
  const spec = { catalogData: { logoImage: LOGO } };
  const hash = desired(spec).logoHash ?? '';
  const url = 'https://logos.example.com/1.png';
  const other = 'https://logos.example.com/2.png';

  test.each<[string, Partial<ObservedPublicRepository>, boolean]>([
    ['lies where AWS said', { catalog: { logoUrl: url }, putLogo: { hash, url } }, false],
    ['lies elsewhere', { catalog: { logoUrl: other }, putLogo: { hash, url } }, true],
    ['is gone', { catalog: {}, putLogo: { hash, url } }, true],
    ['is not the one that was put', { catalog: { logoUrl: url }, putLogo: { hash: 'old', url } }, true],
    ['was never put by us', { catalog: { logoUrl: url } }, true],
    ['was put, and AWS did not say where', { catalog: { logoUrl: url }, putLogo: { hash } }, false],
  ])('that %s: put is %#', (_what, there, isPut) => {
    expect(plan(spec, observed(there)).length).toBe(isPut ? 1 : 0);
  });

  test('of somebody else is trusted by who only observes, unless there is none or ours was replaced', () => {
    const trust = { trustsLogo: true };
    expect(plan(spec, observed({ catalog: { logoUrl: other } }), trust)).toEqual([]);
    expect(plan(spec, observed({ catalog: {} }), trust)).toHaveLength(1);
    expect(plan(spec, observed({ catalog: { logoUrl: other }, putLogo: { hash, url } }), trust)).toHaveLength(
      1,
    );
  });
});
