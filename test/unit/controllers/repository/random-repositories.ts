import fc from 'fast-check';
import type { RepositorySpec } from '../../../../src/api/repository.generated.ts';
import type { Grant, LifecycleRule } from '../../../../src/api/shared.generated.ts';

type Settings = Partial<RepositorySpec>;

const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 2 });
const few = <T>(values: readonly T[]) =>
  fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: 3 });

const mutability: fc.Arbitrary<Settings> = fc.oneof(
  fc.constantFrom('MUTABLE', 'IMMUTABLE').map((tagMutability) => ({ tagMutability })),
  fc.record({
    tagMutability: fc.constantFrom('MUTABLE_WITH_EXCLUSION', 'IMMUTABLE_WITH_EXCLUSION'),
    tagMutabilityExclusionFilters: few(['latest', 'dev-*', 'v*', '*-rc*']),
  }),
) as fc.Arbitrary<Settings>;

const tags = fc.dictionary(fc.constantFrom('team', 'stage', 'cost'), fc.constantFrom('a', 'b', ''), {
  noNullPrototype: true,
});

const selection = fc.oneof(
  fc.constant({ tagStatus: 'untagged' }),
  fc.record({ tagStatus: fc.constant('tagged'), tagPrefixes: few(['v', 'dev', 'pr']) }),
  fc.record({ tagStatus: fc.constant('tagged'), tagPatterns: few(['v*', '*-rc', 'pr-*-*']) }),
);
const count = fc.oneof(
  fc.record({ countType: fc.constant('imageCountMoreThan'), countNumber: fc.integer({ min: 1, max: 999 }) }),
  fc.record({
    countType: fc.constantFrom('sinceImagePushed', 'sinceImagePulled'),
    countNumber: fc.integer({ min: 1, max: 999 }),
  }),
);
const rule = fc
  .tuple(selection, count, optional(fc.constantFrom('why', 'größe')))
  .map(([selected, counted, description]) => ({
    ...selected,
    ...counted,
    // What is counted since a pull can only be archived.
    action: counted.countType === 'sinceImagePulled' ? 'transition' : 'expire',
    ...(description ? { description } : {}),
  }));

/** No two for the same images, in any order of priorities. */
const rules: fc.Arbitrary<readonly LifecycleRule[]> = fc
  .uniqueArray(rule, {
    maxLength: 4,
    selector: ({ tagStatus, ...one }) =>
      [
        tagStatus,
        ...(('tagPrefixes' in one && one.tagPrefixes) || ('tagPatterns' in one && one.tagPatterns) || []),
      ]
        .map((tag) => tag.replace(/\*$/, ''))
        .sort()
        .join(),
  })
  .chain((list) =>
    fc
      .shuffledSubarray([1, 5, 20, 300], { minLength: list.length, maxLength: list.length })
      .map((priorities) => list.map((one, index) => ({ ...one, priority: priorities[index] ?? 0 }))),
  ) as fc.Arbitrary<readonly LifecycleRule[]>;

const grantees: readonly Grant['to'][] = [
  { accounts: ['111122223333'] },
  { accounts: ['111122223333', '222233334444'] },
  { roles: ['arn:aws:iam::111122223333:role/ci'] },
  { users: ['arn:aws:iam::111122223333:user/alice'] },
  { organization: 'o-a1b2c3d4e5' },
];
const grants: fc.Arbitrary<readonly Grant[]> = fc.uniqueArray(
  fc.record({
    name: fc.constantFrom('a', 'b-c', 'bc'),
    access: fc.constantFrom('Pull', 'Push', 'Read'),
    to: fc.constantFrom(...grantees),
  }),
  { maxLength: 3, selector: ({ name }) => name },
);

/** A statement as a person or Lambda puts it beside ours. */
const FOREIGN = [
  {
    Sid: 'LambdaECRImageRetrievalPolicy',
    Effect: 'Allow',
    Principal: { Service: 'lambda.amazonaws.com' },
    Action: 'ecr:BatchGetImage',
  },
  {
    Effect: 'Deny',
    Principal: '*',
    Action: ['ecr:DeleteRepository'],
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  },
];
export const foreignStatements = fc.subarray(FOREIGN);

const document = fc.subarray(FOREIGN, { minLength: 1 }).map((Statement) => ({
  document: JSON.stringify({ Version: '2012-10-17', Statement }),
}));

/** Any settings of a Repository that ECR takes, encryption excepted: it is decided when a repository is made. */
export const settings: fc.Arbitrary<Settings> = fc
  .tuple(
    optional(mutability),
    optional(fc.boolean()),
    optional(tags),
    optional(rules),
    optional(
      fc.oneof(
        grants.map((list) => ({ grants: list })),
        document.map((policy) => ({ policy })),
      ),
    ),
  )
  .map(([mutable = {}, scanOnPush, tagged, lifecycle, access = {}]) => ({
    ...mutable,
    ...(scanOnPush === undefined ? {} : { scanOnPush }),
    ...(tagged ? { tags: tagged } : {}),
    ...(lifecycle ? { lifecycle: { rules: lifecycle } } : {}),
    ...access,
  }));
