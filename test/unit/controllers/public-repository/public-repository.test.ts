import { describe, expect, test } from '@jest/globals';
import { OWNER_TAG } from '../../../../src/api/names.ts';
import { RetryableError, TerminalError } from '../../../../src/runtime/errors.ts';
import { LIVE, LOGO, OWNER } from './public-objects.ts';
import { type Given, publicTrial, type Shown, type Spec } from './public-trial.ts';

const DOCUMENT = '{"Version":"2012-10-17","Statement":[]}';
const EVERYTHING: Spec = {
  catalogData: { description: 'd', logoImage: LOGO },
  policy: { document: DOCUMENT },
  tags: { team: 'a' },
};
const READS = ['describeRepository', 'listTags'];

const shown = (more: Partial<Shown> = {}): Shown => ({
  live: LIVE,
  tags: {},
  catalog: {},
  images: 0,
  ...more,
});
const denied = (call: string) => async () => {
  throw new RetryableError('AccessDenied', `${call} is denied`);
};

/** What a promise was rejected for. */
const refusal = (promise: Promise<unknown>) =>
  promise.then(
    () => 'nothing',
    ({ name, reason }) => `${name} ${reason}`,
  );

describe('a PublicRepository', () => {
  test('is made whole, and looked at again without a write', async () => {
    const one = publicTrial();
    const made = await one.pass(EVERYTHING);
    expect(one.calls).toEqual([
      'describeRepository',
      'createRepository',
      'putCatalog',
      'setRepositoryPolicy',
    ]);
    expect(one.held.web?.tags).toEqual({ team: 'a', [OWNER_TAG]: OWNER });
    expect(made.happenings?.map(({ reason }) => reason)).toEqual(['Created']);
    const before = one.status();
    const again = await one.pass(EVERYTHING);
    expect(one.calls).toEqual([...READS, 'getCatalog', 'getRepositoryPolicy']);
    expect(again.happenings).toEqual([]);
    expect(one.status()).toEqual(before);
  });

  test('tells a changed spec from what somebody else changed', async () => {
    const one = publicTrial();
    await one.pass(EVERYTHING);
    const changed = { ...EVERYTHING, tags: { team: 'b' } };
    expect((await one.pass(changed)).happenings).toMatchObject([{ reason: 'Updated' }]);
    if (one.held.web) one.held.web.policy = '{}';
    expect((await one.pass(changed)).happenings).toMatchObject([{ reason: 'DriftMended' }]);
    expect(one.status()?.drift).toHaveLength(1);
  });

  test.each([
    ['createRepository', {}, []],
    ['tag', { tags: {} }, ['tag']],
    ['putCatalog', { tags: {} }, ['tag', 'putCatalog', 'setRepositoryPolicy']],
  ] as const)('that may not %s does without what depends on it', async (call, there, writes) => {
    const one = publicTrial({ broken: { [call]: denied(call) } });
    if (call !== 'createRepository') one.held.web = shown(there);
    const ended = one.pass(EVERYTHING);
    if (call === 'putCatalog') expect((await ended).failure).toMatchObject({ reason: 'AccessDenied' });
    else expect(await refusal(ended)).toBe('RetryableError AccessDenied');
    expect(one.writes()).toEqual(call === 'createRepository' ? [call] : writes);
  });

  test('waits for a principal for ten minutes, and then for somebody', async () => {
    const role = 'arn:aws:iam::123456789012:role/later';
    const document = JSON.stringify({ Statement: [{ Effect: 'Allow', Principal: { AWS: role } }] });
    const forRole = { policy: { document } };
    const unseen = new RetryableError('PrincipalNotFound', 'Principal not found');
    const broken = { setRepositoryPolicy: async () => Promise.reject(unseen) };
    const one = publicTrial({ broken });
    const first = await one.pass(forRole);
    expect(first.failure).toBeInstanceOf(RetryableError);
    expect(first.failure).toMatchObject({ message: expect.stringContaining(`one of: ${role}: make it`) });
    const { refusedPolicy } = one.status() ?? {};
    expect(refusedPolicy?.since).toBe('2026-01-01T12:00:00Z');
    one.clock.advance(601_000);
    const later = await one.pass(forRole);
    expect(later.failure).toBeInstanceOf(TerminalError);
    expect(one.status()?.refusedPolicy).toEqual(refusedPolicy);
  });
});

describe('the logo', () => {
  const PATH = '/apis/ecr-operator.io/v1alpha1/namespaces/team/publicrepositories/web';
  const logoOf = (text: string) => Buffer.from(text).toString('base64');

  test('is read where it is put, and not where nothing is', async () => {
    const one = publicTrial();
    await one.pass(EVERYTHING);
    expect(one.reads).toEqual([PATH]);
    await one.pass(EVERYTHING);
    await one.pass({ ...EVERYTHING, tags: { team: 'b' } });
    expect(one.reads).toEqual([PATH]);
  });

  test('of no other moment is put: one that is not the planned one is for the next pass', async () => {
    for (const catalogData of [{ logoImage: logoOf('newer') }, { description: 'd' }, undefined]) {
      const meanwhile = { ...EVERYTHING, catalogData } as Spec;
      const one = publicTrial({ meanwhile });
      const { failure, status } = await one.pass(EVERYTHING);
      expect(failure).toBeInstanceOf(RetryableError);
      expect(failure).toMatchObject({
        reason: 'SpecChanged',
        message: expect.stringMatching(/^the spec has just changed: /),
      });
      expect(one.writes()).toEqual(['createRepository', 'setRepositoryPolicy']);
      expect(status).not.toHaveProperty('logo');
    }
  });

  test('that is read is what is put', async () => {
    const put: unknown[] = [];
    const putCatalog = async (...args: unknown[]) => {
      put.push(args);
      return {};
    };
    await publicTrial({ broken: { putCatalog } }).pass(EVERYTHING);
    expect(put).toEqual([['web', { description: 'd', logoImage: LOGO }]]);
  });
});

test('a name of its own is what is asked for, and what the tenancy is about; the owner is the object', async () => {
  const name = 'shop/front';
  const allow = ['Public', 'DeleteImages'] as const;
  const rules = [{ allow: [...allow], repositoryPrefixes: ['shop'] }];
  const one = publicTrial({ registry: { tenancy: { rules } } });
  expect(await refusal(one.pass())).toBe('TerminalError TenancyDenied');
  await one.pass({ name });
  expect(one.held.web?.tags).toEqual({ [OWNER_TAG]: OWNER });
  if (one.held.web) one.held.web.images = 1;
  await one.finalize({ name, deletionPolicy: 'DeleteWithImages' });
  expect(one.held.web).toBeUndefined();
  expect([...one.names]).toEqual([name]);
});

describe('before ECR Public is asked', () => {
  const rules = (...allow: ('Public' | 'Share' | 'Create')[]) => ({ tenancy: { rules: [{ allow }] } });
  test.each<[string, Given['registry'], Spec, string]>([
    ['Create is not Public', rules('Create'), {}, 'TerminalError TenancyDenied'],
    ['no rules are no Public', { tenancy: { rules: [] } }, {}, 'TerminalError TenancyDenied'],
    ['a policy takes Share', rules('Public'), EVERYTHING, 'TerminalError TenancyDenied'],
    ['Share alone does not do', rules('Share'), EVERYTHING, 'TerminalError TenancyDenied'],
    ['China has none', { region: 'cn-north-1' }, {}, 'TerminalError PublicNotAvailable'],
    ['GovCloud has none', { region: 'us-gov-west-1' }, {}, 'TerminalError PublicNotAvailable'],
    ['nothing is written there', { access: 'PullOnly' }, {}, 'TerminalError RegistryPullOnly'],
    ['all rests', { suspend: true }, {}, 'TerminalError RegistrySuspended'],
    ['that is no JSON', {}, { policy: { document: '{' } }, 'TerminalError InvalidDocument'],
  ])('it is refused: %s', async (_what, registry = {}, spec, reason) => {
    const one = publicTrial({ registry });
    expect(await refusal(one.pass(spec))).toBe(reason);
    expect(await refusal(one.pass({ ...spec, mode: 'Observe' }))).toBe(reason);
    expect(one.calls).toEqual([]);
  });

  test('a policy takes Public and Share, and no more', async () => {
    const one = publicTrial({ registry: rules('Public', 'Share') });
    expect(await refusal(one.pass(EVERYTHING))).toBe('nothing');
  });
});

describe('what is there already', () => {
  const alone = { tenancy: { rules: [{ allow: ['Public' as const] }] } };
  const other = { tags: { [OWNER_TAG]: 'cluster/team/other' } };
  test.each<[Partial<Shown>, Spec, Given['registry'], string]>([
    [{}, {}, {}, 'nothing'],
    [{}, {}, alone, 'TerminalError TenancyDenied'],
    [{}, { mode: 'Observe' }, {}, 'nothing'],
    [{}, { mode: 'Observe' }, alone, 'TerminalError TenancyDenied'],
    [{}, { mode: 'Observe', adoption: 'Never' }, {}, 'nothing'],
    [{ tags: { [OWNER_TAG]: OWNER } }, { mode: 'Observe' }, alone, 'nothing'],
    [{ tags: { [OWNER_TAG]: OWNER } }, { adoption: 'Never' }, alone, 'nothing'],
    [{}, { adoption: 'Never' }, {}, 'TerminalError RepositoryExists'],
    [other, {}, {}, 'TerminalError OwnedByAnother'],
    [other, { adoption: 'IfExists' }, {}, 'nothing'],
    [other, { adoption: 'IfExists' }, alone, 'TerminalError TenancyDenied'],
  ])('as %j, with %j and %j: %s', async (there, spec, registry = {}, reason) => {
    const one = publicTrial({ registry });
    one.held.web = shown(there);
    expect(await refusal(one.pass(spec))).toBe(reason);
    if (reason !== 'nothing') expect(one.writes()).toEqual([]);
  });

  test('and lost its owner tag is still ours, unless it was made anew', async () => {
    const one = publicTrial({ registry: alone });
    await one.pass();
    if (one.held.web) one.held.web.tags = {};
    await one.pass();
    expect(one.writes()).toEqual(['tag']);
    one.held.web = shown({ live: { ...LIVE, createdAt: '2026-01-03T00:00:00.000Z' } });
    expect(await refusal(one.pass())).toBe('TerminalError TenancyDenied');
  });
});

describe('mode Observe', () => {
  test('writes nothing, owns nothing, and takes a logo for the declared one', async () => {
    const one = publicTrial();
    one.held.web = shown({ catalog: { description: 'd', logoUrl: 'https://logos.example.com/x' } });
    const spec = { ...EVERYTHING, mode: 'Observe' } as const;
    const { conditions, status } = await one.pass(spec);
    expect(one.writes()).toEqual([]);
    expect(conditions?.[0]).toMatchObject({ status: 'False', reason: 'DriftObserved' });
    expect(conditions?.[0]?.message).not.toMatch(/owner|logo|description/);
    expect(status).toMatchObject({ managedTagKeys: [] });
    const before = one.status();
    await one.pass(spec);
    expect(one.status()).toEqual(before);
  });

  test('does not tell the owner tag of before for a difference', async () => {
    const one = publicTrial();
    await one.pass(EVERYTHING);
    const { conditions } = await one.pass({ ...EVERYTHING, mode: 'Observe' });
    expect(conditions?.[0]).toMatchObject({ status: 'True', reason: 'Synced' });
  });

  test('says of one that is not there nothing else', async () => {
    const { conditions } = await publicTrial().pass({ ...EVERYTHING, mode: 'Observe' });
    expect(conditions?.[0]?.message).toMatch(/: there is no ECR Public repository web$/);
  });
});

describe('the deletion', () => {
  const kept = async (given?: Given) => {
    const one = publicTrial(given);
    one.held.web = shown({ tags: { [OWNER_TAG]: OWNER } });
    await one.pass();
    return one;
  };

  test.each<Spec>([{}, { deletionPolicy: 'Retain' }, { deletionPolicy: 'Delete', mode: 'Observe' }])(
    'with %j leaves it, and AWS is not asked',
    async (spec) => {
      const one = await kept();
      expect(await one.finalize(spec)).toBe('released');
      expect([one.calls, one.held.web?.live]).toEqual([[], LIVE]);
    },
  );

  test('with Delete takes it, and by Public alone', async () => {
    const one = await kept({ registry: { tenancy: { rules: [{ allow: ['Public'] }] } } });
    expect(await one.finalize({ deletionPolicy: 'Delete' })).toBe('released');
    expect(one.held.web).toBeUndefined();
  });

  test.each([
    ['Delete', ['DeleteImages', 'Public'], 'TerminalError RepositoryNotEmpty'],
    ['DeleteWithImages', ['Public'], 'TerminalError TenancyDenied'],
    ['DeleteWithImages', ['Public', 'DeleteImages'], 'nothing'],
  ] as const)('with images, %s and the words %j ends in: %s', async (deletionPolicy, allow, reason) => {
    const one = await kept({ registry: { tenancy: { rules: [{ allow: [...allow] }] } } });
    if (one.held.web) one.held.web.images = 2;
    expect(await refusal(one.finalize({ deletionPolicy }))).toBe(reason);
    expect(one.held.web === undefined).toBe(reason === 'nothing');
  });

  test('leaves what is another’s by now', async () => {
    const one = await kept();
    one.held.web = shown({ tags: { [OWNER_TAG]: 'cluster/team/other' } });
    expect(await one.finalize({ deletionPolicy: 'DeleteWithImages' })).toBe('released');
    expect(one.writes()).toEqual([]);
  });

  const nowhere: readonly [string, NonNullable<Given['registry']>, string][] = [
    ['another partition', { region: 'us-gov-west-1' }, 'TerminalError PublicNotAvailable'],
    ['PullOnly', { access: 'PullOnly' }, 'TerminalError RegistryPullOnly'],
  ];
  test.each(nowhere)(
    'with a Registry of %s goes where nothing can have been made',
    async (_what, registry) => {
      const one = publicTrial({ registry });
      expect(await one.finalize({ deletionPolicy: 'Delete' })).toBe('released');
      expect(one.calls).toEqual([]);
    },
  );

  test.each(nowhere)('with a Registry that is one of %s by now waits', async (_what, registry, reason) => {
    const one = publicTrial({ registry });
    one.says({ arn: LIVE.arn });
    expect(await refusal(one.finalize({ deletionPolicy: 'Delete' }))).toBe(reason);
    expect(one.calls).toEqual([]);
  });
});
