import { describe, expect, test } from '@jest/globals';
import {
  applyRepositoryAction,
  describeRepositoryAction,
} from '../../../../src/controllers/repository/apply.ts';
import type { ObservedRepository } from '../../../../src/controllers/repository/observe.ts';
import type { RepositoryAction } from '../../../../src/controllers/repository/plan.ts';
import type { EcrApi } from '../../../../src/ecr/ecr-api.ts';

const LIVE = {
  arn: 'arn:web',
  uri: 'host/web',
  registryId: '123456789012',
  createdAt: '2026-01-01T00:00:00.000Z',
  tagMutability: { mode: 'MUTABLE_WITH_EXCLUSION', filters: ['dev-*'] },
  scanOnPush: false,
  encryption: { type: 'AES256' },
} as const;
const HELD: ObservedRepository = { live: LIVE, tags: { a: '1', b: '2' }, lifecycle: 'old', imageCount: 3 };
const ABSENT: ObservedRepository = { tags: {}, imageCount: 0 };

/** Answers every call with {@link LIVE} and keeps what was called. */
function recorder(): { readonly ecr: EcrApi; readonly calls: unknown[][] } {
  const calls: unknown[][] = [];
  const ecr = new Proxy({} as EcrApi, {
    get:
      (_, name) =>
      async (...parameters: unknown[]) => {
        calls.push([name, ...parameters]);
        return LIVE;
      },
  });
  return { ecr, calls };
}

const NEW = { name: 'web', tags: { a: '1' } };

describe('an action is one call, and what ECR holds after it', () => {
  test.each<[RepositoryAction, ObservedRepository, unknown[], ObservedRepository]>([
    [
      { type: 'CreateRepository', repository: NEW },
      ABSENT,
      ['createRepository', NEW],
      { live: LIVE, tags: { a: '1' }, imageCount: 0 },
    ],
    [
      { type: 'TagResource', tags: { b: '3' } },
      HELD,
      ['tag', 'arn:web', { b: '3' }],
      { ...HELD, tags: { a: '1', b: '3' } },
    ],
    [
      { type: 'UntagResource', keys: ['b'] },
      HELD,
      ['untag', 'arn:web', ['b']],
      { ...HELD, tags: { a: '1' } },
    ],
    [
      { type: 'PutImageTagMutability', mutability: { mode: 'MUTABLE', filters: [] } },
      HELD,
      ['putImageTagMutability', 'web', { mode: 'MUTABLE', filters: [] }],
      HELD,
    ],
    [
      { type: 'PutImageScanningConfiguration', scanOnPush: true },
      HELD,
      ['putImageScanningConfiguration', 'web', true],
      HELD,
    ],
    [
      { type: 'PutLifecyclePolicy', document: 'new' },
      HELD,
      ['putLifecyclePolicy', 'web', 'new'],
      { ...HELD, lifecycle: 'new' },
    ],
    [
      { type: 'SetRepositoryPolicy', document: 'new' },
      HELD,
      ['setRepositoryPolicy', 'web', 'new'],
      { ...HELD, policy: 'new' },
    ],
  ])('$type', async (action, observed, call, after) => {
    const { ecr, calls } = recorder();
    expect(await applyRepositoryAction(ecr, 'web', action, observed)).toEqual(after);
    expect(calls).toEqual([call]);
  });
});

describe('an Event says from what to what', () => {
  test.each<[RepositoryAction, ObservedRepository, string]>([
    [{ type: 'CreateRepository', repository: NEW }, ABSENT, 'made ECR repository web'],
    [{ type: 'TagResource', tags: { b: '3', c: '4' } }, HELD, 'put tags: b from 2 to 3, c from absent to 4'],
    [{ type: 'UntagResource', keys: ['a', 'b'] }, HELD, 'took away tags: a, b'],
    [
      { type: 'PutImageTagMutability', mutability: { mode: 'MUTABLE', filters: [] } },
      HELD,
      'tagMutability from MUTABLE_WITH_EXCLUSION except dev-* to MUTABLE',
    ],
    [
      {
        type: 'PutImageTagMutability',
        mutability: { mode: 'IMMUTABLE_WITH_EXCLUSION', filters: ['x', 'y'] },
      },
      HELD,
      'tagMutability from MUTABLE_WITH_EXCLUSION except dev-* to IMMUTABLE_WITH_EXCLUSION except x, y',
    ],
    [{ type: 'PutImageScanningConfiguration', scanOnPush: true }, HELD, 'scanOnPush from false to true'],
    [{ type: 'PutLifecyclePolicy', document: 'new' }, HELD, 'put the lifecycle policy in place of another'],
    [{ type: 'PutLifecyclePolicy', document: 'new' }, ABSENT, 'put the lifecycle policy'],
    [{ type: 'SetRepositoryPolicy', document: 'new' }, HELD, 'put the repository policy'],
    [
      { type: 'SetRepositoryPolicy', document: 'new' },
      { ...HELD, policy: 'old' },
      'put the repository policy in place of another',
    ],
  ])('%j', (action, observed, words) => {
    expect(describeRepositoryAction('web', action, observed)).toBe(words);
  });
});
