import { describe, expect, test } from '@jest/globals';
import { Waiting } from '../../../../src/controllers/external-resource.ts';
import type { DesiredRepository } from '../../../../src/controllers/repository/desired.ts';
import { hashOf } from '../../../../src/controllers/repository/preview-step.ts';
import type { BringOptions } from '../../../../src/controllers/repository-class/bring-undeclared.ts';
import { grantStatements } from '../../../../src/ecr/grants.ts';
import { RetryableError } from '../../../../src/runtime/errors.ts';
import { NOW } from '../objects.ts';
import { policy, taken } from '../repository/preview-trial.ts';
import { DESIRED, failing, NAME, PREVIEWED, trial } from './bring-trial.ts';

const retryable = new RetryableError('AccessDenied', 'no');

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
