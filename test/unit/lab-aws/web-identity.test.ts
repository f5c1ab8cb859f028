import { ECRClient } from '@aws-sdk/client-ecr';
import {
  AssumeRoleWithWebIdentityCommand,
  type AssumeRoleWithWebIdentityCommandInput,
} from '@aws-sdk/client-sts';
import { describe, expect, test } from '@jest/globals';
import { policyHash } from '../../lab/aws/action-record.ts';
import { digestOf } from '../../lab/aws/image-state.ts';
import { ask, login } from './front-requests.ts';
import { ACCOUNT, failureOf, REGION, type Simulated, simulate } from './simulated-clients.ts';

const ROLE = `arn:aws:iam::${ACCOUNT}:role/irsa`;
const OTHER_ROLE = `arn:aws:iam::${ACCOUNT}:role/other`;
const TOKEN = 'projected-token';

function assume(lab: Simulated, input: Partial<AssumeRoleWithWebIdentityCommandInput> = {}) {
  return lab.sts.send(
    new AssumeRoleWithWebIdentityCommand({
      RoleArn: ROLE,
      RoleSessionName: 'pod',
      WebIdentityToken: TOKEN,
      ...input,
    }),
  );
}

function jwt(claims: object): string {
  return `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.signature`;
}

describe('a web identity', () => {
  test('opens its role, unsigned, and is not kept in the record', async () => {
    await using lab = await simulate();
    lab.aws.addRole({ arn: ROLE, webIdentityToken: TOKEN });
    const { Credentials, AssumedRoleUser } = await assume(lab);
    expect(Credentials?.AccessKeyId).toMatch(/^ASIA/);
    expect(AssumedRoleUser?.Arn).toBe(`arn:aws:sts::${ACCOUNT}:assumed-role/irsa/pod`);
    expect(JSON.stringify(lab.aws.actions.all())).not.toContain(TOKEN);
  });

  test('takes a session policy, which bounds the tokens made with it', async () => {
    await using lab = await simulate();
    lab.aws.addRole({ arn: ROLE, webIdentityToken: TOKEN });
    const NotResource = `arn:aws:ecr:${REGION}:${ACCOUNT}:repository/team-a/*`;
    const Policy = JSON.stringify({
      Statement: [
        { Effect: 'Allow', Action: ['ecr:GetAuthorizationToken', 'ecr:BatchGetImage'], Resource: '*' },
        { Effect: 'Deny', NotAction: 'ecr:GetAuthorizationToken', NotResource },
      ],
    });
    const { Credentials: given, PackedPolicySize } = await assume(lab, { Policy });
    expect(PackedPolicySize).toBeGreaterThan(0);
    const credentials = {
      accessKeyId: given?.AccessKeyId ?? '',
      secretAccessKey: given?.SecretAccessKey ?? '',
      sessionToken: given?.SessionToken ?? '',
    };
    const token = await login(lab, new ECRClient({ ...lab.settings, credentials }));
    const handle = lab.aws.as(ACCOUNT, REGION);
    const statuses: number[] = [];
    for (const name of ['team-a/web', 'team-b/web']) {
      handle.addRepository(name);
      handle.addImage(name, { digest: digestOf(name), tags: new Set(['v1']), manifest: '{}' });
      statuses.push((await ask(lab, `/v2/${name}/manifests/v1`, token)).status);
    }
    expect(statuses).toEqual([200, 403]);
    expect(lab.aws.actions.tally('sts:*')).toEqual([
      {
        action: 'sts:AssumeRoleWithWebIdentity',
        accountId: ACCOUNT,
        region: 'us-east-1',
        roleArn: ROLE,
        policyHash: policyHash(Policy),
        calls: 1,
      },
    ]);
  });

  test.each([
    [
      'nobody knows',
      'another-token',
      'The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)',
    ],
    [
      'an unknown provider issued',
      jwt({ iss: 'https://oidc.example' }),
      'No OpenIDConnect provider found in your account for https://oidc.example',
    ],
  ])('that %s is invalid', async (_what, WebIdentityToken, message) => {
    await using lab = await simulate();
    lab.aws.addRole({ arn: ROLE, webIdentityToken: TOKEN });
    const failure = await failureOf(assume(lab, { WebIdentityToken }));
    expect(failure).toEqual({ name: 'InvalidIdentityTokenException', message });
  });

  test('that the role does not trust is refused, and so is every one where there is no such role', async () => {
    await using lab = await simulate();
    lab.aws.addRole({ arn: OTHER_ROLE, webIdentityToken: TOKEN });
    const refused = {
      name: 'AccessDenied',
      message: 'Not authorized to perform sts:AssumeRoleWithWebIdentity',
    };
    expect(await failureOf(assume(lab))).toEqual(refused);
    lab.aws.addRole({ arn: ROLE, webIdentityToken: 'its-own-token' });
    expect(await failureOf(assume(lab))).toEqual(refused);
  });

  test('expires by the clock, until a new one takes its place', async () => {
    await using lab = await simulate();
    const webIdentityExpiresAt = new Date(lab.aws.clock.now().getTime() + 1000);
    lab.aws.addRole({ arn: ROLE, webIdentityToken: TOKEN, webIdentityExpiresAt });
    await assume(lab);
    lab.aws.clock.advance(2000);
    const end = webIdentityExpiresAt.getTime() / 1000;
    expect(await failureOf(assume(lab))).toEqual({
      name: 'ExpiredTokenException',
      message: `Token expired: current date/time ${end + 1} must be before the expiration date/time ${end}`,
    });
    const later = new Date(lab.aws.clock.now().getTime() + 1000);
    lab.aws.changeRole(ROLE, { webIdentityToken: 'renewed-token', webIdentityExpiresAt: later });
    await assume(lab, { WebIdentityToken: 'renewed-token' });
  });
});
