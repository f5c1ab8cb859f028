import { DescribeRepositoriesCommand, ECRClient, GetAuthorizationTokenCommand } from '@aws-sdk/client-ecr';
import {
  AssumeRoleCommand,
  type AssumeRoleCommandInput,
  GetCallerIdentityCommand,
  STSClient,
} from '@aws-sdk/client-sts';
import { describe, expect, test } from '@jest/globals';
import {
  ACCOUNT,
  failureOf,
  OPERATOR,
  OTHER_ACCOUNT,
  REGION,
  type Simulated,
  simulate,
} from './simulated-clients.ts';

const ROLE = `arn:aws:iam::${OTHER_ACCOUNT}:role/ecr`;
const HOUR = 3_600_000;

function assume(lab: Simulated, input: Partial<AssumeRoleCommandInput> = {}) {
  return lab.sts.send(new AssumeRoleCommand({ RoleArn: ROLE, RoleSessionName: 'operator', ...input }));
}

/** Assumes the role and signs as it. */
async function sessionOf(lab: Simulated, input: Partial<AssumeRoleCommandInput> = {}) {
  const { Credentials: given } = await assume(lab, input);
  const credentials = {
    accessKeyId: given?.AccessKeyId ?? '',
    secretAccessKey: given?.SecretAccessKey ?? '',
    sessionToken: given?.SessionToken ?? '',
  };
  const settings = { ...lab.settings, credentials };
  return { ecr: new ECRClient(settings), sts: new STSClient(settings), credentials };
}

describe('signatures', () => {
  test('by an unknown key, a wrong secret or a wrong session token are refused in each service’s own words', async () => {
    await using lab = await simulate();
    const { credentials } = lab.settings;
    const unknown = { ...credentials, accessKeyId: 'AKIAUNKNOWN' };
    const wrongSecret = { ...credentials, secretAccessKey: 'wrong' };
    const wrongToken = { ...credentials, sessionToken: 'wrong' };
    const names: string[] = [];
    for (const one of [unknown, wrongSecret, wrongToken]) {
      const ecr = new ECRClient({ ...lab.settings, credentials: one });
      const sts = new STSClient({ ...lab.settings, credentials: one });
      names.push((await failureOf(ecr.send(new DescribeRepositoriesCommand({})))).name);
      names.push((await failureOf(sts.send(new GetCallerIdentityCommand({})))).name);
    }
    expect(names).toEqual([
      'UnrecognizedClientException',
      'InvalidClientTokenId',
      'InvalidSignatureException',
      'SignatureDoesNotMatch',
      'UnrecognizedClientException',
      'InvalidClientTokenId',
    ]);
    expect(lab.aws.actions.all()).toEqual([]);
  });
});

describe('assuming a role', () => {
  test('gives credentials of the role’s account until they expire by the clock', async () => {
    await using lab = await simulate();
    lab.aws.addRole({ arn: ROLE, trusts: [OPERATOR] });
    const { sts, ecr } = await sessionOf(lab);
    const identity = await sts.send(new GetCallerIdentityCommand({}));
    expect(identity).toMatchObject({
      Account: OTHER_ACCOUNT,
      Arn: `arn:aws:sts::${OTHER_ACCOUNT}:assumed-role/ecr/operator`,
    });
    lab.aws.clock.advance(HOUR);
    expect((await failureOf(ecr.send(new DescribeRepositoriesCommand({})))).name).toBe(
      'ExpiredTokenException',
    );
    expect((await failureOf(sts.send(new GetCallerIdentityCommand({})))).name).toBe('ExpiredToken');
  });

  test.each([
    ['a role that is not there', { RoleArn: 'arn:aws:iam::123456789012:role/none' }, 'AccessDenied'],
    ['a missing external id', {}, 'AccessDenied'],
    ['a wrong external id', { ExternalId: 'wrong' }, 'AccessDenied'],
    ['a session name with a blank', { ExternalId: 'id', RoleSessionName: 'a b' }, 'ValidationError'],
    ['a session of a minute', { ExternalId: 'id', DurationSeconds: 60 }, 'ValidationError'],
    [
      'a session beyond the role’s own maximum',
      { ExternalId: 'id', DurationSeconds: 7200 },
      'ValidationError',
    ],
    ['a policy that is none', { ExternalId: 'id', Policy: '{}' }, 'MalformedPolicyDocumentException'],
    ['a policy of 2,049 characters', { ExternalId: 'id', Policy: ' '.repeat(2049) }, 'ValidationError'],
  ])('is refused with %s', async (_what, input, name) => {
    await using lab = await simulate();
    lab.aws.addRole({ arn: ROLE, trusts: [ACCOUNT], externalId: 'id' });
    expect((await failureOf(assume(lab, input))).name).toBe(name);
  });

  test('is refused to those whom the role does not trust, in AWS’s words', async () => {
    await using lab = await simulate();
    lab.aws.addRole({ arn: ROLE, trusts: [`arn:aws:iam::${ACCOUNT}:user/other`] });
    expect((await failureOf(assume(lab))).message).toBe(
      `User: ${OPERATOR} is not authorized to perform: sts:AssumeRole on resource: ${ROLE}`,
    );
  });

  test('with a session policy bounds what the session may do', async () => {
    await using lab = await simulate();
    lab.aws.addRole({ arn: ROLE, trusts: [ACCOUNT] });
    const Policy = JSON.stringify({
      Statement: { Effect: 'Allow', Action: 'ecr:GetAuthorizationToken', Resource: '*' },
    });
    const { ecr } = await sessionOf(lab, { Policy });
    await ecr.send(new GetAuthorizationTokenCommand({}));
    expect(await failureOf(ecr.send(new DescribeRepositoriesCommand({})))).toEqual({
      name: 'AccessDeniedException',
      message: `User: arn:aws:sts::${OTHER_ACCOUNT}:assumed-role/ecr/operator is not authorized to perform: ecr:DescribeRepositories on resource: arn:aws:ecr:${REGION}:${OTHER_ACCOUNT}:repository/* because no session policy allows the ecr:DescribeRepositories action`,
    });
  });
});

describe('identity policies', () => {
  test('are enforced when a test gives them', async () => {
    await using lab = await simulate();
    const arn = `arn:aws:iam::${ACCOUNT}:user/narrow`;
    const policies = [
      JSON.stringify({ Statement: [{ Effect: 'Allow', Action: 'ecr:Get*', Resource: '*' }] }),
    ];
    const ecr = new ECRClient({ ...lab.settings, credentials: lab.aws.addUser({ arn, policies }) });
    await ecr.send(new GetAuthorizationTokenCommand({}));
    expect((await failureOf(ecr.send(new DescribeRepositoriesCommand({})))).message).toContain(
      'because no identity-based policy allows the ecr:DescribeRepositories action',
    );
  });
});
