import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { EVERYTHING, lifecycleKeeping, POLICY, policyFor } from './documents.ts';
import { conditionOf, type EcrLab, OWNER_TAG, type RepositorySettings, startEcrLab } from './ecr-lab.ts';

const NAMESPACE = 'drift';

jest.setTimeout(60_000);

let lab: EcrLab;

beforeAll(async () => {
  lab = await startEcrLab();
  await lab.namespace(NAMESPACE);
}, 600_000);

afterAll(async () => {
  await lab?.stop();
});

const ready = async (name: string, settings: RepositorySettings = {}) =>
  lab.settled(await lab.repository(NAMESPACE, name, settings));

const held = (name: string) => lab.held(name);

describe('what somebody else changed', () => {
  const input = (name: string) => ({ repositoryName: name });
  test.each<[string, (name: string) => unknown, RegExp]>([
    [
      'tag mutability',
      (name) => lab.ecr.call('PutImageTagMutability', { ...input(name), imageTagMutability: 'MUTABLE' }),
      /tagMutability from MUTABLE to IMMUTABLE_WITH_EXCLUSION except dev-\*, latest/,
    ],
    [
      'exclusion filters',
      (name) => {
        held(name).exclusionFilters = [{ filterType: 'WILDCARD', filter: 'v*' }];
      },
      /tagMutability from IMMUTABLE_WITH_EXCLUSION except v\* to IMMUTABLE_WITH_EXCLUSION except dev-\*, latest/,
    ],
    [
      'scan on push',
      (name) => {
        held(name).scanOnPush = false;
      },
      /scanOnPush from false to true/,
    ],
    ['the value of a tag', (name) => held(name).tags.set('team', 'theirs'), /team from theirs to payments/],
    ['a tag that is gone', (name) => held(name).tags.delete('team'), /team from absent to payments/],
    ['the owner tag', (name) => held(name).tags.delete(OWNER_TAG), /owner from absent to /],
    [
      'another lifecycle policy',
      (name) =>
        lab.ecr.call('PutLifecyclePolicy', { ...input(name), lifecyclePolicyText: lifecycleKeeping(3) }),
      /lifecycle policy: rule 1 removed; rule 10 added; rule 20 added/,
    ],
    [
      'no lifecycle policy',
      (name) => lab.ecr.call('DeleteLifecyclePolicy', input(name)),
      /lifecycle policy: rule 10 added; rule 20 added$/,
    ],
    [
      'another repository policy',
      (name) =>
        lab.ecr.call('SetRepositoryPolicy', { ...input(name), policyText: policyFor('999999999999') }),
      /repository policy: statement pull from \{.*999999999999.*\} to \{.*210987654321/,
    ],
    [
      'no repository policy',
      (name) => lab.ecr.call('DeleteRepositoryPolicy', input(name)),
      /repository policy: statement pull added$/,
    ],
  ])('is mended, and told: %s', async (what, change, words) => {
    const name = `drift-${what.replaceAll(' ', '-')}`;
    const object = await ready(name, EVERYTHING);
    const before = structuredClone(held(name));
    change(name);
    expect(held(name)).not.toEqual(before);
    await lab.pass(NAMESPACE, name);
    // Tags have no order.
    const { tags, lifecycle, ...rest } = held(name);
    expect(rest).toEqual({ ...rest, ...withoutTime(before) });
    expect(new Map([...tags].sort())).toEqual(new Map([...before.tags].sort()));
    expect(lifecycle?.text).toBe(before.lifecycle?.text);
    expect((await lab.event(object, 'DriftMended')).message).toMatch(words);
    expect(conditionOf(await lab.settled(object), 'Ready')?.status).toBe('True');
  });

  test('is made again where the whole ECR repository is gone', async () => {
    await ready('vanished', EVERYTHING);
    lab.ecr.removeRepository('vanished');
    await lab.pass(NAMESPACE, 'vanished');
    expect(held('vanished').tags.get('team')).toBe('payments');
    expect(held('vanished').policyText).toBeDefined();
  });

  test('stays where the Repository leaves it open', async () => {
    await ready('open-settings');
    const repository = held('open-settings');
    repository.scanOnPush = true;
    repository.mutability = 'IMMUTABLE';
    repository.tags.set('cost-centre', '42');
    repository.tags.set('aws:cloudformation:stack-name', 'images');
    lab.ecr.call('PutLifecyclePolicy', {
      repositoryName: 'open-settings',
      lifecyclePolicyText: lifecycleKeeping(3),
    });
    lab.ecr.call('SetRepositoryPolicy', { repositoryName: 'open-settings', policyText: POLICY });
    const before = structuredClone(repository);
    lab.aws.actions.clear();
    await lab.pass(NAMESPACE, 'open-settings');
    expect(lab.aws.actions.writes()).toEqual([]);
    expect(structuredClone(held('open-settings'))).toEqual(before);
  });
});

function withoutTime<T extends { readonly lifecycle?: unknown; readonly tags: unknown }>(repository: T) {
  const { lifecycle: _, tags: __, ...rest } = repository;
  return rest;
}
