import { describe, expect, test } from '@jest/globals';
import { Waiting } from '../../../../src/controllers/external-resource.ts';
import type { DesiredRepository } from '../../../../src/controllers/repository/desired.ts';
import { hashOf } from '../../../../src/controllers/repository/preview-step.ts';
import {
  type BringOptions,
  bringUndeclared,
} from '../../../../src/controllers/repository-class/bring-undeclared.ts';
import type { EcrApi, LiveRepository } from '../../../../src/ecr/ecr-api.ts';
import { grantStatements } from '../../../../src/ecr/grants.ts';
import { RetryableError, TerminalError } from '../../../../src/runtime/errors.ts';
import { NOW, registry } from '../objects.ts';
import { loneRegistry } from '../repository/lone-registry.ts';
import { policy, taken } from '../repository/preview-trial.ts';

const OWNER = 'ecr-operator.io/owner';
const CLASS = 'ecr-operator.io/class';
const NAME = 'cache/alpine';

const DESIRED: DesiredRepository = {
  name: NAME,
  owner: 'c/standard',
  tags: { from: 'cache', [CLASS]: 'c/standard' },
  scanOnPush: true,
  adoption: 'Only',
};
const PREVIEWED: DesiredRepository = { ...DESIRED, lifecycle: policy(1), preview: 'Report' };

/** A registry with that one repository, and how often it was brought. */
function trial(options: Partial<BringOptions> = {}, broken: Partial<EcrApi> = {}) {
  const aws = loneRegistry(NOW);
  aws.addRepository(NAME);
  const previews: BringOptions['previews'] = new Map();
  const [refusals, grantless]: [BringOptions['refusals'], BringOptions['grantless']] = [new Map(), new Set()];
  let now = NOW;
  const bring = (desired: DesiredRepository = DESIRED, listed?: LiveRepository) =>
    bringUndeclared(
      { previews, refusals, grantless, imageUsage: undefined, now: () => now, ...options },
      { ecr: { ...aws.ecr, ...broken }, registry: registry(), desired, listed, key: `standard/${NAME}` },
    );
  return {
    ...aws,
    previews,
    refusals,
    grantless,
    bring,
    tags: () => Object.fromEntries(aws.held(NAME).tags),
    /** What is thrown. */
    failure: (desired?: DesiredRepository) => bring(desired).then(String, (error: unknown) => error),
    later(ms: number) {
      now += ms;
      aws.clock.advance(ms);
    },
  };
}

describe('a repository that nobody declared', () => {
  test('is made as its class says, once', async () => {
    const one = trial();
    expect(await one.bring()).toBe(true);
    expect(one.held(NAME).scanOnPush).toBe(true);
    expect(one.tags()).toEqual({ from: 'cache', [CLASS]: 'c/standard' });
    one.calls.length = 0;
    expect(await one.bring()).toBe(true);
    expect(one.calls).toEqual(['DescribeRepositories', 'ListTagsForResource']);
  });

  test('is compared with what a list has just shown', async () => {
    const one = trial();
    const listed = await one.ecr.describeRepository(NAME);
    one.calls.length = 0;
    await one.bring(DESIRED, listed && { ...listed, scanOnPush: true });
    expect(one.calls).toEqual(['ListTagsForResource', 'TagResource']);
  });

  test('keeps the tags of others, and those of before', async () => {
    const one = trial();
    one.held(NAME).tags.set('theirs', '1').set('from', 'elsewhere');
    await one.bring();
    expect(one.tags()).toEqual({ theirs: '1', from: 'cache', [CLASS]: 'c/standard' });
    await one.bring({ ...DESIRED, tags: { [CLASS]: 'c/standard' } });
    expect(one.tags()).toHaveProperty('from', 'cache');
  });

  test('keeps the encryption that it has', async () => {
    const one = trial();
    const encryption = { type: 'KMS' } as const;
    expect(await one.bring({ ...DESIRED, encryption, encryptionAtCreation: true })).toBe(true);
    expect(one.held(NAME)).toMatchObject({ scanOnPush: true, encryption: { encryptionType: 'AES256' } });
  });

  test('that is gone is none, and is not made', async () => {
    const one = trial();
    one.removeRepository(NAME);
    expect(await one.bring()).toBe(false);
    expect(one.calls).toEqual(['DescribeRepositories']);
  });
});

describe('a repository that somebody has', () => {
  test.each([
    ['of this cluster', 'c/team/web'],
    ['of another', 'x/team/web'],
    ['that says nothing of itself', ''],
  ])('a Repository %s, is not touched', async (_whose, owner) => {
    const one = trial();
    one.held(NAME).tags.set(OWNER, owner).set(CLASS, 'elsewhere/mirror');
    expect(await one.bring()).toBe(false);
    expect(one.writes()).toEqual([]);
  });

  test.each(['elsewhere/standard', 'cc/standard', 'cc', 'c', ''])(
    'a class of another cluster (%s), is not touched, which is told',
    async (holder) => {
      const one = trial();
      one.held(NAME).tags.set(CLASS, holder);
      const failure = await one.failure();
      expect(failure).toBeInstanceOf(TerminalError);
      expect(failure).toMatchObject({
        reason: 'OwnedByAnother',
        message: `ECR repository cache/alpine belongs to ${holder} (cluster/class): take its prefix out of one of the two classes`,
      });
      expect(one.writes()).toEqual([]);
    },
  );

  test.each([
    ['prod/eu/standard', 'prod/us/standard'],
    ['prod/standard', 'prod/eu/standard'],
    ['prod/eu/standard', 'prod/standard'],
  ])('a class of another cluster whose name begins alike (%s, %s), is not touched', async (owner, holder) => {
    const one = trial();
    one.held(NAME).tags.set(CLASS, holder);
    const failure = await one.failure({ ...DESIRED, owner, tags: { [CLASS]: owner } });
    expect([failure, one.writes()]).toEqual([expect.objectContaining({ reason: 'OwnedByAnother' }), []]);
  });

  test('another class of this cluster, passes on', async () => {
    const one = trial();
    one.held(NAME).tags.set(CLASS, 'c/other');
    expect(await one.bring()).toBe(true);
    expect(one.tags()).toHaveProperty([CLASS], 'c/standard');
  });
});

const terminal = new TerminalError('InvalidParameter', 'never');
const retryable = new RetryableError('AccessDenied', 'no');
const failing = (error: Error) => () => Promise.reject(error);

describe('what fails', () => {
  test('keeps nothing else back', async () => {
    const one = trial({}, { tag: failing(retryable) });
    expect(await one.failure()).toBe(retryable);
    expect(one.held(NAME).scanOnPush).toBe(true);
  });

  test('for good does not put off what a retry mends', async () => {
    const one = trial({}, { tag: failing(terminal), putImageScanningConfiguration: failing(retryable) });
    expect(await one.failure()).toBe(retryable);
  });

  test('goes before what only waits, which is looked at in time all the same', async () => {
    const denied = trial({}, { tag: failing(retryable) });
    expect(await denied.failure(PREVIEWED)).toBe(retryable);
    const refused = trial({}, { tag: failing(terminal) });
    expect(await refused.failure(PREVIEWED)).toMatchObject({
      reason: 'InvalidParameter',
      recheckAfterMs: 5_000,
    });
    expect(refused.writes()).toContain('StartLifecyclePolicyPreview');
  });

  test('in reading is told as it is', async () => {
    const one = trial({}, { listTags: failing(retryable) });
    expect(await one.failure()).toBe(retryable);
    expect(one.writes()).toEqual([]);
  });
});

describe('a grant to somebody whom AWS does not know', () => {
  const statements = grantStatements(
    [{ name: 'ci', access: 'Pull', to: { roles: ['arn:aws:iam::123456789012:role/new'] } }],
    'aws',
  );
  const granting = (words: string): DesiredRepository => ({
    ...DESIRED,
    statements: statements.map((one) => ({ ...one, Sid: `${one.Sid}${words}` })),
  });
  const unknown = new RetryableError('PrincipalNotFound', 'Principal not found');
  const refusing = () => trial({}, { setRepositoryPolicy: failing(unknown) });

  test('is named, with whom else may be meant, and keeps nothing else back', async () => {
    const one = refusing();
    const theirs = {
      Sid: 'theirs',
      Effect: 'Allow',
      Principal: { AWS: ['AIDAGONE'] },
      Action: 'ecr:ListImages',
    };
    one.held(NAME).policyText = JSON.stringify({ Statement: [theirs] });
    expect(await one.failure(granting(''))).toMatchObject({
      reason: 'PrincipalNotFound',
      message: expect.stringMatching(/role\/new: make it.*take out AIDAGONE \(statement theirs\)/),
    });
    expect(one.held(NAME).scanOnPush).toBe(true);
  });

  test('is waited for ten minutes, for each policy anew', async () => {
    const one = refusing();
    expect(await one.failure(granting(''))).toBeInstanceOf(RetryableError);
    one.later(600_000);
    expect(await one.failure(granting(''))).toBeInstanceOf(RetryableError);
    one.later(1_000);
    expect(await one.failure(granting(''))).toMatchObject({
      name: 'TerminalError',
      reason: 'PrincipalNotFound',
      message: expect.stringContaining('role/new'),
    });
    expect(await one.failure(granting('ab'))).toBeInstanceOf(RetryableError);
  });

  test('is forgotten when there is none any more', async () => {
    const one = refusing();
    await one.failure(granting(''));
    expect(one.refusals.size).toBe(1);
    await one.bring();
    expect(one.refusals.size).toBe(0);
  });

  test('is still remembered when nothing could be read meanwhile', async () => {
    const gone = trial({}, { listTags: failing(retryable) });
    gone.refusals.set(`standard/${NAME}`, { document: '', since: '' });
    await gone.failure(granting(''));
    expect(gone.refusals.size).toBe(1);
  });
});

describe('a policy without grants', () => {
  const granted = grantStatements(
    [{ name: 'a', access: 'Pull', to: { organization: 'o-a1b2c3d4e5' } }],
    'aws',
  );

  test('is remembered once nothing of ours is in it, and until there are grants', async () => {
    const one = trial();
    one.held(NAME).policyText = JSON.stringify({ Statement: granted });
    await one.bring({ ...DESIRED, statements: [] });
    expect(one.held(NAME).policyText).toBeUndefined();
    expect([...one.grantless]).toEqual([`standard/${NAME}`]);
    await one.bring({ ...DESIRED, statements: granted });
    expect([...one.grantless]).toEqual([]);
    await one.bring();
    expect([...one.grantless]).toEqual([]);
  });

  test('is looked at again where anything failed', async () => {
    const one = trial({}, { tag: failing(retryable) });
    await one.failure({ ...DESIRED, statements: [] });
    expect([...one.grantless]).toEqual([]);
  });
});

describe('the preview of a lifecycle policy', () => {
  const withImages = (options?: Partial<BringOptions>) => {
    const one = trial(options);
    for (const [index, tag] of ['old', 'new'].entries()) {
      const pushedAt = new Date(NOW - (2 - index) * 86_400_000);
      one.addImage(NAME, { digest: `sha256:${String(index).repeat(64)}`, tags: new Set([tag]), pushedAt });
    }
    return one;
  };

  test('is waited for, remembered, and forgotten when the policy is put', async () => {
    const one = withImages();
    const failure = await one.failure(PREVIEWED);
    expect(failure).toBeInstanceOf(Waiting);
    expect(failure).toMatchObject({ reason: 'PreviewRunning', againMs: 5_000 });
    expect([...one.previews]).toEqual([
      [`standard/${NAME}`, { document: hashOf(policy(1)), startedAt: '2026-01-01T12:00:00Z' }],
    ]);
    expect([one.held(NAME).scanOnPush, one.held(NAME).lifecycle]).toEqual([true, undefined]);
    one.later(5_000);
    expect(await one.bring(PREVIEWED)).toBe(true);
    expect(one.held(NAME).lifecycle?.text).toBe(policy(1));
    expect([...one.previews]).toEqual([]);
  });

  test('is waited for less often where it takes its time', async () => {
    const one = withImages();
    one.registry.previewLag = { milliseconds: 300_000 };
    await one.failure(PREVIEWED);
    one.later(120_000);
    expect(await one.failure(PREVIEWED)).toMatchObject({ againMs: 30_000 });
  });

  test('is not asked for where the class does not', async () => {
    const one = withImages();
    const { preview: _, ...unasked } = PREVIEWED;
    expect(await one.bring(unasked)).toBe(true);
    expect(one.calls).not.toContain('GetLifecyclePolicyPreview');
    expect([...one.previews]).toEqual([]);
  });

  test('holds the policy back while somebody uses what would go', async () => {
    const asked: unknown[] = [];
    const one = withImages({
      imageUsage: {
        usersOf: async (used, pages) => {
          asked.push(used);
          return (await taken(pages)).map(({ tags }) => ({ image: String(tags[0]), user: 'Pod team/web-0' }));
        },
      },
    });
    const blocking: DesiredRepository = { ...PREVIEWED, preview: 'Block' };
    await one.failure(blocking);
    const failure = await one.failure(blocking);
    expect(failure).toMatchObject({
      reason: 'LifecycleBlocked',
      message: expect.stringContaining('old (Pod team/web-0)'),
    });
    expect(asked).toEqual([{ accountId: '123456789012', region: 'us-east-1', name: NAME }]);
    expect(one.held(NAME).lifecycle).toBeUndefined();
    expect(one.previews.get(`standard/${NAME}`)).toMatchObject({ inUse: ['old (Pod team/web-0)'] });
  });

  test('is never had where nobody may find out who uses what', async () => {
    const one = withImages();
    expect(await one.failure({ ...PREVIEWED, preview: 'Block' })).toMatchObject({
      reason: 'ImageUsageNotConfigured',
    });
    expect(one.held(NAME).lifecycle).toBeUndefined();
  });
});
