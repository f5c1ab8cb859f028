import { describe, expect, test } from '@jest/globals';
import { RetryableError, TerminalError } from '../../../../src/runtime/errors.ts';
import { registry, type Things } from '../objects.ts';
import { CLASS, KEY, listed, NAME, standard } from './undeclared-trial.ts';

const GRANT = { name: 'a', access: 'Pull', to: { accounts: ['111122223333'] } } as const;
const LIFECYCLE = {
  rules: [
    {
      priority: 1,
      tagStatus: 'any',
      countType: 'imageCountMoreThan',
      countNumber: 1,
      action: 'expire',
    } as const,
  ],
};

describe('a pass over what nobody declared', () => {
  test('makes it as the class says, by what the list showed, and tells of it once', async () => {
    const one = await listed({ repositoryClasses: [standard({ tags: { from: 'cache' } })] });
    expect(await one.pass()).toEqual({});
    expect(one.held(NAME).scanOnPush).toBe(true);
    expect(Object.fromEntries(one.held(NAME).tags)).toEqual({ from: 'cache', [CLASS]: 'c/standard' });
    expect(one.calls).not.toContain('DescribeRepositories');
    expect([one.result(), one.news]).toEqual(['synced', ['standard']]);
    await one.pass();
    expect(one.calls.filter((call) => call === 'DescribeRepositories')).toHaveLength(1);
    expect(one.news).toEqual(['standard']);
    expect(new Set(one.lanes)).toEqual(new Set(['sweep']));
  });

  test('gives the grants of the class, in the partition of the Registry, and takes them back', async () => {
    const one = await listed({ repositoryClasses: [standard({ grants: [GRANT] })] });
    const theirs = { Sid: 'theirs', Effect: 'Allow', Principal: '*', Action: 'ecr:ListImages' };
    one.held(NAME).policyText = JSON.stringify({ Statement: [theirs] });
    await one.pass();
    expect(one.held(NAME).policyText).toContain('arn:aws:iam::111122223333:root');
    one.change({ repositoryClasses: [standard()] });
    await one.pass();
    expect(JSON.parse(one.held(NAME).policyText ?? '').Statement).toEqual([theirs]);
  });

  test('does not read the policy again where the class gives nothing and nothing was given', async () => {
    const one = await listed();
    const reads = () => one.calls.filter((call) => call === 'GetRepositoryPolicy').length;
    await one.pass();
    expect(reads()).toBe(1);
    await one.pass();
    expect(reads()).toBe(1);
    one.change({ repositoryClasses: [standard({ grants: [GRANT] })] });
    await one.pass();
    one.change({ repositoryClasses: [standard()] });
    await one.pass();
    expect([reads(), one.held(NAME).policyText]).toEqual([3, undefined]);
  });

  test('of a region of China grants to accounts of China', async () => {
    const policies: string[] = [];
    const one = await listed({
      registries: [registry('default', { region: 'cn-north-1' })],
      repositoryClasses: [standard({ grants: [GRANT] })],
      broken: {
        setRepositoryPolicy: async (_name, document) => void policies.push(document),
      },
    });
    await one.pass();
    expect(policies.join()).toContain('arn:aws-cn:iam::111122223333:root');
  });

  test('takes the encryption as it is', async () => {
    const one = await listed({ repositoryClasses: [standard({ encryption: { type: 'KMS' } })] });
    await one.pass();
    expect(one.result()).toBe('synced');
  });

  test('does not need a namespace, nor a word of the tenancy', async () => {
    const one = await listed({
      namespaces: [],
      registries: [registry('default', { tenancy: { rules: [] } })],
    });
    await one.pass();
    expect(one.result()).toBe('synced');
  });
});

describe('a class that is suspended', () => {
  test('has nothing done, and nothing forgotten', async () => {
    const one = await listed();
    await one.pass();
    one.held(NAME).scanOnPush = false;
    one.calls.length = 0;
    one.change({ repositoryClasses: [standard({ suspend: true })] });
    expect(await one.pass()).toEqual({});
    expect([one.calls, one.result(), one.news]).toEqual([[], 'synced', ['standard']]);
  });
});

describe('what cannot be done', () => {
  const denied = new RetryableError('AccessDenied', 'no', { occurrence: 'request id 1' });
  const failing = (error: Error) => ({ putImageScanningConfiguration: () => Promise.reject(error) });

  test('is told, and tried again soon or late', async () => {
    const one = await listed({ broken: failing(denied) });
    expect(await one.pass()).toEqual({ retry: { kind: 'backoff' } });
    expect(one.result()).toEqual({ reason: 'AccessDenied', message: 'no', occurrence: 'request id 1' });
    expect(one.news).toEqual(['standard']);
    const other = await listed({ broken: failing(new TerminalError('InvalidParameter', 'never')) });
    expect(await other.pass()).toEqual({ retry: { kind: 'after', ms: expect.any(Number) } });
    expect(other.result()).toMatchObject({ reason: 'InvalidParameter' });
  });

  test.each<[string, Things, string]>([
    [
      'the Registry is only pulled from',
      { registries: [registry('default', { access: 'PullOnly' })] },
      'RegistryPullOnly',
    ],
    [
      'the Registry is suspended',
      { registries: [registry('default', { suspend: true })] },
      'RegistrySuspended',
    ],
    [
      'the class cannot be read',
      { repositoryClasses: [standard({ lifecycle: { document: '[' } })] },
      'InvalidDocument',
    ],
  ])('is told where %s', async (_what, things, reason) => {
    const one = await listed(things);
    expect(await one.pass()).toHaveProperty('retry');
    expect(one.result()).toMatchObject({ reason });
    expect(one.calls).toEqual([]);
  });

  test('yet is waited for, while ECR is asked what a lifecycle policy would do', async () => {
    const lifecycle = { ...LIFECYCLE, preview: 'Report' } as const;
    const one = await listed({ repositoryClasses: [standard({ lifecycle })] });
    expect(await one.pass()).toEqual({ requeueAfterMs: 5_000 });
    expect([one.result(), one.previews.has(KEY)]).toEqual([undefined, true]);
    one.later(5_000);
    expect(await one.pass()).toEqual({});
    expect([one.result(), one.previews.size]).toEqual(['synced', 0]);
    expect(one.held(NAME).lifecycle?.text).toContain('"countNumber":1');
  });
});
