import { describe, expect, test } from '@jest/globals';
import {
  applyRepositoryAction,
  describeRepositoryAction,
} from '../../../../src/controllers/repository/apply.ts';
import type { ObservedRepository } from '../../../../src/controllers/repository/observe.ts';
import type { RepositoryAction } from '../../../../src/controllers/repository/plan.ts';
import type { EcrApi } from '../../../../src/ecr/ecr-api.ts';
import { TerminalError } from '../../../../src/runtime/errors.ts';

const LIVE = {
  name: 'web',
  arn: 'arn:web',
  uri: 'host/web',
  registryId: '123456789012',
  createdAt: '2026-01-01T00:00:00.000Z',
  tagMutability: { mode: 'MUTABLE_WITH_EXCLUSION', filters: ['dev-*'] },
  scanOnPush: false,
  encryption: { type: 'AES256' },
} as const;
const HELD: ObservedRepository = { live: LIVE, tags: { a: '1', b: '2' }, lifecycle: { document: '{}' } };
const ABSENT: ObservedRepository = { tags: {} };

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
const IMPOSSIBLE: RepositoryAction = {
  type: 'Impossible',
  error: new TerminalError('EncryptionImmutable', 'never'),
  difference: 'encryption from AES256 to KMS',
  essential: false,
};

describe('an action is one call, and what ECR holds after it', () => {
  test.each<[RepositoryAction, ObservedRepository, unknown[], ObservedRepository]>([
    [
      { type: 'CreateRepository', repository: NEW },
      ABSENT,
      ['createRepository', NEW],
      { live: LIVE, tags: { a: '1' } },
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
      { ...HELD, live: { ...LIVE, tagMutability: { mode: 'MUTABLE', filters: [] } } },
    ],
    [
      { type: 'PutImageScanningConfiguration', scanOnPush: true },
      HELD,
      ['putImageScanningConfiguration', 'web', true],
      { ...HELD, live: { ...LIVE, scanOnPush: true } },
    ],
    [
      { type: 'PutLifecyclePolicy', document: 'new' },
      HELD,
      ['putLifecyclePolicy', 'web', 'new'],
      { ...HELD, lifecycle: { document: 'new' } },
    ],
    [
      { type: 'DeleteLifecyclePolicy' },
      HELD,
      ['deleteLifecyclePolicy', 'web'],
      { ...HELD, lifecycle: undefined },
    ],
    [
      { type: 'SetRepositoryPolicy', document: 'new', force: true },
      HELD,
      ['setRepositoryPolicy', 'web', 'new', true],
      { ...HELD, policy: 'new' },
    ],
    [
      { type: 'DeleteRepositoryPolicy' },
      { ...HELD, policy: 'old' },
      ['deleteRepositoryPolicy', 'web'],
      { ...HELD, policy: undefined },
    ],
  ])('$type', async (action, observed, call, after) => {
    const { ecr, calls } = recorder();
    expect(await applyRepositoryAction(ecr, 'web', action, observed)).toEqual(after);
    expect(calls).toEqual([call]);
  });
});

test('what cannot be done throws why, and calls nothing', async () => {
  const { ecr, calls } = recorder();
  await expect(applyRepositoryAction(ecr, 'web', IMPOSSIBLE, HELD)).rejects.toMatchObject({
    reason: 'EncryptionImmutable',
  });
  expect(calls).toEqual([]);
});

describe('an Event says from what to what', () => {
  test.each<[RepositoryAction, ObservedRepository, string]>([
    [{ type: 'CreateRepository', repository: NEW }, ABSENT, 'made ECR repository web'],
    [{ type: 'TagResource', tags: { b: '3', c: '4' } }, HELD, 'put tags: b from 2 to 3, c from absent to 4'],
    [{ type: 'UntagResource', keys: ['a', 'b'] }, HELD, 'took away tags: a (1), b (2)'],
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
    [
      { type: 'PutLifecyclePolicy', document: '{"rules":[{"rulePriority":2}]}' },
      { ...HELD, lifecycle: { document: '{"rules":[{"rulePriority":1}]}' } },
      'lifecycle policy: rule 1 removed; rule 2 added',
    ],
    [{ type: 'DeleteLifecyclePolicy' }, HELD, 'lifecycle policy taken away: its form alone'],
    [
      { type: 'SetRepositoryPolicy', document: '{"Statement":{"Sid":"a","Effect":"Deny"}}', force: false },
      { ...HELD, policy: '{"Statement":[{"Effect":"Allow","Sid":"a"}]}' },
      'repository policy: statement a from {"Effect":"Allow","Sid":"a"} to {"Effect":"Deny","Sid":"a"}',
    ],
    [
      { type: 'SetRepositoryPolicy', document: '{"Statement":[{"Sid":"b"}]}', force: false },
      HELD,
      'repository policy: statement b added',
    ],
    [
      { type: 'DeleteRepositoryPolicy' },
      { ...HELD, policy: '{"Statement":[{}]}' },
      'repository policy taken away: statement number 1 removed',
    ],
  ])('%j', (action, observed, words) => {
    expect(describeRepositoryAction('web', action, observed)).toBe(words);
  });
});

describe('what is left to do does not read as done', () => {
  const without = { ...HELD, lifecycle: undefined };
  test.each<[RepositoryAction, ObservedRepository, string]>([
    [{ type: 'CreateRepository', repository: NEW }, ABSENT, 'there is no ECR repository web'],
    [
      { type: 'TagResource', tags: { b: '3', c: '4' } },
      HELD,
      'tags to put: b from 2 to 3, c from absent to 4',
    ],
    [{ type: 'UntagResource', keys: ['a', 'b'] }, HELD, 'tags to take away: a (1), b (2)'],
    [
      { type: 'PutImageTagMutability', mutability: { mode: 'MUTABLE', filters: [] } },
      HELD,
      'tagMutability from MUTABLE_WITH_EXCLUSION except dev-* to MUTABLE',
    ],
    [{ type: 'PutImageScanningConfiguration', scanOnPush: true }, HELD, 'scanOnPush from false to true'],
    [
      { type: 'PutLifecyclePolicy', document: '{"rules":[{"rulePriority":2}]}' },
      without,
      'lifecycle policy: rule 2 to add',
    ],
    [
      { type: 'DeleteLifecyclePolicy' },
      { ...HELD, lifecycle: { document: '{"rules":[{"rulePriority":1}]}' } },
      'lifecycle policy to take away: rule 1 to remove',
    ],
    [
      { type: 'SetRepositoryPolicy', document: '{"Statement":[{"Sid":"b"}]}', force: false },
      { ...HELD, policy: '{"Statement":[{"Sid":"a"}]}' },
      'repository policy: statement a to remove; statement b to add',
    ],
    [
      { type: 'DeleteRepositoryPolicy' },
      { ...HELD, policy: '{"Statement":[{"Sid":"a"}]}' },
      'repository policy to take away: statement a to remove',
    ],
    [IMPOSSIBLE, HELD, 'encryption from AES256 to KMS'],
  ])('%j', (action, observed, words) => {
    expect(describeRepositoryAction('web', action, observed, 'to do')).toBe(words);
  });
});
