import {
  DeleteLifecyclePolicyCommand,
  GetLifecyclePolicyCommand,
  PutLifecyclePolicyCommand,
} from '@aws-sdk/client-ecr';
import { describe, expect, test } from '@jest/globals';
import { digestOf } from '../../lab/aws/image-state.ts';
import { normalLifecyclePolicy } from '../../lab/aws/operations/lifecycle-policies.ts';
import { ACCOUNT, failureOf, REGION, simulate } from './simulated-clients.ts';

const repositoryName = 'team/app';

const RULE = {
  rulePriority: 1,
  description:
    'a description that makes the text long enough for ECR, which takes no less than 100 characters',
  selection: { tagStatus: 'untagged', countType: 'sinceImagePushed', countUnit: 'days', countNumber: 1 },
  action: { type: 'expire' },
};
const ANY = { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: 5 };

describe('lifecycle policies', () => {
  test('come back with their rules sorted by priority', async () => {
    await using lab = await simulate();
    lab.aws.as(ACCOUNT, REGION).addRepository(repositoryName);
    const last = { ...RULE, rulePriority: 9, selection: ANY };
    await lab.ecr.send(
      new PutLifecyclePolicyCommand({
        repositoryName,
        lifecyclePolicyText: JSON.stringify({ rules: [last, RULE] }, null, 2),
      }),
    );
    const answer = await lab.ecr.send(new GetLifecyclePolicyCommand({ repositoryName }));
    expect(answer.lifecyclePolicyText).toBe(JSON.stringify({ rules: [RULE, last] }));
    expect(answer.lastEvaluatedAt).toEqual(new Date(0));
    await lab.ecr.send(new DeleteLifecyclePolicyCommand({ repositoryName }));
    const gone = await failureOf(lab.ecr.send(new GetLifecyclePolicyCommand({ repositoryName })));
    expect(gone.name).toBe('LifecyclePolicyNotFoundException');
  });

  test('take images when ECR runs them, and tell when that was', async () => {
    await using lab = await simulate();
    const handle = lab.aws.as(ACCOUNT, REGION);
    handle.addRepository(repositoryName);
    handle.addImage(repositoryName, { digest: digestOf('old') });
    lab.aws.clock.advance(2 * 86_400_000);
    handle.addImage(repositoryName, { digest: digestOf('new') });
    const lifecyclePolicyText = JSON.stringify({ rules: [RULE] });
    await lab.ecr.send(new PutLifecyclePolicyCommand({ repositoryName, lifecyclePolicyText }));
    handle.runLifecycle(repositoryName);
    expect([...(handle.repository(repositoryName)?.images.keys() ?? [])]).toEqual([digestOf('new')]);
    await lab.ecr.send(new PutLifecyclePolicyCommand({ repositoryName, lifecyclePolicyText }));
    const answer = await lab.ecr.send(new GetLifecyclePolicyCommand({ repositoryName }));
    expect(answer.lastEvaluatedAt).toEqual(lab.aws.clock.now());
  });

  test('have 100 to 30,720 characters', async () => {
    await using lab = await simulate();
    lab.aws.as(ACCOUNT, REGION).addRepository(repositoryName);
    for (const lifecyclePolicyText of ['{"rules":[]}', ' '.repeat(30_721)]) {
      const failure = await failureOf(
        lab.ecr.send(new PutLifecyclePolicyCommand({ repositoryName, lifecyclePolicyText })),
      );
      expect(failure.name).toBe('InvalidParameterException');
    }
  });

  const archive = { ...RULE, action: { type: 'transition', targetStorageClass: 'archive' } };
  const expireArchived = {
    ...RULE,
    rulePriority: 2,
    selection: {
      ...RULE.selection,
      tagStatus: 'any',
      storageClass: 'archive',
      countType: 'sinceImageTransitioned',
      countNumber: 365,
    },
  };
  const RULE_FOR_ARCHIVED = {
    ...expireArchived,
    rulePriority: 3,
    selection: { ...expireArchived.selection, tagStatus: 'tagged', tagPrefixList: ['a'] },
  };
  test.each([
    [
      'tag patterns',
      [{ ...RULE, selection: { ...ANY, tagStatus: 'tagged', tagPatternList: ['v*', 'release-*'] } }],
    ],
    [
      'other tags in each rule, and the same in another storage class',
      [
        { ...RULE, selection: { ...ANY, tagStatus: 'tagged', tagPrefixList: ['a'] } },
        { ...RULE, rulePriority: 2, selection: { ...ANY, tagStatus: 'tagged', tagPrefixList: ['a', 'b'] } },
        RULE_FOR_ARCHIVED,
      ],
    ],
    [
      'any in both storage classes',
      [{ ...archive, selection: { ...RULE.selection, tagStatus: 'any' } }, expireArchived],
    ],
  ])('may have %s', (_what, rules) => {
    expect(() => normalLifecyclePolicy(JSON.stringify({ rules }))).not.toThrow();
  });

  test.each([
    ['no rules', []],
    ['51 rules', Array.from({ length: 51 }, (_, at) => ({ ...RULE, rulePriority: at + 1 }))],
    ['two rules of one priority', [RULE, RULE]],
    [
      'any before others',
      [
        { ...RULE, selection: ANY },
        { ...RULE, rulePriority: 2 },
      ],
    ],
    ['two rules for untagged images', [RULE, { ...RULE, rulePriority: 2 }]],
    [
      'two rules for the same tags in another order',
      [
        { ...RULE, selection: { ...ANY, tagStatus: 'tagged', tagPatternList: ['a', 'b'] } },
        { ...RULE, rulePriority: 2, selection: { ...ANY, tagStatus: 'tagged', tagPatternList: ['b', 'a'] } },
      ],
    ],
    ['an explicit null', [{ ...RULE, action: { type: 'expire', targetStorageClass: null } }]],
    ['tagged without tags', [{ ...RULE, selection: { ...ANY, tagStatus: 'tagged' } }]],
    ['tags on untagged', [{ ...RULE, selection: { ...RULE.selection, tagPrefixList: ['a'] } }]],
    [
      'patterns and prefixes',
      [{ ...RULE, selection: { ...ANY, tagStatus: 'tagged', tagPatternList: ['a'], tagPrefixList: ['b'] } }],
    ],
    [
      'days without a unit',
      [{ ...RULE, selection: { tagStatus: 'any', countType: 'sinceImagePushed', countNumber: 1 } }],
    ],
    ['a unit without days', [{ ...RULE, selection: { ...ANY, countUnit: 'days' } }]],
    ['a count of none', [{ ...RULE, selection: { ...ANY, countNumber: 0 } }]],
    ['a transition to nowhere', [{ ...RULE, action: { type: 'transition' } }]],
    ['a foreign key', [{ ...RULE, colour: 'red' }]],
    [
      'an archive emptied after 30 days',
      [{ ...expireArchived, selection: { ...expireArchived.selection, countNumber: 30 } }],
    ],
  ])('may not have %s', (_what, rules) => {
    expect(() => normalLifecyclePolicy(JSON.stringify({ rules }))).toThrow(
      /^Invalid parameter at 'LifecyclePolicyText' failed to satisfy constraint: 'Lifecycle policy validation failure: /,
    );
  });
});
