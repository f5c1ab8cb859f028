import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { LifecycleRule } from '../../../src/api/shared.generated.ts';
import { waitFor } from '../../lab/wait-for.ts';
import { type EcrLab, type RepositorySettings, startEcrLab } from './ecr-lab.ts';

const NAMESPACE = 'rules';

jest.setTimeout(60_000);

let lab: EcrLab;

beforeAll(async () => {
  lab = await startEcrLab();
  await lab.namespace(NAMESPACE);
}, 600_000);

afterAll(async () => {
  await lab?.stop();
});

const ready = async (name: string, settings: RepositorySettings) =>
  lab.settled(await lab.repository(NAMESPACE, name, { registryRef: { name: 'open' }, ...settings }));

interface HeldRule {
  readonly rulePriority: number;
  readonly selection: { readonly countNumber: number };
}
const rulesOf = (name: string): readonly HeldRule[] =>
  JSON.parse(lab.held(name).lifecycle?.text ?? '{"rules":[]}').rules;

const RULES: readonly (readonly [string, Omit<LifecycleRule, 'priority'>])[] = [
  ['untagged', { tagStatus: 'untagged', countType: 'sinceImagePushed', countNumber: 7, action: 'expire' }],
  ['any', { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: 7, action: 'expire' }],
  [
    'tagPrefixes',
    {
      tagStatus: 'tagged',
      tagPrefixes: ['v', 'rc'],
      countType: 'imageCountMoreThan',
      countNumber: 7,
      action: 'expire',
    },
  ],
  [
    'tagPatterns',
    {
      tagStatus: 'tagged',
      tagPatterns: ['v*', '*-rc'],
      countType: 'imageCountMoreThan',
      countNumber: 7,
      action: 'expire',
    },
  ],
  [
    'sinceImagePulled',
    { tagStatus: 'any', countType: 'sinceImagePulled', countNumber: 7, action: 'transition' },
  ],
  [
    'sinceImageTransitioned',
    {
      tagStatus: 'any',
      storageClass: 'archive',
      countType: 'sinceImageTransitioned',
      countNumber: 97,
      action: 'expire',
    },
  ],
  [
    'description',
    {
      tagStatus: 'any',
      description: 'weekly',
      countType: 'imageCountMoreThan',
      countNumber: 7,
      action: 'expire',
    },
  ],
];

describe('lifecycle.rules', () => {
  test.each(RULES)('with %s are put, changed, put right, left alone, and taken away', async (what, rule) => {
    const name = `rule-${what.toLowerCase()}`;
    const look = () => rulesOf(name).map(({ selection }) => selection.countNumber);
    const put = (countNumber: number) =>
      ready(name, { lifecycle: { rules: [{ ...rule, priority: 1, countNumber }] } });
    await put(rule.countNumber);
    expect(look()).toEqual([rule.countNumber]);
    expect(lab.held(name).lifecycle?.text).not.toContain('null');
    await put(99);
    expect(look()).toEqual([99]);
    lab.ecr.call('DeleteLifecyclePolicy', { repositoryName: name });
    await lab.pass(NAMESPACE, name);
    expect(look()).toEqual([99]);
    lab.aws.actions.clear();
    await lab.pass(NAMESPACE, name);
    expect(lab.aws.actions.writes()).toEqual([]);
    await ready(name, {});
    expect(look()).toEqual([99]);
    await ready(name, { lifecycle: { rules: [] } });
    expect(lab.held(name).lifecycle).toBeUndefined();
  });

  test('are put in the order of their priorities, however they are written', async () => {
    const rule = { countType: 'imageCountMoreThan', countNumber: 1, action: 'expire' } as const;
    await ready('order', {
      lifecycle: {
        rules: [
          { ...rule, priority: 30, tagStatus: 'any' },
          { ...rule, priority: 4, tagStatus: 'untagged' },
        ],
      },
    });
    expect(rulesOf('order').map(({ rulePriority }) => rulePriority)).toEqual([4, 30]);
  });
});

test('what only ECR can judge comes back in its words', async () => {
  const rule = {
    tagStatus: 'tagged',
    countType: 'imageCountMoreThan',
    countNumber: 1,
    action: 'expire',
  } as const;
  const object = await lab.repository(NAMESPACE, 'judged', {
    registryRef: { name: 'open' },
    scanOnPush: true,
    lifecycle: {
      rules: [
        { ...rule, priority: 1, tagPrefixes: ['v'] },
        { ...rule, priority: 2, tagPrefixes: ['v'] },
      ],
    },
  });
  const refused = await lab.settled(object, 'InvalidParameter');
  const ready = refused.status?.conditions?.find(({ type }) => type === 'Ready');
  expect(ready?.message).toMatch(
    /ecr:PutLifecyclePolicy on .*InvalidParameterException: [\s\S]*\(request id /,
  );
  await waitFor(() => lab.held('judged').scanOnPush, { what: 'the other settings' });
});
