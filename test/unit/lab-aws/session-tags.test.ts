import { CreateRepositoryCommand, ECRClient } from '@aws-sdk/client-ecr';
import { AssumeRoleCommand, type AssumeRoleCommandInput, STSClient } from '@aws-sdk/client-sts';
import { describe, expect, test } from '@jest/globals';
import { ACCOUNT, failureOf, OPERATOR, type Simulated, simulate } from './simulated-clients.ts';

const role = (name: string) => `arn:aws:iam::${ACCOUNT}:role/${name}`;
const tags = (all: Readonly<Record<string, string>>) =>
  Object.entries(all).map(([Key, Value]) => ({ Key, Value }));

/** Roles `first`, which may make repositories of its tag's team only, and `second`, which trusts it. */
function addRoles({ aws }: Simulated): void {
  const policy = {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action: 'sts:*', Resource: '*' },
      {
        Effect: 'Allow',
        Action: 'ecr:*',
        Resource: '*',
        Condition: { StringEquals: { 'aws:PrincipalTag/team': 'a' } },
      },
    ],
  };
  const policies = [JSON.stringify(policy)];
  aws.addRole({ arn: role('first'), trusts: [OPERATOR], policies });
  aws.addRole({ arn: role('second'), trusts: [role('first')], policies });
}

async function assume(lab: Simulated, input: Partial<AssumeRoleCommandInput> = {}, sts = lab.sts) {
  const whole = { RoleArn: role('first'), RoleSessionName: 'tagged', ...input };
  const { Credentials: given, PackedPolicySize } = await sts.send(new AssumeRoleCommand(whole));
  const credentials = {
    accessKeyId: given?.AccessKeyId ?? '',
    secretAccessKey: given?.SecretAccessKey ?? '',
    sessionToken: given?.SessionToken ?? '',
  };
  const settings = { ...lab.settings, credentials };
  return { PackedPolicySize, ecr: new ECRClient(settings), sts: new STSClient(settings) };
}

const create = (ecr: ECRClient, repositoryName: string) =>
  ecr.send(new CreateRepositoryCommand({ repositoryName }));

describe('session tags', () => {
  test('are what policies see as tags of the principal', async () => {
    await using lab = await simulate();
    addRoles(lab);
    await create((await assume(lab, { Tags: tags({ team: 'a' }) })).ecr, 'of-a');
    expect(await wordsOf(create((await assume(lab, { Tags: tags({ team: 'b' }) })).ecr, 'of-b'))).toMatch(
      /^AccessDenied/,
    );
    expect(await wordsOf(create((await assume(lab)).ecr, 'of-none'))).toMatch(/^AccessDenied/);
  });

  test('stay with the next role where they are transitive, and go where they are not', async () => {
    await using lab = await simulate();
    addRoles(lab);
    const staying = await assume(lab, { Tags: tags({ team: 'a' }), TransitiveTagKeys: ['team'] });
    const next = { RoleArn: role('second') };
    await create((await assume(lab, next, staying.sts)).ecr, 'chained');
    const going = await assume(lab, { Tags: tags({ team: 'a' }) });
    expect(await wordsOf(create((await assume(lab, next, going.sts)).ecr, 'never'))).toMatch(/^AccessDenied/);
    const again = { ...next, Tags: tags({ Team: 'b' }) };
    expect(await wordsOf(assume(lab, again, staying.sts))).toMatch(/^InvalidParameterValue: .*transitive/);
  });

  test.each<[string, Partial<AssumeRoleCommandInput>, RegExp]>([
    [
      'more than fifty',
      { Tags: tags(Object.fromEntries([...Array(51).keys()].map((n) => [`k${n}`, '']))) },
      /50/,
    ],
    ['a long key', { Tags: tags({ ['k'.repeat(129)]: 'v' }) }, /key.*128/],
    ['a long value', { Tags: tags({ key: 'v'.repeat(257) }) }, /value.*256/],
    ['a character that is not allowed', { Tags: tags({ key: 'a*b' }) }, /value.*pattern/],
    ['one key in two cases', { Tags: tags({ key: 'a', Key: 'b' }) }, /Duplicate tag keys/],
    ['a transitive key without a tag', { TransitiveTagKeys: ['key'] }, /transitive tag key must be included/],
    [
      'more than can be packed',
      { Tags: tags(Object.fromEntries([...Array(9).keys()].map((n) => [`k${n}`, randomText(n)]))) },
      /^PackedPolicyTooLarge/,
    ],
  ])('%s: refused', async (_what, input, words) => {
    await using lab = await simulate();
    addRoles(lab);
    expect(await wordsOf(assume(lab, input))).toMatch(words);
  });

  test('take some of the packed space', async () => {
    await using lab = await simulate();
    addRoles(lab);
    const [none, some] = [await assume(lab), await assume(lab, { Tags: tags({ team: 'a' }) })];
    expect([none.PackedPolicySize, some.PackedPolicySize]).toEqual([undefined, expect.any(Number)]);
  });

  test('need sts:TagSession besides sts:AssumeRole', async () => {
    await using lab = await simulate();
    addRoles(lab);
    const policy = {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Resource: '*' }],
    };
    lab.aws.addUser({ arn: OPERATOR, ...lab.settings.credentials, policies: [JSON.stringify(policy)] });
    await assume(lab);
    expect(await wordsOf(assume(lab, { Tags: tags({ team: 'a' }) }))).toMatch(
      /^AccessDenied: .*sts:TagSession on resource: .*role\/first/,
    );
  });
});

/** The name and words of an error, in one line. */
async function wordsOf(call: Promise<unknown>): Promise<string> {
  const { name, message } = await failureOf(call);
  return `${name}: ${message}`;
}

/** Different for each number, and nothing that packs well. */
function randomText(seed: number): string {
  let state = seed + 1;
  return Array.from({ length: 250 }, () => {
    state = (state * 48_271) % 2_147_483_647;
    return (state % 36).toString(36);
  }).join('');
}
