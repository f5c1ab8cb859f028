import { describe, expect, test } from '@jest/globals';
import type { DesiredRepository } from '../../../../src/controllers/repository/desired.ts';
import type { ObservedRepository } from '../../../../src/controllers/repository/observe.ts';
import {
  type Impossible,
  NOTHING_MANAGED,
  planRepository,
  type RepositoryAction,
} from '../../../../src/controllers/repository/plan.ts';
import { grantStatements } from '../../../../src/ecr/grants.ts';
import { TerminalError } from '../../../../src/runtime/errors.ts';
import { BARE, FULL, HELD, held, KEY, LIFECYCLE, POLICY } from './plan-objects.ts';

/** All tags of {@link FULL} are ours. */
const PUT = { tagKeys: ['owner', 'cost'], statements: [] };

describe('nothing is written', () => {
  test.each<[string, DesiredRepository]>([
    ['where everything declared holds', FULL],
    ['for what is not declared, whatever there is', { ...BARE, tags: FULL.tags }],
  ])('%s', (_what, desired) => {
    expect(planRepository(desired, HELD, PUT)).toEqual([]);
  });
});

describe('a repository that is not there', () => {
  test('is made with all that one call takes, the documents follow', () => {
    expect(planRepository(FULL, { tags: {} }, NOTHING_MANAGED)).toEqual([
      {
        type: 'CreateRepository',
        repository: {
          name: 'web',
          tags: { owner: 'c/n/web', cost: '42' },
          tagMutability: { mode: 'IMMUTABLE_WITH_EXCLUSION', filters: ['dev-*', 'latest'] },
          scanOnPush: true,
          encryption: { type: 'KMS', kmsKey: KEY },
        },
      },
      { type: 'PutLifecyclePolicy', document: LIFECYCLE },
      { type: 'SetRepositoryPolicy', document: POLICY, force: false },
    ]);
  });

  test('is made with ECR’s own defaults where nothing is declared', () => {
    expect(planRepository(BARE, { tags: {} }, NOTHING_MANAGED)).toEqual([
      { type: 'CreateRepository', repository: { name: 'web', tags: { owner: 'c/n/web' } } },
    ]);
  });
});

describe('one thing that differs is one write', () => {
  test.each<[string, DesiredRepository, ObservedRepository, RepositoryAction[]]>([
    [
      'a tag that is missing or was changed',
      FULL,
      { ...HELD, tags: { cost: '1' } },
      [{ type: 'TagResource', tags: { owner: 'c/n/web', cost: '42' } }],
    ],
    [
      'a tag that is declared no more',
      { ...FULL, tags: BARE.tags },
      HELD,
      [{ type: 'UntagResource', keys: ['cost'] }],
    ],
    [
      'the mutability',
      FULL,
      held({ tagMutability: { mode: 'MUTABLE', filters: [] } }),
      [
        {
          type: 'PutImageTagMutability',
          mutability: { mode: 'IMMUTABLE_WITH_EXCLUSION', filters: ['dev-*', 'latest'] },
        },
      ],
    ],
    [
      'the mode of the mutability alone',
      FULL,
      held({ tagMutability: { mode: 'MUTABLE_WITH_EXCLUSION', filters: ['dev-*', 'latest'] } }),
      [
        {
          type: 'PutImageTagMutability',
          mutability: { mode: 'IMMUTABLE_WITH_EXCLUSION', filters: ['dev-*', 'latest'] },
        },
      ],
    ],
    [
      'an exception of the mutability',
      FULL,
      held({ tagMutability: { mode: 'IMMUTABLE_WITH_EXCLUSION', filters: ['latest'] } }),
      [
        {
          type: 'PutImageTagMutability',
          mutability: { mode: 'IMMUTABLE_WITH_EXCLUSION', filters: ['dev-*', 'latest'] },
        },
      ],
    ],
    [
      'the way back from exceptions',
      { ...FULL, tagMutability: { mode: 'MUTABLE', filters: [] } },
      HELD,
      [{ type: 'PutImageTagMutability', mutability: { mode: 'MUTABLE', filters: [] } }],
    ],
    [
      'scanning',
      FULL,
      held({ scanOnPush: false }),
      [{ type: 'PutImageScanningConfiguration', scanOnPush: true }],
    ],
    [
      'scanning, switched off',
      { ...FULL, scanOnPush: false },
      HELD,
      [{ type: 'PutImageScanningConfiguration', scanOnPush: false }],
    ],
    [
      'a lifecycle policy that is absent',
      FULL,
      { ...HELD, lifecycle: undefined },
      [{ type: 'PutLifecyclePolicy', document: LIFECYCLE }],
    ],
    [
      'a lifecycle policy that was changed',
      FULL,
      { ...HELD, lifecycle: { document: '{"rules":[{"rulePriority":2}]}' } },
      [{ type: 'PutLifecyclePolicy', document: LIFECYCLE }],
    ],
    [
      'a policy that is absent',
      FULL,
      { ...HELD, policy: undefined },
      [{ type: 'SetRepositoryPolicy', document: POLICY, force: false }],
    ],
    [
      'a policy that was changed',
      FULL,
      { ...HELD, policy: '{"Statement":[]}' },
      [{ type: 'SetRepositoryPolicy', document: POLICY, force: false }],
    ],
  ])('%s', (_what, desired, observed, actions) => {
    expect(planRepository(desired, observed, PUT)).toEqual(actions);
  });

  test('everything that differs is written, in the order of what depends on least', () => {
    const observed = {
      ...held({ tagMutability: { mode: 'MUTABLE', filters: [] }, scanOnPush: false }),
      tags: { old: '1', theirs: 'x' },
      lifecycle: undefined,
      policy: undefined,
    };
    expect(
      planRepository(FULL, observed, { tagKeys: ['old'], statements: [] }).map(({ type }) => type),
    ).toEqual([
      'TagResource',
      'UntagResource',
      'PutImageTagMutability',
      'PutImageScanningConfiguration',
      'PutLifecyclePolicy',
      'SetRepositoryPolicy',
    ]);
  });
});

describe('a repository policy that cannot be put keeps no other setting back', () => {
  const statements = grantStatements(
    [{ name: 'a', access: 'Pull', to: { accounts: ['111122223333'] } }],
    'aws',
  );
  const long = JSON.stringify({ Statement: [{ Sid: 'theirs', Resource: 'x'.repeat(10_150) }] });

  test.each([
    ['too long', 'PolicyTooLong', long],
    ['unreadable', 'PolicyUnreadable', '['],
  ])('%s', (_what, reason, policy) => {
    const { policy: _, ...rest } = FULL;
    const observed = { ...held({ scanOnPush: false }), lifecycle: undefined, policy };
    const [scan, lifecycle, impossible, ...others] = planRepository({ ...rest, statements }, observed, PUT);
    expect([scan, lifecycle, others]).toEqual([
      { type: 'PutImageScanningConfiguration', scanOnPush: true },
      { type: 'PutLifecyclePolicy', document: LIFECYCLE },
      [],
    ]);
    const { error } = impossible as Impossible;
    expect(error).toBeInstanceOf(TerminalError);
    expect(error.reason).toBe(reason);
    const difference = error.message;
    expect(impossible).toEqual({ type: 'Impossible', error, difference, essential: false });
  });
});
