import { describe, expect, test } from '@jest/globals';
import { compare, planOf } from '../../../../src/controllers/repository/declaration.ts';
import type { ObservedRepository } from '../../../../src/controllers/repository/observe.ts';
import type { TenancyWord } from '../../../../src/ecr/tenancy.ts';
import { thrownBy } from '../objects.ts';
import { allowing, declared, type Given, OWNER } from './declared.ts';
import { loneRegistry } from './lone-registry.ts';
import { HELD } from './plan-objects.ts';

const SCANNED = { scanOnPush: true };

const ABSENT: ObservedRepository = { tags: {} };
const held = (tags: Record<string, string> = {}): ObservedRepository => ({ live: HELD.live, tags });
const owned = (tags: Record<string, string> = {}) => held({ ...tags, [OWNER]: 'c/team/web' });
const HELD_BEFORE = {
  arn: HELD.live.arn,
  createdAt: '2026-01-01T00:00:00Z',
  managedTagKeys: [OWNER],
};

describe('the word for the repository itself', () => {
  test.each<[string, ObservedRepository, readonly TenancyWord[], Given]>([
    ['one that is not there', ABSENT, ['Create'], {}],
    ['one that nobody owns', held(), ['Adopt'], {}],
    ['one that is ours', owned(), ['Create', 'Adopt'], {}],
    ['one that was ours, by the status', held(), ['Create', 'Adopt'], { status: HELD_BEFORE }],
    ['one of ours that is only observed', owned(), ['Create', 'Adopt'], { spec: { mode: 'Observe' } }],
    ['one of nobody that is only observed', held(), ['Adopt'], { spec: { mode: 'Observe' } }],
    [
      'one that was ours and is only observed',
      held(),
      ['Create', 'Adopt'],
      { spec: { mode: 'Observe' }, status: HELD_BEFORE },
    ],
    ['one that is missed', ABSENT, ['Create', 'Adopt'], { spec: { mode: 'Observe' } }],
    [
      'one of another that is only observed',
      held({ [OWNER]: 'x/y/z' }),
      ['Adopt'],
      { spec: { mode: 'Observe', adoption: 'IfExists' } },
    ],
  ])('that suffices for %s', (_what, observed, words, given) => {
    const all = ['Create', 'Adopt', 'Share', 'Pull', 'DeleteImages'] as const;
    const enough = all.filter((word) => {
      const ask = () => planOf(declared({ ...given, things: { registries: [allowing(word)] } }), observed);
      return thrownBy(ask) === 'nothing was thrown';
    });
    expect(enough).toEqual(words);
  });

  test('is of no use for one that another has, or that is not to be touched', () => {
    const things = { registries: [allowing('Create', 'Adopt')] };
    const theirs = held({ [OWNER]: 'x/y/z' });
    expect(thrownBy(() => planOf(declared({ things }), theirs))).toMatchObject([
      'TerminalError',
      'OwnedByAnother',
      expect.any(String),
    ]);
    expect(() => planOf(declared({ things, spec: { adoption: 'IfExists' } }), theirs)).not.toThrow();
    const lost = { status: HELD_BEFORE, spec: { adoption: 'IfExists' }, things } as const;
    expect(() => planOf(declared(lost), theirs)).toThrow('belongs to x/y/z');
  });
});

describe('what is to be done', () => {
  const types = (given: Given, observed: ObservedRepository) =>
    planOf(declared(given), observed).map(({ type }) => type);

  test('of one that is not there is to make it, and what cannot be said at once', () => {
    const spec = { lifecycle: { document: '{"rules":[]}' }, scanOnPush: true };
    expect(types({ spec }, ABSENT)).toEqual(['CreateRepository', 'PutLifecyclePolicy']);
  });

  test('is one thing alone to tell, where one is missed that is only observed', () => {
    const spec = { lifecycle: { document: '{"rules":[]}' }, mode: 'Observe' } as const;
    expect(types({ spec }, ABSENT)).toEqual(['CreateRepository']);
    expect(types({ spec: { ...spec, scanOnPush: false } }, owned())).toEqual([
      'PutImageScanningConfiguration',
      'PutLifecyclePolicy',
    ]);
  });

  test('takes away the tags and the statements that the status says are ours, and no others', () => {
    const status = { ...HELD_BEFORE, managedTagKeys: [OWNER, 'old', 'cost'], managedStatements: ['mine'] };
    const policy = '{"Statement":[{"Sid":"mine"},{"Sid":"theirs"}]}';
    const observed = { ...owned({ old: '1', cost: '1', theirs: '1' }), policy };
    expect(planOf(declared({ status, spec: { tags: { cost: '1' } } }), observed)).toEqual([
      { type: 'UntagResource', keys: ['old'] },
      { type: 'SetRepositoryPolicy', document: '{"Statement":[{"Sid":"theirs"}]}', force: false },
    ]);
    const unknown = { ...observed, policy: '{"Statement":[{"Sid":"mine"}]}' };
    expect(planOf(declared({ spec: { tags: { cost: '1' } } }), unknown)).toEqual([]);
  });

  test('is nothing about the owner tag of one that was kept, and is only observed from now on', () => {
    const status = { ...HELD_BEFORE, managedTagKeys: [OWNER, 'old'] };
    const spec = { mode: 'Observe' } as const;
    expect(planOf(declared({ spec, status }), owned())).toEqual([]);
    expect(planOf(declared({ spec, status }), owned({ old: '1' }))).toEqual([
      { type: 'UntagResource', keys: ['old'] },
    ]);
  });
});

describe('a comparison', () => {
  test('reads what is declared, changes nothing, and tells what it saw', async () => {
    const { ecr, calls, addRepository } = loneRegistry();
    addRepository('web', { tags: new Map([['cost', '1']]) });
    const things = { registries: [allowing('Adopt')] };
    const { observed, actions } = await compare(declared({ spec: SCANNED, things }), ecr);
    expect(calls).toEqual(['DescribeRepositories', 'ListTagsForResource']);
    expect([observed.live?.name, observed.tags]).toEqual(['web', { cost: '1' }]);
    expect(actions.map(({ type }) => type)).toEqual(['TagResource', 'PutImageScanningConfiguration']);
  });

  test('believes what a list shows', async () => {
    const { ecr, calls, addRepository } = loneRegistry();
    addRepository('web', { tags: new Map([[OWNER, 'c/team/web']]) });
    const listed = await ecr.describeRepository('web');
    calls.length = 0;
    const one = declared({ spec: SCANNED });
    expect((await compare(one, ecr, { ...listed, scanOnPush: true } as typeof listed)).actions).toEqual([]);
    expect(calls).toEqual(['ListTagsForResource']);
    expect((await compare(one, ecr)).actions).toHaveLength(1);
  });

  test('is refused where nothing may be touched', async () => {
    const { ecr, addRepository } = loneRegistry();
    addRepository('web');
    const one = declared({ things: { registries: [allowing('Create')] } });
    await expect(compare(one, ecr)).rejects.toMatchObject({ reason: 'TenancyDenied' });
  });
});
