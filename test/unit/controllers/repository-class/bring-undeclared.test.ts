import { describe, expect, test } from '@jest/globals';
import { RetryableError, TerminalError } from '../../../../src/runtime/errors.ts';
import { CLASS, DESIRED, failing, NAME, OWNER, PREVIEWED, trial } from './bring-trial.ts';

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
