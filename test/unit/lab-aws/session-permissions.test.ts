import { describe, expect, test } from '@jest/globals';
import { digestOf } from '../../lab/aws/image-state.ts';
import { ask, errorOf, fakeUpstream, sessionLogin } from './front-requests.ts';
import { ACCOUNT, OTHER_ACCOUNT, REGION, type Simulated, simulate } from './simulated-clients.ts';

const ROLE = `arn:aws:iam::${ACCOUNT}:role/puller`;
const SESSION = `arn:aws:sts::${ACCOUNT}:assumed-role/puller/session`;
const TOKEN = 'ecr:GetAuthorizationToken';
const PULL = ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer', 'ecr:BatchCheckLayerAvailability'];
const TEAM_A = arnOf('team-a/*');

/**
 * What an Allow-only session policy is, and what closes its gap; the two denials are those of the operator's tokens.
 */
const ALLOW = [{ Effect: 'Allow', Action: [TOKEN, ...PULL], Resource: ['*'] }];
const ALLOW_TEAM_A = [
  { Effect: 'Allow', Action: TOKEN, Resource: '*' },
  { Effect: 'Allow', Action: PULL, Resource: [TEAM_A] },
];
const DENY_ELSEWHERE = { Effect: 'Deny', NotAction: TOKEN, NotResource: [TEAM_A] };
const DENY_OTHERS = { Effect: 'Deny', NotAction: [TOKEN, ...PULL], Resource: '*' };
const NARROW = [...ALLOW, DENY_ELSEWHERE, DENY_OTHERS];
const PULLS = JSON.stringify({ Statement: [{ Effect: 'Allow', Action: ['ecr:*'], Resource: '*' }] });
const TOKENS_ONLY = JSON.stringify({ Statement: [{ Effect: 'Allow', Action: TOKEN, Resource: '*' }] });

function arnOf(name: string, accountId = ACCOUNT): string {
  return `arn:aws:ecr:${REGION}:${accountId}:repository/${name}`;
}

/** A repository with one image, and the policy that it has. */
function put(lab: Simulated, name: string, statements: readonly object[] = [], accountId = ACCOUNT): void {
  const handle = lab.aws.as(accountId, REGION);
  handle.addRepository(name);
  handle.addImage(name, { digest: digestOf(name), tags: new Set(['v1']), manifest: '{}' });
  if (statements.length === 0) return;
  const policyText = JSON.stringify({ Version: '2012-10-17', Statement: statements });
  handle.call('SetRepositoryPolicy', { repositoryName: name, policyText });
}

function grant(principal: string | object, more: object = {}): object[] {
  return [{ Effect: 'Allow', Principal: principal, Action: PULL, ...more }];
}

async function status(lab: Simulated, name: string, token: string, what = 'manifests/v1'): Promise<number> {
  return (await ask(lab, `/v2/${name}/${what}`, token)).status;
}

describe('a session policy at the front', () => {
  test.each([
    ['allows what is beneath a prefix', ALLOW_TEAM_A, 'team-a/web', 200],
    ['allows what is deeper beneath it', ALLOW_TEAM_A, 'team-a/api/v2', 200],
    ['refuses a name that only begins alike', ALLOW_TEAM_A, 'team-ab/web', 403],
    ['refuses what it does not allow', ALLOW_TEAM_A, 'team-b/web', 403],
    ['leaves with Deny and NotResource what is in the list', NARROW, 'team-a/api/v2', 200],
    ['denies with NotResource what is not in the list', NARROW, 'team-b/web', 403],
  ])('%s', async (_what, statements, name, expected) => {
    await using lab = await simulate();
    lab.aws.addRole({ arn: ROLE });
    put(lab, name);
    expect(await status(lab, name, await sessionLogin(lab, ROLE, statements))).toBe(expected);
  });

  test('bounds layers and lists as it does manifests', async () => {
    await using upstream = await fakeUpstream();
    await using lab = await simulate({ upstream: upstream.url });
    lab.aws.addRole({ arn: ROLE });
    for (const name of ['team-a/web', 'team-b/web']) put(lab, name);
    const token = await sessionLogin(lab, ROLE, NARROW);
    const statuses: number[] = [];
    for (const name of ['team-a/web', 'team-b/web']) {
      for (const what of ['blobs/sha256:a', 'tags/list']) statuses.push(await status(lab, name, token, what));
    }
    // Lists are not among the actions that the policy's NotAction spares.
    expect(statuses).toEqual([200, 403, 403, 403]);
  });

  test('says which policy it was', async () => {
    await using lab = await simulate();
    lab.aws.addRole({ arn: ROLE });
    put(lab, 'team-b/web');
    const messages: string[] = [];
    for (const statements of [ALLOW_TEAM_A, NARROW]) {
      const token = await sessionLogin(lab, ROLE, statements);
      messages.push((await errorOf(await ask(lab, '/v2/team-b/web/manifests/v1', token)))[2]);
    }
    const start = `User: ${SESSION} is not authorized to perform: ecr:BatchGetImage on resource: ${arnOf('team-b/web')}`;
    expect(messages).toEqual([
      `${start} because no session policy allows the ecr:BatchGetImage action`,
      `${start} with an explicit deny in a session policy`,
    ]);
  });

  test('stays with the token when the session is long over, and so does the role', async () => {
    await using lab = await simulate();
    lab.aws.addRole({ arn: ROLE });
    for (const name of ['team-a/web', 'team-b/web']) put(lab, name);
    const token = await sessionLogin(lab, ROLE, NARROW);
    lab.aws.clock.advance(2 * 3_600_000);
    expect([await status(lab, 'team-a/web', token), await status(lab, 'team-b/web', token)]).toEqual([
      200, 403,
    ]);
    lab.aws.changeRole(ROLE, { policies: [TOKENS_ONLY] });
    expect(await status(lab, 'team-a/web', token)).toBe(403);
  });
});

describe('a repository policy of the same account', () => {
  const everybodyOf = (account: string): object =>
    grant('*', { Condition: { ArnEquals: { 'aws:PrincipalArn': `arn:aws:iam::${account}:role/*` } } })[0] ??
    {};

  // IAM User Guide, "Policy evaluation logic" and "AWS JSON policy elements: Principal".
  test.each([
    ['that names the session gets around an Allow-only session policy', grant({ AWS: SESSION }), 200],
    ['that names everybody does so too', grant('*'), 200],
    ['that names everybody on a condition that the role meets does so too', [everybodyOf(ACCOUNT)], 200],
    ['that names everybody on a condition that it fails does not', [everybodyOf(OTHER_ACCOUNT)], 403],
    ['that names the role is bounded by the session policy', grant({ AWS: ROLE }), 403],
    ['that names the account grants nothing by itself', grant({ AWS: ACCOUNT }), 403],
    ['that names another session does not count', grant({ AWS: `${SESSION}-2` }), 403],
  ])('%s', async (_what, policy, expected) => {
    await using lab = await simulate();
    lab.aws.addRole({ arn: ROLE, policies: [TOKENS_ONLY] });
    put(lab, 'team-b/web', policy);
    expect(await status(lab, 'team-b/web', await sessionLogin(lab, ROLE, ALLOW_TEAM_A))).toBe(expected);
    // The denials close all of these doors.
    expect(await status(lab, 'team-b/web', await sessionLogin(lab, ROLE, NARROW))).toBe(403);
  });

  test('that names the role gives what the role’s own policies do not, within the session policy', async () => {
    await using lab = await simulate();
    lab.aws.addRole({ arn: ROLE, policies: [TOKENS_ONLY] });
    put(lab, 'team-a/web', grant({ AWS: ROLE }));
    put(lab, 'team-a/api');
    const token = await sessionLogin(lab, ROLE, NARROW);
    expect([await status(lab, 'team-a/web', token), await status(lab, 'team-a/api', token)]).toEqual([
      200, 403,
    ]);
  });

  test('that denies has the last word', async () => {
    await using lab = await simulate();
    lab.aws.addRole({ arn: ROLE });
    put(lab, 'team-a/web', [{ Effect: 'Deny', Principal: { AWS: ROLE }, Action: PULL }]);
    const token = await sessionLogin(lab, ROLE, NARROW);
    expect((await errorOf(await ask(lab, '/v2/team-a/web/manifests/v1', token)))[2]).toContain(
      'with an explicit deny in a resource-based policy',
    );
  });
});

describe('a pull from another account', () => {
  const theirs = arnOf('shared/*', OTHER_ACCOUNT);
  const within = (...scope: string[]): object[] => [
    ...ALLOW,
    { Effect: 'Deny', NotAction: TOKEN, NotResource: scope },
  ];
  const narrowed = (...scope: string[]): object[] => [
    { Effect: 'Allow', Action: TOKEN, Resource: '*' },
    { Effect: 'Allow', Action: PULL, Resource: scope },
  ];

  // IAM User Guide, "Cross-account policy evaluation logic": both accounts have to allow it.
  test.each([
    ['works where both accounts allow it', grant({ AWS: ACCOUNT }), [PULLS], ALLOW, 200],
    ['works where the role is named', grant({ AWS: ROLE }), [PULLS], ALLOW, 200],
    ['works within the session policy’s scope', grant({ AWS: ACCOUNT }), [PULLS], within(theirs), 200],
    ['needs the repository’s own policy', [], [PULLS], ALLOW, 403],
    [
      'needs the role’s own rights, even where the role is named',
      grant({ AWS: ROLE }),
      [TOKENS_ONLY],
      ALLOW,
      403,
    ],
    ['needs them even where everybody is', grant('*'), [TOKENS_ONLY], ALLOW, 403],
    ['is bounded by the session policy’s denials', grant({ AWS: ACCOUNT }), [PULLS], within(TEAM_A), 403],
    ['is bounded by what it does not allow', grant({ AWS: SESSION }), [PULLS], narrowed(TEAM_A), 403],
    ['is closed to others', grant({ AWS: '333333333333' }), [PULLS], ALLOW, 403],
  ])('%s', async (_what, policy, policies, statements, expected) => {
    await using lab = await simulate();
    lab.aws.addRole({ arn: ROLE, policies });
    put(lab, 'shared/web', policy, OTHER_ACCOUNT);
    const token = await sessionLogin(lab, ROLE, statements);
    const host = `${OTHER_ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com`;
    expect(await status(lab, 'shared/web', token, `manifests/v1?ns=${host}`)).toBe(expected);
  });
});
