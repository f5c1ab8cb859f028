import { ECRPUBLICClient, GetAuthorizationTokenCommand } from '@aws-sdk/client-ecr-public';
import { describe, expect, test } from '@jest/globals';
import { ACCOUNT, failureOf, OPERATOR, type Simulated, simulate } from './simulated-clients.ts';

const TOKEN = 'ecr-public:GetAuthorizationToken';
const BEARER = 'sts:GetServiceBearerToken';
const HOUR = 3_600_000;

/** Asks for a token as a user with these rights, within a session policy where one is given. */
function ask(lab: Simulated, policies: readonly string[], sessionPolicy?: string) {
  const role = { arn: `arn:aws:iam::${ACCOUNT}:role/public`, policies };
  lab.aws.addRole(role);
  const policy = sessionPolicy === undefined ? {} : { policy: sessionPolicy };
  const client = new ECRPUBLICClient({
    ...lab.settings,
    credentials: lab.aws.issueSession(role.arn, policy),
  });
  return client.send(new GetAuthorizationTokenCommand({}));
}

function allow(...actions: string[]): string {
  return JSON.stringify({ Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }] });
}

describe('the token of ECR Public', () => {
  test('is one datum without an endpoint, and lasts 12 hours', async () => {
    await using lab = await simulate();
    const { authorizationData: data } = await lab.ecrPublic.send(new GetAuthorizationTokenCommand({}));
    expect(Object.keys(data ?? {}).sort()).toEqual(['authorizationToken', 'expiresAt']);
    expect(Buffer.from(data?.authorizationToken ?? '', 'base64').toString()).toMatch(/^AWS:/);
    expect(data?.expiresAt?.getTime()).toBe(lab.aws.clock.now().getTime() + 12 * HOUR);
    expect(lab.aws.issuedTokens()).toContain(data?.authorizationToken);
  });

  test('is recorded with both of its actions', async () => {
    await using lab = await simulate();
    await lab.ecrPublic.send(new GetAuthorizationTokenCommand({}));
    const recorded = lab.aws.actions.all().map((one) => [one.action, one.resource, one.region, one.result]);
    expect(recorded).toEqual([
      [BEARER, '*', 'us-east-1', 'ok'],
      [TOKEN, '*', 'us-east-1', 'ok'],
    ]);
    expect(lab.aws.actions.all().map((one) => one.principalArn)).toEqual([OPERATOR, OPERATOR]);
    expect(lab.aws.actions.writes()).toEqual([]);
  });

  test.each([
    ['without its own action', [allow(BEARER)], undefined, TOKEN, 'because no identity-based policy allows'],
    [
      'without the bearer token',
      [allow(TOKEN)],
      undefined,
      BEARER,
      'because no identity-based policy allows',
    ],
    [
      'where the session policy lacks one',
      [allow(TOKEN, BEARER)],
      allow(TOKEN),
      BEARER,
      'because no session policy allows',
    ],
  ])('is refused %s, in AWS’s words', async (_what, policies, sessionPolicy, action, because) => {
    await using lab = await simulate();
    expect(await failureOf(ask(lab, policies, sessionPolicy))).toEqual({
      name: 'AccessDeniedException',
      message: `User: arn:aws:sts::${ACCOUNT}:assumed-role/public/session is not authorized to perform: ${action} on resource: * ${because} the ${action} action`,
    });
    expect(lab.aws.tokens.all()).toEqual([]);
  });

  test('is given where both are allowed, by the session policy too', async () => {
    await using lab = await simulate();
    const both = allow(TOKEN, BEARER);
    expect((await ask(lab, [both], both)).authorizationData?.authorizationToken).toBeDefined();
  });

  test('needs a signature like every call', async () => {
    await using lab = await simulate();
    const credentials = { ...lab.settings.credentials, secretAccessKey: 'wrong' };
    const client = new ECRPUBLICClient({ ...lab.settings, credentials });
    expect((await failureOf(client.send(new GetAuthorizationTokenCommand({})))).name).toBe(
      'InvalidSignatureException',
    );
  });

  test.each([
    ['us-west-2', 'UnsupportedCommandException'],
    ['eu-west-1', 'Error'],
  ])('comes from us-east-1 alone: in %s it is %s', async (region, name) => {
    await using lab = await simulate();
    const client = new ECRPUBLICClient({ ...lab.settings, region });
    expect((await failureOf(client.send(new GetAuthorizationTokenCommand({})))).name).toBe(name);
    expect(lab.aws.tokens.all()).toEqual([]);
  });
});

describe('faults', () => {
  test.each([
    [TOKEN, { kind: 'throttle' }, 'ThrottlingException'],
    [BEARER, { kind: 'access-denied' }, 'AccessDeniedException'],
    [BEARER, { kind: 'server-error' }, 'ServerException'],
  ] as const)('strike %s with %j', async (action, fault, name) => {
    await using lab = await simulate();
    lab.aws.faults.add({ match: { action }, fault, times: 1 });
    expect((await failureOf(lab.ecrPublic.send(new GetAuthorizationTokenCommand({})))).name).toBe(name);
    await lab.ecrPublic.send(new GetAuthorizationTokenCommand({}));
  });

  test.each([
    ['expired', { expiresAt: new Date('2025-12-31T23:59:59Z') }],
    ['garbage', { authorizationToken: '%%% not base64 %%%' }],
    ['empty-data', {}],
    ['no-data', undefined],
  ] as const)('make the answer unusable: %s', async (shape, expected) => {
    await using lab = await simulate();
    lab.aws.faults.add({ match: { action: TOKEN }, fault: { kind: 'bad-token', shape } });
    const { authorizationData } = await lab.ecrPublic.send(new GetAuthorizationTokenCommand({}));
    if (expected === undefined) expect(authorizationData).toBeUndefined();
    else expect(authorizationData).toMatchObject(expected);
  });
});
