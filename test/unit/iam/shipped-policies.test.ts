import { describe, expect, test } from '@jest/globals';
import { parsePolicy } from '../../lab/aws/policy-document.ts';
import { refusal } from '../../lab/aws/policy-evaluation.ts';
import { allowedBy, shippedPolicies, shippedPolicy } from '../../lab/shipped-policies.ts';

test('a prefix makes a pattern for single repositories, and leaves the list of all', () => {
  const allowed = allowedBy(shippedPolicy('repositories', { PREFIX: 'team-a/' }));
  expect(allowed).toEqual(
    expect.arrayContaining([
      'ecr:DescribeRepositories repository/NAME',
      'ecr:DescribeRepositories repository/*',
      'ecr:CreateRepository repository/NAME',
    ]),
  );
  expect(allowed).not.toContain('ecr:CreateRepository repository/*');
});

/** Whether a policy, filled in for team-a in us-east-1, allows an action on a resource. */
function allows(
  name: string,
  action: string,
  resource: string,
  context: Readonly<Record<string, string>> = {},
) {
  const values = { PREFIX: 'team-a/', REGION: 'us-east-1' };
  const who = {
    accountId: '123456789012',
    arn: 'arn:aws:sts::123456789012:assumed-role/ecr-operator/x',
    principalArn: 'arn:aws:iam::123456789012:role/ecr-operator',
    policies: [shippedPolicy(name, values).text],
    sessionPolicy: undefined,
  };
  return (
    refusal(who, { action, resource, context: { 'aws:RequestedRegion': 'us-east-1', ...context } }) ===
    undefined
  );
}

const repository = (name: string, region = 'us-east-1', account = '123456789012') =>
  `arn:aws:ecr:${region}:${account}:repository/${name}`;

test.each([
  ['a repository beneath the prefix', 'repositories', 'ecr:CreateRepository', repository('team-a/web'), true],
  ['one outside of it', 'repositories', 'ecr:CreateRepository', repository('team-b/web'), false],
  [
    'one whose name only begins alike',
    'repositories',
    'ecr:DeleteRepository',
    repository('team-ab/web'),
    false,
  ],
  ['another region', 'repositories', 'ecr:CreateRepository', repository('team-a/web', 'eu-west-1'), false],
  [
    'another account',
    'pull-only',
    'ecr:BatchGetImage',
    repository('team-a/web', 'us-east-1', '999999999999'),
    false,
  ],
  ['the list of all', 'repositories', 'ecr:DescribeRepositories', repository('*'), true],
  ['images', 'repositories', 'ecr:BatchDeleteImage', repository('team-a/web'), false],
  ['a pull', 'pull-only', 'ecr:BatchGetImage', repository('team-a/web'), true],
  ['a push', 'pull-only', 'ecr:PutImage', repository('team-a/web'), false],
  ['settings', 'registry-settings', 'ecr:PutReplicationConfiguration', '*', true],
])('%s: %s, %s on %s: %s', (_, name, action, resource, allowed) => {
  expect(allows(name, action, resource)).toBe(allowed);
});

test.each(['registry-settings', 'pull-through-cache', 'creation-templates'])(
  '%s speaks of one region where one is given',
  (name) => {
    const [{ Action = [] } = {}] = shippedPolicy(name).statements;
    for (const action of [Action].flat()) {
      expect(allows(name, action, '*')).toBe(true);
      expect(allows(name, action, '*', { 'aws:RequestedRegion': 'eu-west-1' })).toBe(false);
    }
  },
);

describe('repositories-owned.json', () => {
  const owner = 'ecr-operator.io/owner';
  const tagged = (value: string) => ({ [`aws:ResourceTag/${owner}`]: value });
  const asking = (value: string) => ({ [`aws:RequestTag/${owner}`]: value });
  const may = (action: string, context: Readonly<Record<string, string>>) =>
    allows('repositories-owned', `ecr:${action}`, repository('team-a/web'), context);

  test.each([
    ['creates with its own owner tag', 'CreateRepository', asking('production/team-a/web'), true],
    ['creates without', 'CreateRepository', {}, false],
    ['creates in the name of another cluster', 'CreateRepository', asking('staging/team-a/web'), false],
    ['changes what is its own', 'SetRepositoryPolicy', tagged('production/team-a/web'), true],
    ['changes what nobody owns', 'SetRepositoryPolicy', {}, false],
    ['deletes what another cluster owns', 'DeleteRepository', tagged('staging/team-a/web'), false],
    ['deletes what a cluster of a longer name owns', 'DeleteRepository', tagged('production-2/a/web'), false],
    ['takes over what nobody owns', 'TagResource', asking('production/team-a/web'), true],
    ['reads what another cluster owns', 'ListTagsForResource', tagged('staging/team-a/web'), true],
    ['tags what is its own', 'TagResource', tagged('production/team-a/web'), true],
    [
      'takes over what another cluster owns',
      'TagResource',
      { ...tagged('staging/a/web'), ...asking('production/a/web') },
      false,
    ],
  ])('%s: %s', (_, action, context, allowed) => {
    expect(may(action, context as Readonly<Record<string, string>>)).toBe(allowed);
  });
});

test.each(shippedPolicies().filter(({ isTrust }) => !isTrust))(
  '$name is a policy as AWS takes it',
  ({ text }) => {
    expect(
      parsePolicy(text).every(({ resources, actions }) => resources.length > 0 && actions.length > 0),
    ).toBe(true);
  },
);

describe('trust policies', () => {
  /** Whether `who`, by his principal's ARN or the simulator's word for a service, gets through a trust policy. */
  function trusts(name: string, who: string, action: string, context: Readonly<Record<string, string>>) {
    const caller = {
      accountId: 'nobody',
      arn: who,
      principalArn: who,
      policies: [],
      sessionPolicy: undefined,
    };
    const resource = 'arn:aws:iam::123456789012:role/ecr-operator';
    const trust = { accountId: 'nobody', policyText: shippedPolicy(name).text };
    return refusal(caller, { action: `sts:${action}`, resource, context }, trust) === undefined;
  }
  const provider = 'oidc.eks.us-east-1.amazonaws.com/id/EXAMPLE';
  const federated = `federated:arn:aws:iam::123456789012:oidc-provider/${provider}`;
  const claims = (sub: string, aud = 'sts.amazonaws.com') => ({
    [`${provider}:sub`]: sub,
    [`${provider}:aud`]: aud,
  });
  const tags = (namespace: string, account: string) => ({
    'aws:RequestTag/kubernetes-namespace': namespace,
    'aws:RequestTag/kubernetes-service-account': account,
  });
  const pods = 'service:pods.eks.amazonaws.com';
  const operator = 'arn:aws:iam::123456789012:role/ecr-operator';
  const external = (id: string) => ({ 'sts:ExternalId': id });
  const web = 'AssumeRoleWithWebIdentity';
  const ours = 'system:serviceaccount:ecr-operator:ecr-operator';

  test.each([
    ['IRSA: the operator', 'trust-irsa', federated, web, claims(ours), 'in'],
    [
      'IRSA: another account',
      'trust-irsa',
      federated,
      web,
      claims('system:serviceaccount:ecr-operator:x'),
      'out',
    ],
    [
      'IRSA: another namespace',
      'trust-irsa',
      federated,
      web,
      claims('system:serviceaccount:x:ecr-operator'),
      'out',
    ],
    ['IRSA: a token for somebody else', 'trust-irsa', federated, web, claims(ours, 'vault'), 'out'],
    ['IRSA: another provider', 'trust-irsa', `${federated}2`, web, claims(ours), 'out'],
    [
      'Pod Identity: the operator',
      'trust-pod-identity',
      pods,
      'AssumeRole',
      tags('ecr-operator', 'ecr-operator'),
      'in',
    ],
    [
      'Pod Identity: its tags',
      'trust-pod-identity',
      pods,
      'TagSession',
      tags('ecr-operator', 'ecr-operator'),
      'in',
    ],
    [
      'Pod Identity: another namespace',
      'trust-pod-identity',
      pods,
      'AssumeRole',
      tags('x', 'ecr-operator'),
      'out',
    ],
    [
      'Pod Identity: another account',
      'trust-pod-identity',
      pods,
      'AssumeRole',
      tags('ecr-operator', 'x'),
      'out',
    ],
    ['Pod Identity: without tags', 'trust-pod-identity', pods, 'AssumeRole', {}, 'out'],
    ['a role: the operator', 'trust-role', operator, 'AssumeRole', external('ecr-operator'), 'in'],
    ['a role: its session tags', 'trust-role', operator, 'TagSession', {}, 'in'],
    ['a role: a wrong external id', 'trust-role', operator, 'AssumeRole', external('x'), 'out'],
    ['a role: no external id', 'trust-role', operator, 'AssumeRole', {}, 'out'],
    ['a role: another role', 'trust-role', `${operator}2`, 'AssumeRole', external('ecr-operator'), 'out'],
  ])('%s', (_, name, who, action, context, where) => {
    const known = context as Readonly<Record<string, string>>;
    expect(trusts(name, who, action, known) ? 'in' : 'out').toBe(where);
  });
});
