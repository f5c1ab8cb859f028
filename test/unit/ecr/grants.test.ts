import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Grant } from '../../../src/api/shared.generated.ts';
import { grantSid, grantStatements, grantsBeyondAccount, isOwnSid } from '../../../src/ecr/grants.ts';

const OWN = '123456789012';
const OTHER = '210987654321';
const ACCOUNT = { accountId: OWN, partition: 'aws' };
const PULL = ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'];

function grant(to: Grant['to'], access: Grant['access'] = 'Pull'): Grant {
  return { name: 'partner', access, to };
}

function statement(to: Grant['to'], partition = 'aws'): object {
  const { Sid: _, Effect, Action, ...rest } = grantStatements([grant(to)], partition)[0] ?? {};
  return rest;
}

describe('the grantee of a statement', () => {
  const functions = `arn:aws:lambda:us-east-1:${OTHER}:function:*`;
  const project = `arn:aws:codebuild:us-east-1:${OWN}:project/web`;
  test.each<[string, Grant['to'], object]>([
    [
      'is the root of each account',
      { accounts: [OWN, OTHER] },
      { Principal: { AWS: [`arn:aws:iam::${OWN}:root`, `arn:aws:iam::${OTHER}:root`] } },
    ],
    [
      'is each role',
      { roles: [`arn:aws:iam::${OTHER}:role/ci`] },
      { Principal: { AWS: [`arn:aws:iam::${OTHER}:role/ci`] } },
    ],
    [
      'is each user',
      { users: [`arn:aws:iam::${OTHER}:user/alice`] },
      { Principal: { AWS: [`arn:aws:iam::${OTHER}:user/alice`] } },
    ],
    [
      'is everybody of an organization',
      { organization: 'o-a1b2c3d4e5' },
      { Principal: '*', Condition: { StringEquals: { 'aws:PrincipalOrgID': ['o-a1b2c3d4e5'] } } },
    ],
    [
      'is Lambda for certain functions',
      { service: 'lambda', sourceArns: [functions] },
      {
        Principal: { Service: 'lambda.amazonaws.com' },
        Condition: { StringLike: { 'aws:SourceArn': [functions] } },
      },
    ],
    [
      'is Lambda for the functions of certain accounts, by their ARNs',
      { service: 'lambda', sourceAccounts: [OTHER] },
      {
        Principal: { Service: 'lambda.amazonaws.com' },
        Condition: { ArnLike: { 'aws:SourceArn': [`arn:aws:lambda:*:${OTHER}:function:*`] } },
      },
    ],
    [
      'is Lambda for what both lists have',
      { service: 'lambda', sourceAccounts: [OTHER], sourceArns: [functions] },
      {
        Principal: { Service: 'lambda.amazonaws.com' },
        Condition: {
          StringLike: { 'aws:SourceArn': [functions] },
          ArnLike: { 'aws:SourceArn': [`arn:aws:lambda:*:${OTHER}:function:*`] },
        },
      },
    ],
    [
      'is CodeBuild for certain accounts',
      { service: 'codebuild', sourceAccounts: [OWN] },
      {
        Principal: { Service: 'codebuild.amazonaws.com' },
        Condition: { StringEquals: { 'aws:SourceAccount': [OWN] } },
      },
    ],
    [
      'is CodeBuild for what both lists have',
      { service: 'codebuild', sourceAccounts: [OWN], sourceArns: [project] },
      {
        Principal: { Service: 'codebuild.amazonaws.com' },
        Condition: {
          StringLike: { 'aws:SourceArn': [project] },
          StringEquals: { 'aws:SourceAccount': [OWN] },
        },
      },
    ],
  ])('%s', (_what, to, expected) => {
    expect(statement(to)).toStrictEqual(expected);
  });

  test('is named as its partition has it', () => {
    expect(statement({ accounts: [OWN] }, 'aws-cn')).toEqual({
      Principal: { AWS: [`arn:aws-cn:iam::${OWN}:root`] },
    });
    expect(statement({ service: 'lambda', sourceAccounts: [OWN] }, 'aws-cn')).toEqual({
      Principal: { Service: 'lambda.amazonaws.com' },
      Condition: { ArnLike: { 'aws:SourceArn': [`arn:aws-cn:lambda:*:${OWN}:function:*`] } },
    });
  });
});

describe('what a grant allows', () => {
  function actions(access: Grant['access'], to: Grant['to'] = { accounts: [OTHER] }): readonly string[] {
    const [one] = grantStatements([grant(to, access)], 'aws');
    expect(one?.Effect).toBe('Allow');
    return one?.Action ?? [];
  }

  test('with Pull is pulling', () => {
    expect(actions('Pull')).toEqual(PULL);
  });

  test('with Push is pushing and pulling', () => {
    expect(actions('Push')).toEqual([
      ...PULL,
      'ecr:CompleteLayerUpload',
      'ecr:InitiateLayerUpload',
      'ecr:PutImage',
      'ecr:UploadLayerPart',
    ]);
  });

  test('with Read is looking, neither pulling nor reading policies', () => {
    expect(actions('Read')).toEqual([
      'ecr:BatchGetRepositoryScanningConfiguration',
      'ecr:DescribeImageScanFindings',
      'ecr:DescribeImages',
      'ecr:DescribeRepositories',
      'ecr:ListImageReferrers',
      'ecr:ListImages',
      'ecr:ListTagsForResource',
    ]);
  });

  test('to a service is what the service pulls with', () => {
    const sourceAccounts = [OTHER];
    expect(actions('Pull', { service: 'lambda', sourceAccounts })).toEqual([
      'ecr:BatchGetImage',
      'ecr:GetDownloadUrlForLayer',
    ]);
    expect(actions('Pull', { service: 'codebuild', sourceAccounts })).toEqual(PULL);
  });
});

describe('the Sid of a statement', () => {
  test('has the letters and digits of the name, and a hash of the whole of it', () => {
    expect(grantSid('team-b')).toBe('EcrOperatorteambe618ceaa');
  });

  test('tells names apart that have the same letters', () => {
    expect(grantSid('a-b')).not.toBe(grantSid('ab'));
  });

  test('is one of ours, and one that IAM takes, for any name', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-zA-Z0-9]([-a-zA-Z0-9]{0,61}[a-zA-Z0-9])?$/), (name) => {
        const sid = grantSid(name);
        expect(isOwnSid(sid)).toBe(true);
        expect(sid).toMatch(/^[A-Za-z0-9]{1,128}$/);
      }),
    );
  });

  test.each([
    '',
    'LambdaECRImageRetrievalPolicy',
    'EcrOperator',
    'EcrOperatorAccess',
    'xEcrOperatorteambe618ceaa',
  ])('of others is not ours: "%s"', (sid) => {
    expect(isOwnSid(sid)).toBe(false);
  });

  test('is another for each of several grants, which keep their order', () => {
    const grants = ['b', 'a', 'c'].map((name) => ({ ...grant({ accounts: [OTHER] }), name }));
    expect(grantStatements(grants, 'aws').map(({ Sid }) => Sid)).toEqual(['b', 'a', 'c'].map(grantSid));
  });
});

describe('grants stay within the account', () => {
  test.each<[string, Grant['to']]>([
    ['to the account itself', { accounts: [OWN] }],
    ['to its roles', { roles: [`arn:aws:iam::${OWN}:role/path/ci`] }],
    ['to its users', { users: [`arn:aws:iam::${OWN}:user/alice`] }],
    ['to Lambda for the account', { service: 'lambda', sourceAccounts: [OWN] }],
    [
      'to Lambda for its functions',
      { service: 'lambda', sourceArns: [`arn:aws:lambda:us-east-1:${OWN}:function:*`] },
    ],
  ])('%s', (_what, to) => {
    expect(grantsBeyondAccount([grant(to)], ACCOUNT)).toBe(false);
  });

  test('where there are none', () => {
    expect(grantsBeyondAccount([], ACCOUNT)).toBe(false);
  });
});

describe('grants go beyond the account', () => {
  test.each<[string, Grant['to']]>([
    ['to another account', { accounts: [OWN, OTHER] }],
    ['to a role of another', { roles: [`arn:aws:iam::${OTHER}:role/${OWN}`] }],
    ['to a user of another', { users: [`arn:aws:iam::${OTHER}:user/alice`] }],
    ['to a role of that number in another partition', { roles: [`arn:aws-cn:iam::${OWN}:role/x`] }],
    [
      'to a service for functions in another partition',
      { service: 'lambda', sourceArns: [`arn:aws-us-gov:lambda:us-gov-west-1:${OWN}:function:*`] },
    ],
    ['to an organization', { organization: 'o-a1b2c3d4e5' }],
    ['to a service for another account', { service: 'codebuild', sourceAccounts: [OTHER] }],
    [
      'to a service for functions of another',
      { service: 'lambda', sourceArns: [`arn:aws:lambda:us-east-1:${OTHER}:function:*`] },
    ],
    ['to a service without sources', { service: 'lambda' }],
    ['to nobody that is known here', {}],
  ])('%s', (_what, to) => {
    expect(grantsBeyondAccount([grant({ accounts: [OWN] }), grant(to)], ACCOUNT)).toBe(true);
  });
});
