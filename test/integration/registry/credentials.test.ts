import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { AccessKey } from '../../lab/aws/identity.ts';
import { ACCOUNT, OPERATOR_NAMESPACE } from '../../lab/lab.ts';
import { waitFor } from '../../lab/wait-for.ts';
import {
  conditionOf,
  core,
  type EcrLab,
  type RegistryObject,
  readyOf,
  startEcrLab,
} from '../repository/ecr-lab.ts';

const SECRET = core('Secret', 'aws-credentials', OPERATOR_NAMESPACE);
const secretRef = { name: SECRET.metadata.name };
const user = (name: string) => `arn:aws:iam::${ACCOUNT}:user/${name}`;
const role = (name: string) => `arn:aws:iam::${ACCOUNT}:role/${name}`;

jest.setTimeout(60_000);

let lab: EcrLab;

beforeAll(async () => {
  lab = await startEcrLab();
}, 600_000);

afterAll(async () => {
  await lab?.stop();
});

/** Registries of different regions share no connection, and so no keys read earlier. */
let regions = 0;
const otherRegion = () => {
  regions += 1;
  return `eu-test-${regions}`;
};

const putSecret = (stringData: Readonly<Record<string, string>>) =>
  lab.admin.apply({ ...SECRET, stringData } as never);
const putKeys = ({ accessKeyId, secretAccessKey }: AccessKey) =>
  putSecret({ 'access-key-id': accessKeyId, 'secret-access-key': secretAccessKey });

describe('secretRef', () => {
  test('that leads nowhere says which Secret is missing, and is mended by making it', async () => {
    await lab.admin.delete(SECRET);
    const registry = await lab.registry('missing', { credentials: { secretRef } });
    const refused = await lab.settled(registry, 'CredentialsSecretNotReadable');
    expect(readyOf(refused).message).toContain(
      'Secret aws-credentials in namespace ecr-operator: secrets "aws-credentials" not found',
    );
    await lab.event(registry, 'CredentialsSecretNotReadable');
    await putKeys(lab.aws.addUser({ arn: user('made-later') }));
    const ready = await lab.settledInTime(refused);
    expect(ready.status?.identity).toBe(user('made-later'));
  });

  test('of a Secret that the operator may not read says so', async () => {
    const credentials = { secretRef: { name: 'other-secret' } };
    const refused = await lab.settled(
      await lab.registry('forbidden', { credentials }),
      'CredentialsSecretNotReadable',
    );
    expect(readyOf(refused).message).toMatch(/Secret other-secret in namespace ecr-operator: .*forbidden/);
  });

  test.each<[string, Record<string, string>]>([
    ['no keys', { other: 'thing' }],
    ['no secret key', { 'access-key-id': 'AKIAEXAMPLE' }],
    ['an empty key', { 'access-key-id': 'AKIAEXAMPLE', 'secret-access-key': ' ' }],
  ])('of a Secret with %s says what it needs', async (what, data) => {
    const region = otherRegion();
    await lab.admin.delete(SECRET);
    await putSecret(data);
    const name = what.replaceAll(' ', '-');
    const credentials = { secretRef };
    const refused = await lab.settled(
      await lab.registry(name, { credentials, region }),
      'CredentialsSecretInvalid',
    );
    expect(readyOf(refused).message).toBe(
      'Secret aws-credentials needs the keys access-key-id and secret-access-key (and session-token for temporary keys)',
    );
    expect(conditionOf(refused, 'Stalled')?.reason).toBe('CredentialsSecretInvalid');
    await lab.admin.delete(refused);
    await lab.gone(refused);
  });

  test('with a wrong key is refused in AWS’s words, and the right one works without a restart', async () => {
    const right = lab.aws.addUser({ arn: user('right') });
    await lab.admin.delete(SECRET);
    await putKeys({ ...right, secretAccessKey: 'not-the-secret-of-this-access-key-at-all' });
    const region = otherRegion();
    const registry = await lab.registry('wrong', { credentials: { secretRef }, region });
    const refused = await lab.settled(registry, 'CredentialsRefused');
    expect(readyOf(refused).message).toMatch(
      /^sts:GetCallerIdentity on \*: SignatureDoesNotMatch: The request signature we calculated/,
    );
    await lab.event(registry, 'CredentialsRefused');
    await putKeys(right);
    const ready = await lab.settledInTime(refused);
    expect(ready.status?.identity).toBe(user('right'));
  });

  test('with a key that AWS does not know is refused', async () => {
    await putKeys({ accessKeyId: 'AKIAUNKNOWN', secretAccessKey: 'whatever' });
    const region = otherRegion();
    const registry = await lab.registry('unknown', { credentials: { secretRef }, region });
    const refused = await lab.settled(registry, 'CredentialsRefused');
    expect(readyOf(refused).message).toContain('InvalidClientTokenId: The security token included');
  });

  test('of a Secret that is changed works with the new key at once, for calls of ECR too', async () => {
    await putKeys(lab.aws.addUser({ arn: user('old') }));
    const region = otherRegion();
    const registry = await lab.settled(await lab.registry('rotated', { credentials: { secretRef }, region }));
    expect(registry.status?.identity).toBe(user('old'));
    await lab.namespace('rotating');
    await lab.settled(await lab.repository('rotating', 'first', { registryRef: { name: 'rotated' } }));
    await putKeys(lab.aws.addUser({ arn: user('new') }));
    lab.aws.deletePrincipal(user('old'));
    const second = await lab.repository('rotating', 'second', { registryRef: { name: 'rotated' } });
    await lab.settled(second);
    const made = lab.aws.actions.all().filter(({ action }) => action === 'ecr:CreateRepository');
    expect(made.map(({ principalArn }) => principalArn)).toEqual([user('old'), user('new')]);
    const renamed = await waitFor(() => lab.admin.get<RegistryObject>(registry), {
      what: 'the identity of the new key',
      until: (now) => now?.status?.identity === user('new'),
    });
    expect(conditionOf(renamed, 'Connected')?.message).toContain(user('new'));
  });
});

describe('roleArn', () => {
  test('is assumed with its external id and session name', async () => {
    lab.aws.addRole({ arn: role('puller'), trusts: [ACCOUNT], externalId: 'team-a' });
    const credentials = { roleArn: role('puller'), externalId: 'team-a', sessionName: 'cluster-1' };
    const registry = await lab.settled(await lab.registry('role', { credentials }));
    expect(registry.status?.identity).toBe(`arn:aws:sts::${ACCOUNT}:assumed-role/puller`);
    await lab.namespace('role');
    await lab.settled(await lab.repository('role', 'by-role', { registryRef: { name: 'role' } }));
    const made = lab.aws.actions.all().find(({ params }) => params['repositoryName'] === 'by-role');
    expect(made?.principalArn).toBe(`arn:aws:sts::${ACCOUNT}:assumed-role/puller/cluster-1`);
  });

  test('starts from secretRef where there is one', async () => {
    await putKeys(lab.aws.addUser({ arn: user('assumer') }));
    lab.aws.addRole({ arn: role('for-assumer'), trusts: [user('assumer')] });
    const credentials = { roleArn: role('for-assumer'), secretRef };
    const registry = await lab.settled(await lab.registry('secret-and-role', { credentials }));
    expect(registry.status?.identity).toMatch(/:assumed-role\/for-assumer$/);
  });

  test('with a Secret that is missing says so', async () => {
    await lab.admin.delete(SECRET);
    const credentials = { roleArn: role('any'), secretRef };
    await lab.settled(await lab.registry('role-no-secret', { credentials }), 'CredentialsSecretNotReadable');
  });

  test('with a wrong external id: AccessDenied in AWS’s words, and it heals when the role is put right', async () => {
    lab.aws.addRole({ arn: role('strict'), trusts: [ACCOUNT], externalId: 'right' });
    const credentials = { roleArn: role('strict'), externalId: 'wrong' };
    const registry = await lab.registry('wrong-id', { credentials });
    const refused = await lab.settled(registry, 'AccessDenied');
    expect(readyOf(refused).message).toContain(
      `sts:AssumeRole on ${role('strict')}: AccessDenied: User: ${user('ecr-operator')} is not authorized to perform: sts:AssumeRole on resource: ${role('strict')}`,
    );
    await lab.event(registry, 'AccessDenied', 'sts:AssumeRole on resource');
    lab.aws.addRole({ arn: role('strict'), trusts: [ACCOUNT], externalId: 'wrong' });
    await lab.settledInTime(refused);
  });

  test('is assumed again when its session ends', async () => {
    lab.aws.addRole({ arn: role('ending'), trusts: [ACCOUNT] });
    const credentials = { roleArn: role('ending') };
    await lab.settled(await lab.registry('ending', { credentials }));
    await lab.namespace('ending');
    const settings = { registryRef: { name: 'ending' } };
    await lab.settled(await lab.repository('ending', 'before-end', settings));
    await lab.advance(7_200_000);
    await lab.settled(await lab.repository('ending', 'after-end', settings));
  });
});

describe('a chain of roles, with session tags', () => {
  const assumed = (registry: string) =>
    lab.aws.actions
      .all()
      .filter(({ action, resource }) => action === 'sts:AssumeRole' && resource.includes(registry));

  test('is gone through, changed and taken away again, and tells at which role it is broken', async () => {
    lab.aws.addRole({ arn: role('hub'), trusts: [ACCOUNT], externalId: 'hub-door' });
    lab.aws.addRole({ arn: role('spoke'), trusts: [role('hub')], externalId: 'spoke-door' });
    const chain = [{ roleArn: role('hub'), externalId: 'hub-door', sessionName: 'on-the-way' }];
    const credentials = {
      chain,
      roleArn: role('spoke'),
      externalId: 'spoke-door',
      sessionTags: { team: 'payments' },
      transitiveTagKeys: ['team'],
    };
    const registry = await lab.settled(await lab.registry('chained', { credentials }));
    expect(registry.status?.identity).toBe(`arn:aws:sts::${ACCOUNT}:assumed-role/spoke`);
    const last = assumed('spoke').at(-1);
    expect(last?.principalArn).toBe(`arn:aws:sts::${ACCOUNT}:assumed-role/hub/on-the-way`);
    expect(last?.params).toMatchObject({ 'Tags.member.1.Key': 'team', 'Tags.member.1.Value': 'payments' });

    const broken = { ...credentials, chain: [{ roleArn: role('hub'), externalId: 'another-door' }] };
    const refused = await lab.settled(await lab.registry('chained', { credentials: broken }), 'AccessDenied');
    expect(readyOf(refused).message).toContain(`sts:AssumeRole on ${role('hub')}: AccessDenied`);

    lab.aws.changeRole(role('spoke'), { trusts: [ACCOUNT] });
    const { chain: _, sessionTags: __, transitiveTagKeys: ___, ...direct } = credentials;
    await lab.settled(await lab.registry('chained', { credentials: direct }));
    const now = assumed('spoke').at(-1);
    expect([now?.principalArn, now?.params['Tags.member.1.Key']]).toEqual([user('ecr-operator'), undefined]);
  });

  test('of which AWS allows no session tags says so in its words', async () => {
    const allowed = { Effect: 'Allow', Action: ['sts:AssumeRole', 'ecr:*'], Resource: '*' };
    const policies = [JSON.stringify({ Version: '2012-10-17', Statement: [allowed] })];
    lab.aws.addRole({ arn: role('untagged'), trusts: [ACCOUNT], policies });
    lab.aws.addRole({ arn: role('tagged'), trusts: [role('untagged')] });
    const credentials = {
      chain: [{ roleArn: role('untagged') }],
      roleArn: role('tagged'),
      sessionTags: { team: 'payments' },
    };
    const refused = await lab.settled(await lab.registry('untagged', { credentials }), 'AccessDenied');
    expect(readyOf(refused).message).toContain('is not authorized to perform: sts:TagSession on resource');
  });

  test('with more tags than STS can pack says what to do', async () => {
    lab.aws.addRole({ arn: role('packed'), trusts: [ACCOUNT] });
    const text = (index: number) => createHash('sha512').update(`${index}`).digest('hex');
    const keys = Array.from({ length: 20 }, (_, index) => `key-${index}`);
    const sessionTags = Object.fromEntries(keys.map((key, index) => [key, text(index)]));
    const credentials = { roleArn: role('packed'), sessionTags };
    const refused = await lab.settled(await lab.registry('packed', { credentials }), 'SessionTagsTooLarge');
    expect(readyOf(refused).message).toMatch(
      /Packed policy consumes .*; use fewer or shorter credentials.sessionTags$/,
    );
    expect(conditionOf(refused, 'Stalled')?.status).toBe('True');
    await lab.event(refused, 'SessionTagsTooLarge');
  });
});
