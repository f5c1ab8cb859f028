import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  covers,
  type Narrowed,
  narrowed,
  normalPatterns,
  type PullScope,
  patternsOf,
  scopeKey,
  sessionPolicy,
} from '../../../src/ecr/pull-scope.ts';
import { type Requester, refusal } from '../../lab/aws/policy-evaluation.ts';

const REGISTRY = { accountId: '123456789012', region: 'us-east-1' };
const ARN = 'arn:aws:ecr:us-east-1:123456789012:repository';

const repositories = (...patterns: string[]): PullScope => ({ kind: 'Repositories', patterns });

describe('a pattern', () => {
  test.each<[string, readonly string[], string, boolean]>([
    ['covers the repository of that name', ['team-a/web'], 'team-a/web', true],
    ['covers no other', ['team-a/web'], 'team-a/webs', false],
    ['with a star covers what is beneath', ['team-a/*'], 'team-a/web', true],
    ['with a star covers what is far beneath', ['team-a/*'], 'team-a/x/y', true],
    ['with a star covers not the name itself', ['team-a/*'], 'team-a', false],
    ['with a star covers no longer segment', ['team-a/*'], 'team-ab/web', false],
    ['with a star covers itself', ['team-a/*'], 'team-a/*', true],
    ['with a star covers a narrower one', ['team-a/*'], 'team-a/x/*', true],
    ['with a star is not covered by a narrower one', ['team-a/x/*'], 'team-a/*', false],
    ['of one name covers nothing beneath', ['team-a'], 'team-a/*', false],
    ['need only be covered by one of several', ['x', 'team-a/*'], 'team-a/web', true],
    ['is covered by nothing where nothing is', [], 'web', false],
  ])('%s', (_what, patterns, pattern, expected) => {
    expect(covers(patterns, pattern)).toBe(expected);
  });

  test.each<[string, readonly string[], readonly string[]]>([
    ['are sorted, so that order says nothing', ['b', 'a'], ['a', 'b']],
    ['are there once', ['a', 'a'], ['a']],
    ['lose those that a wider one covers', ['t/web', 't/x/*', 't/*', 't/x/y'], ['t/*']],
    ['keep the name beside what is beneath it', ['t/*', 't'], ['t', 't/*']],
    [
      'keep what only looks covered',
      ['t/*', 't-a/web', 't.a/web', 't0/web'],
      ['t-a/web', 't.a/web', 't/*', 't0/web'],
    ],
  ])('lists %s', (_what, patterns, normal) => {
    expect(normalPatterns(patterns)).toEqual(normal);
  });

  test('lists mean after all that what they did before, and hold nothing that could go', () => {
    const segment = fc.constantFrom('a', 'a-b', 'a.b', 'b');
    const path = fc.array(segment, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'));
    const pattern = fc.tuple(path, fc.constantFrom('', '/*')).map(([start, end]) => start + end);
    fc.assert(
      fc.property(fc.array(pattern, { maxLength: 8 }), pattern, (patterns, asked) => {
        const normal = normalPatterns(patterns);
        expect(covers(normal, asked)).toBe(covers(patterns, asked));
        expect(
          normal.filter((one) =>
            covers(
              normal.filter((other) => other !== one),
              one,
            ),
          ),
        ).toEqual([]);
        expect(normalPatterns([...patterns].reverse())).toEqual(normal);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('the key of a scope', () => {
  test.each<[string, PullScope, string]>([
    ['is empty for the whole registry', { kind: 'Registry' }, ''],
    ['names ECR Public', { kind: 'Public' }, 'public.ecr.aws'],
    ['is the normal patterns', repositories('b', 't/web', 't/*', 'b'), 'b,t/*'],
    ['is another for a private repository of that name', repositories('public.ecr.aws'), 'public.ecr.aws,'],
  ])('%s', (_what, scope, key) => {
    expect(scopeKey(scope)).toBe(key);
  });

  test.each<[PullScope, readonly string[] | undefined]>([
    [{ kind: 'Registry' }, undefined],
    [{ kind: 'Public' }, []],
    [repositories('b', 'a/*', 'a/x'), ['a/*', 'b']],
    [repositories('public.ecr.aws'), ['public.ecr.aws']],
  ])('of %j tells its patterns', (scope, patterns) => {
    expect(patternsOf(scopeKey(scope))).toEqual(patterns);
  });
});

describe('what is asked for and what is allowed', () => {
  test.each<[string, string[] | undefined, string[] | undefined, Narrowed]>([
    ['without limits is the whole registry', undefined, undefined, { scope: { kind: 'Registry' } }],
    ['without a wish is all that is allowed', undefined, ['t/*', 't'], { scope: repositories('t', 't/*') }],
    ['without a limit is the wish', ['b', 'a', 'a'], undefined, { scope: repositories('a', 'b') }],
    ['inside the limit is the wish', ['t/web'], ['t', 't/*'], { scope: repositories('t/web') }],
    ['may be just the limit', ['t/*', 't'], ['t', 't/*'], { scope: repositories('t', 't/*') }],
    ['outside the limit is refused', ['x', 't/web', 'a'], ['t', 't/*'], { outside: ['a', 'x'] }],
    ['wider than the limit is refused, not cut down', ['t/*'], ['t/a', 't/a/*'], { outside: ['t/*'] }],
  ])('%s', (_what, asked, allowed, expected) => {
    expect(narrowed(asked, allowed)).toEqual(expected);
  });
});

describe('the session policy', () => {
  const PULL =
    '["ecr:GetAuthorizationToken","ecr:BatchCheckLayerAvailability","ecr:GetDownloadUrlForLayer","ecr:BatchGetImage","ecr:BatchImportUpstreamImage","ecr:CreateRepository","ecr:TagResource"]';
  const around = (resources: string) =>
    `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"ecr:*","Resource":"*"},{"Effect":"Deny","NotAction":"ecr:GetAuthorizationToken","NotResource":${resources}},{"Effect":"Deny","NotAction":${PULL},"Resource":"*"}]}`;

  test.each<[string, PullScope, string]>([
    ['of some repositories', repositories('t/web', 'b/*'), `["${ARN}/b/*","${ARN}/t/web"]`],
    ['of one', repositories('t/web'), `"${ARN}/t/web"`],
    ['of the whole registry', { kind: 'Registry' }, `"${ARN}/*"`],
  ])('%s has each ARN once', (_what, scope, resources) => {
    expect(sessionPolicy(REGISTRY, scope)).toBe(around(resources));
  });

  test('leaves the list of ARNs 1,561 of 2,048 characters: scopes that fitted once still do', () => {
    expect(around('').length + 1_561).toBeLessThanOrEqual(2_048);
  });

  test('of ECR Public has the two actions that a token takes', () => {
    const actions = '["ecr-public:GetAuthorizationToken","sts:GetServiceBearerToken"]';
    expect(sessionPolicy(REGISTRY, { kind: 'Public' })).toBe(
      `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":${actions},"Resource":"*"},{"Effect":"Deny","NotAction":${actions},"Resource":"*"}]}`,
    );
  });

  test('F19: has the ARNs of the partition', () => {
    const china = { accountId: '123456789012', region: 'cn-north-1' };
    expect(sessionPolicy(china, repositories('web'))).toContain(
      '"arn:aws-cn:ecr:cn-north-1:123456789012:repository/web"',
    );
  });

  /** A role that may do everything, in the session that the policy narrows. */
  const session = (scope: PullScope): Requester => ({
    accountId: '123456789012',
    arn: 'arn:aws:sts::123456789012:assumed-role/pull/ecr-operator',
    principalArn: 'arn:aws:iam::123456789012:role/pull',
    policies: undefined,
    sessionPolicy: sessionPolicy(REGISTRY, scope),
  });
  const TEAM = repositories('t/web', 'b/*');

  test.each<[string, PullScope, string, string, boolean]>([
    ['a pull inside the scope', TEAM, 'ecr:BatchGetImage', `${ARN}/t/web`, true],
    ['a pull beneath a prefix', TEAM, 'ecr:GetDownloadUrlForLayer', `${ARN}/b/x/y`, true],
    ['the first pull through a cache', TEAM, 'ecr:BatchImportUpstreamImage', `${ARN}/b/x`, true],
    ['the repository of a cache', TEAM, 'ecr:CreateRepository', `${ARN}/b/x`, true],
    ['the tags of a template', TEAM, 'ecr:TagResource', `${ARN}/b/x`, true],
    ['a repository outside', TEAM, 'ecr:CreateRepository', `${ARN}/x/y`, false],
    ['the token itself', TEAM, 'ecr:GetAuthorizationToken', '*', true],
    ['a pull outside', TEAM, 'ecr:BatchGetImage', `${ARN}/t/webs`, false],
    ['a push inside', TEAM, 'ecr:PutImage', `${ARN}/t/web`, false],
    ['anything else of ECR', TEAM, 'ecr:DeleteRepository', `${ARN}/t/web`, false],
    ['anything of another service', TEAM, 's3:GetObject', 'arn:aws:s3:::b/k', false],
    ['a pull from anywhere in the registry', { kind: 'Registry' }, 'ecr:BatchGetImage', `${ARN}/x/y`, true],
    [
      'a pull from another registry',
      { kind: 'Registry' },
      'ecr:BatchGetImage',
      'arn:aws:ecr:us-east-1:210987654321:repository/x',
      false,
    ],
    ['a push', { kind: 'Registry' }, 'ecr:PutImage', `${ARN}/x`, false],
    ['a token of ECR Public', { kind: 'Public' }, 'ecr-public:GetAuthorizationToken', '*', true],
    ['its bearer token', { kind: 'Public' }, 'sts:GetServiceBearerToken', '*', true],
    ['a token of a private registry', { kind: 'Public' }, 'ecr:GetAuthorizationToken', '*', false],
  ])('decides over %s', (_what, scope, action, resource, allowed) => {
    expect(refusal(session(scope), { action, resource }) === undefined).toBe(allowed);
  });

  test.each([
    ['the session', 'arn:aws:sts::123456789012:assumed-role/pull/ecr-operator'],
    ['the role', 'arn:aws:iam::123456789012:role/pull'],
    ['everybody', '*'],
  ])('holds against a repository policy that lets %s do everything', (_who, principal) => {
    const policyText = JSON.stringify({
      Statement: [{ Effect: 'Allow', Principal: { AWS: principal }, Action: 'ecr:*' }],
    });
    const resource = { accountId: '123456789012', policyText };
    const asked = [
      { action: 'ecr:BatchGetImage', resource: `${ARN}/other` },
      { action: 'ecr:PutImage', resource: `${ARN}/t/web` },
    ];
    expect(asked.map((request) => refusal(session(TEAM), request, resource))).toEqual([
      'with an explicit deny in a session policy',
      'with an explicit deny in a session policy',
    ]);
  });
});
