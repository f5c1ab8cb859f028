import { randomBytes } from 'node:crypto';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { describe, expect, test } from '@jest/globals';
import { ACCOUNT, failureOf, OPERATOR, REGION, type Simulated, simulate } from './simulated-clients.ts';

const ROLE = `arn:aws:iam::${ACCOUNT}:role/puller`;
const TOKEN = 'ecr:GetAuthorizationToken';
const ALLOW = { Effect: 'Allow', Action: TOKEN, Resource: '*' };

function assume(lab: Simulated, Policy: string, RoleArn = ROLE) {
  lab.aws.addRole({ arn: RoleArn, trusts: [OPERATOR] });
  return lab.sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'operator', Policy }));
}

function policy(...statements: object[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: statements });
}

function arnsOf(names: readonly string[]): string[] {
  return names.map((name) => `arn:aws:ecr:${REGION}:${ACCOUNT}:repository/${name}`);
}

/** Of this many characters exactly: blanks between, which a packed policy does not feel. */
function padded(length: number): string {
  const text = policy(ALLOW);
  return `{${' '.repeat(length - text.length)}${text.slice(1)}`;
}

describe('a session policy', () => {
  test('may have 2,048 characters and not one more', async () => {
    await using lab = await simulate();
    await assume(lab, padded(2048));
    const tooLong = padded(2049);
    expect(await failureOf(assume(lab, tooLong))).toEqual({
      name: 'ValidationError',
      message: `1 validation error detected: Value '${tooLong}' at 'policy' failed to satisfy constraint: Member must have length less than or equal to 2048`,
    });
  });

  test('may be too large packed while its text is short enough', async () => {
    await using lab = await simulate();
    const names = Array.from({ length: 18 }, () => randomBytes(18).toString('hex'));
    const text = policy(ALLOW, { Effect: 'Deny', NotAction: TOKEN, NotResource: arnsOf(names) });
    expect(text.length).toBeLessThan(2048);
    expect(await failureOf(assume(lab, text))).toEqual({
      name: 'PackedPolicyTooLargeException',
      message: expect.stringMatching(
        /^Packed policy consumes [0-9]{3}% of allotted space, please use smaller policy\.$/,
      ),
    });
  });

  test('tells how much of its space it takes, more the more it says', async () => {
    await using lab = await simulate();
    const sizes: number[] = [];
    for (const count of [1, 10, 20]) {
      const names = Array.from({ length: count }, (_, index) => `team-${index}/web`);
      const text = policy(ALLOW, { Effect: 'Deny', NotAction: TOKEN, NotResource: arnsOf(names) });
      sizes.push((await assume(lab, text)).PackedPolicySize ?? 0);
    }
    expect(sizes).toEqual([...sizes].sort((a, b) => a - b));
    expect(new Set(sizes).size).toBe(3);
    expect(sizes.at(-1)).toBeLessThan(100);
  });

  test.each([
    ['is no JSON', '{', 'This policy contains invalid Json'],
    ['has no statements', '{}', 'Syntax errors in policy.'],
    ['has an unknown effect', policy({ ...ALLOW, Effect: 'Permit' }), 'Syntax errors in policy.'],
    [
      'names a principal',
      policy({ ...ALLOW, Principal: '*' }),
      'Policy document should not specify a principal.',
    ],
    ['has no actions', policy({ ...ALLOW, Action: undefined }), 'Policy statement must contain actions.'],
    [
      'has an action of no service',
      policy({ ...ALLOW, Action: 'GetAuthorizationToken' }),
      'Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.',
    ],
    [
      'has no resources',
      policy({ ...ALLOW, Resource: undefined }),
      'Policy statement must contain resources.',
    ],
    [
      'has a resource that is no ARN',
      policy({ ...ALLOW, Resource: 'team-a/*' }),
      'Resource team-a/* must be in ARN format or "*".',
    ],
    [
      'has ARNs of another partition than the role',
      policy({ ...ALLOW, Resource: 'arn:aws-cn:ecr:cn-north-1:123456789012:repository/a' }),
      'Partition "aws-cn" is not valid for resource "arn:aws-cn:ecr:cn-north-1:123456789012:repository/a".',
    ],
  ])('is refused that %s', async (_what, text, message) => {
    await using lab = await simulate();
    const failure = await failureOf(assume(lab, text));
    expect(failure).toEqual({ name: 'MalformedPolicyDocumentException', message });
  });

  test('of a role in China has China’s ARNs', async () => {
    await using lab = await simulate();
    const Resource = `arn:aws-cn:ecr:cn-north-1:${ACCOUNT}:repository/team-a/*`;
    const role = `arn:aws-cn:iam::${ACCOUNT}:role/puller`;
    expect((await assume(lab, policy({ ...ALLOW, Resource }), role)).AssumedRoleUser?.Arn).toBe(
      `arn:aws-cn:sts::${ACCOUNT}:assumed-role/puller/operator`,
    );
  });
});
