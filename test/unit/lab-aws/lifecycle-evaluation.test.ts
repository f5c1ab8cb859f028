import { describe, expect, test } from '@jest/globals';
import { digestOf } from '../../lab/aws/image-state.ts';
import { evaluateLifecycle } from '../../lab/aws/lifecycle-evaluation.ts';
import type { Image } from '../../lab/aws/registry-state.ts';
import { ACCOUNT, REGION, simulate } from './simulated-clients.ts';

const NOW = new Date('2026-01-01T00:00:00.000Z');
const daysAgo = (days: number): Date => new Date(NOW.getTime() - days * 86_400_000);

/** Images by name, with their tags and their age in days. */
const IMAGES: Readonly<Record<string, Partial<Image>>> = {
  'prod-old': { tags: new Set(['prod-1']), pushedAt: daysAgo(40) },
  'prod-new': { tags: new Set(['prod-2', 'beta']), pushedAt: daysAgo(3), lastPulledAt: daysAgo(1) },
  'beta-old': { tags: new Set(['beta-1']), pushedAt: daysAgo(30), lastPulledAt: daysAgo(2) },
  'bare-old': { pushedAt: daysAgo(20) },
  'bare-new': { pushedAt: daysAgo(1) },
  restored: { tags: new Set(['kept']), pushedAt: daysAgo(300), activatedAt: daysAgo(5) },
  archived: {
    tags: new Set(['prod-0']),
    pushedAt: daysAgo(500),
    status: 'ARCHIVED',
    archivedAt: daysAgo(100),
  },
};

const days = (countType: string, countNumber: number) => ({ countType, countUnit: 'days', countNumber });
const more = (countNumber: number) => ({ countType: 'imageCountMoreThan', countNumber });
const tagged = (selection: object) => ({ tagStatus: 'tagged', ...selection });
const EXPIRE = { type: 'expire' };
const ARCHIVE = { type: 'transition', targetStorageClass: 'archive' };

async function taken(rules: readonly (readonly [object, object])[]): Promise<readonly string[]> {
  await using lab = await simulate();
  const handle = lab.aws.as(ACCOUNT, REGION);
  const repository = handle.addRepository('team/app');
  for (const [name, image] of Object.entries(IMAGES)) {
    handle.addImage('team/app', { ...image, digest: digestOf(name) });
  }
  const whole = rules.map(([selection, action], at) => ({ rulePriority: 10 * (at + 1), selection, action }));
  const nameOf = (digest: string) => Object.keys(IMAGES).find((name) => digestOf(name) === digest);
  return evaluateLifecycle(repository, JSON.stringify({ rules: whole }), NOW).map(
    ({ image, action, rulePriority }) => `${rulePriority} ${action} ${nameOf(image.digest)}`,
  );
}

describe('a lifecycle policy takes', () => {
  test.each<[string, readonly (readonly [object, object])[], readonly string[]]>([
    [
      'untagged images by age',
      [[{ tagStatus: 'untagged', ...days('sinceImagePushed', 14) }, EXPIRE]],
      ['bare-old'],
    ],
    ['none of exactly that age', [[{ tagStatus: 'untagged', ...days('sinceImagePushed', 20) }, EXPIRE]], []],
    ['the oldest beyond a count', [[{ tagStatus: 'untagged', ...more(1) }, EXPIRE]], ['bare-old']],
    ['none when there are no more than the count', [[{ tagStatus: 'untagged', ...more(2) }, EXPIRE]], []],
    [
      'what has a tag of each prefix',
      [[tagged({ tagPrefixList: ['prod', 'beta'], ...more(0) }), EXPIRE]],
      ['prod-new'],
    ],
    [
      'what has a tag of each pattern',
      [[tagged({ tagPatternList: ['*-2', 'b*a'], ...more(0) }), EXPIRE]],
      ['prod-new'],
    ],
    [
      'a tag that equals a pattern without wildcard',
      [[tagged({ tagPatternList: ['beta'], ...more(0) }), EXPIRE]],
      ['prod-new'],
    ],
    [
      'what was not pulled for long, from the push when never pulled, from the restoring when restored',
      [[{ tagStatus: 'any', ...days('sinceImagePulled', 10) }, ARCHIVE]],
      ['prod-old', 'bare-old'],
    ],
    [
      'archived images by the time of archiving, and no others',
      [[{ tagStatus: 'any', storageClass: 'archive', ...days('sinceImageTransitioned', 90) }, EXPIRE]],
      ['archived'],
    ],
    [
      'archived images not before their time',
      [[{ tagStatus: 'any', storageClass: 'archive', ...days('sinceImageTransitioned', 101) }, EXPIRE]],
      [],
    ],
  ])('%s', async (_what, rules, names) => {
    expect((await taken(rules)).map((one) => one.split(' ')[2])).toEqual(names);
  });

  test('no image by two rules, nor one that fits an earlier rule and stays by it', async () => {
    expect(
      await taken([
        [tagged({ tagPrefixList: ['prod'], ...days('sinceImagePushed', 35) }), ARCHIVE],
        [tagged({ tagPrefixList: ['beta'], ...more(1) }), EXPIRE],
        [{ tagStatus: 'any', ...days('sinceImagePushed', 2) }, EXPIRE],
      ]),
    ).toEqual([
      '10 TRANSITION prod-old',
      // prod-new is the youngest with beta: it is counted, though only the first rule speaks of it.
      '20 EXPIRE beta-old',
      '30 EXPIRE bare-old',
      '30 EXPIRE restored',
    ]);
  });

  test('no image that a manifest list names', async () => {
    await using lab = await simulate();
    const handle = lab.aws.as(ACCOUNT, REGION);
    const repository = handle.addRepository('team/app');
    const manifest = JSON.stringify({ manifests: [{ digest: digestOf('child') }] });
    handle.addImage('team/app', { digest: digestOf('child') });
    handle.addImage('team/app', { digest: digestOf('stray') });
    handle.addImage('team/app', { digest: digestOf('list'), tags: new Set(['v1']), manifest });
    const rules = [{ rulePriority: 1, selection: { tagStatus: 'untagged', ...more(0) }, action: EXPIRE }];
    const marks = evaluateLifecycle(repository, JSON.stringify({ rules }), NOW);
    expect(marks.map((one) => one.image.digest)).toEqual([digestOf('stray')]);
  });
});
