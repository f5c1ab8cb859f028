import { ECRClient, GetAuthorizationTokenCommand } from '@aws-sdk/client-ecr';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { describe, expect, test } from '@jest/globals';
import { policyHash } from '../../lab/aws/action-record.ts';
import {
  ACCOUNT,
  failureOf,
  OPERATOR,
  OTHER_ACCOUNT,
  type Simulated,
  simulate,
} from './simulated-clients.ts';

const ROLE = `arn:aws:iam::${OTHER_ACCOUNT}:role/puller`;

function policyFor(name: string): string {
  const Resource = `arn:aws:ecr:us-east-1:${OTHER_ACCOUNT}:repository/${name}`;
  const token = { Effect: 'Allow', Action: 'ecr:GetAuthorizationToken', Resource: '*' };
  return JSON.stringify({ Statement: [token, { Effect: 'Allow', Action: 'ecr:BatchGetImage', Resource }] });
}

/** As the operator does it: a session with this policy, and a token by it. */
async function tokenFor(lab: Simulated, Policy: string, region = 'us-east-1'): Promise<void> {
  const assume = new AssumeRoleCommand({ RoleArn: ROLE, RoleSessionName: 'operator', Policy });
  const { Credentials: given } = await lab.sts.send(assume);
  const credentials = {
    accessKeyId: given?.AccessKeyId ?? '',
    secretAccessKey: given?.SecretAccessKey ?? '',
    sessionToken: given?.SessionToken ?? '',
  };
  const ecr = new ECRClient({ ...lab.settings, region, credentials });
  await ecr.send(new GetAuthorizationTokenCommand({}));
}

describe('the tally of calls', () => {
  test('tells sessions by role and policy, and tokens by registry and policy', async () => {
    await using lab = await simulate();
    lab.aws.addRole({ arn: ROLE, trusts: [OPERATOR] });
    const [a, b] = [policyFor('team-a/*'), policyFor('team-b/*')];
    await tokenFor(lab, a);
    await tokenFor(lab, b);
    await tokenFor(lab, a);
    await tokenFor(lab, a, 'eu-west-1');
    const assumed = { action: 'sts:AssumeRole', accountId: ACCOUNT, region: 'us-east-1', roleArn: ROLE };
    expect(lab.aws.actions.tally('sts:AssumeRole')).toEqual([
      { ...assumed, policyHash: policyHash(a), calls: 3 },
      { ...assumed, policyHash: policyHash(b), calls: 1 },
    ]);
    const given = { action: 'ecr:GetAuthorizationToken', accountId: OTHER_ACCOUNT, region: 'us-east-1' };
    expect(lab.aws.actions.tally('ecr:*')).toEqual([
      { ...given, policyHash: policyHash(a), calls: 2 },
      { ...given, policyHash: policyHash(b), calls: 1 },
      { ...given, region: 'eu-west-1', policyHash: policyHash(a), calls: 1 },
    ]);
  });

  test('counts whatever came of the calls, and begins anew when cleared', async () => {
    await using lab = await simulate();
    lab.aws.faults.add({ match: {}, fault: { kind: 'throttle' }, times: 1 });
    await failureOf(lab.ecr.send(new GetAuthorizationTokenCommand({})));
    await lab.ecr.send(new GetAuthorizationTokenCommand({}));
    expect(lab.aws.actions.tally()).toEqual([
      { action: 'ecr:GetAuthorizationToken', accountId: ACCOUNT, region: 'us-east-1', calls: 2 },
    ]);
    lab.aws.actions.clear();
    expect(lab.aws.actions.tally()).toEqual([]);
  });
});
