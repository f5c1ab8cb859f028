import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Grant } from '../../../src/api/shared.generated.ts';
import { ACCOUNT, REGION } from '../../lab/lab.ts';
import { waitFor } from '../../lab/wait-for.ts';
import { POLICY } from './documents.ts';
import { type EcrLab, type RepositorySettings, readyOf, startEcrLab } from './ecr-lab.ts';

const NAMESPACE = 'grants';
const OTHER = '111122223333';
/** An account of which everybody is known. */
const KNOWN = '444455556666';

jest.setTimeout(60_000);

let lab: EcrLab;

beforeAll(async () => {
  lab = await startEcrLab();
  await lab.namespace(NAMESPACE);
}, 600_000);

afterAll(async () => {
  await lab?.stop();
});

const put = (name: string, settings: RepositorySettings) =>
  lab.repository(NAMESPACE, name, { registryRef: { name: 'open' }, ...settings });
const ready = async (name: string, settings: RepositorySettings) => lab.settled(await put(name, settings));

interface Statement {
  readonly Sid?: string;
  readonly Principal: unknown;
  readonly Action: string | readonly string[];
}
const statements = (name: string): readonly Statement[] => {
  const { Statement = [] } = JSON.parse(lab.held(name).policyText ?? '{}');
  return Array.isArray(Statement) ? Statement : [Statement];
};
const sids = (name: string) => statements(name).map(({ Sid = '' }) => Sid.replace(/[0-9a-f]{8}$/, ''));

const grant = (
  name: string,
  to: Grant['to'] = { accounts: [OTHER] },
  access: Grant['access'] = 'Pull',
): Grant => ({
  name,
  to,
  access,
});

describe('grants', () => {
  test('to every kind of grantee become one statement each', async () => {
    const role = `arn:aws:iam::${OTHER}:role/deploy`;
    const object = await ready('kinds', {
      grants: [
        grant('accounts'),
        grant('roles', { roles: [role] }, 'Push'),
        grant('users', { users: [`arn:aws:iam::${OTHER}:user/alice`] }, 'Read'),
        grant('org', { organization: 'o-a1b2c3d4e5' }),
        grant('functions', {
          service: 'lambda',
          sourceArns: [`arn:aws:lambda:${REGION}:${OTHER}:function:*`],
        }),
        grant('builds', { service: 'codebuild', sourceAccounts: [ACCOUNT] }),
      ],
    });
    expect(sids('kinds')).toEqual(
      ['accounts', 'roles', 'users', 'org', 'functions', 'builds'].map((name) => `EcrOperator${name}`),
    );
    expect(object.status?.managedStatements).toHaveLength(6);
    const [, roles] = statements('kinds');
    expect(roles?.Action).toContain('ecr:PutImage');
    // What is right is not written again.
    lab.aws.actions.clear();
    await lab.pass(NAMESPACE, 'kinds');
    expect(lab.aws.actions.writes()).toEqual([]);
  });

  test('leave statements of others alone, when they are put, changed, withdrawn one by one, and all', async () => {
    const name = 'beside-lambda';
    await ready(name, {});
    const foreign = {
      Sid: 'LambdaECRImageRetrievalPolicy',
      Effect: 'Allow',
      Principal: { Service: 'lambda.amazonaws.com' },
      Action: ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
    };
    const policyText = JSON.stringify({ Version: '2008-10-17', Statement: [foreign] });
    await lab.ecr.call('SetRepositoryPolicy', { repositoryName: name, policyText });
    const [before] = statements(name);
    const isTheirs = () => expect(statements(name)[0]).toEqual(before);

    await ready(name, { grants: [grant('a'), grant('b')] });
    expect(sids(name)).toEqual(['LambdaECRImageRetrievalPolicy', 'EcrOperatora', 'EcrOperatorb']);
    isTheirs();
    await ready(name, { grants: [grant('a', { accounts: ['999999999999'] }), grant('b')] });
    expect(JSON.stringify(statements(name)[1])).toContain('999999999999');
    isTheirs();
    await ready(name, { grants: [grant('b')] });
    expect(sids(name)).toEqual(['LambdaECRImageRetrievalPolicy', 'EcrOperatorb']);
    // Taken out of the spec as a whole.
    const bare = await ready(name, {});
    expect(sids(name)).toEqual(['LambdaECRImageRetrievalPolicy']);
    expect(bare.status).not.toHaveProperty('managedStatements');
    isTheirs();
  });

  test('that were the whole policy take it away with them', async () => {
    await ready('alone', { grants: [grant('a')] });
    await ready('alone', { grants: [] });
    expect(lab.held('alone').policyText).toBeUndefined();
  });

  test.each<[string, (name: string) => unknown]>([
    ['taken out', (name) => lab.ecr.call('DeleteRepositoryPolicy', { repositoryName: name })],
    [
      'widened',
      (name) => {
        const text = lab.held(name).policyText?.replaceAll('ecr:BatchGetImage', 'ecr:*') ?? '';
        return lab.ecr.call('SetRepositoryPolicy', { repositoryName: name, policyText: text });
      },
    ],
  ])('that somebody else has %s are put right, and that is told', async (how, change) => {
    const name = `drift-${how.replace(' ', '-')}`;
    const object = await ready(name, { grants: [grant('a')] });
    const before = statements(name);
    await change(name);
    await lab.pass(NAMESPACE, name);
    await waitFor(() => lab.held(name).policyText, { what: 'the policy' });
    expect(statements(name)).toEqual(before);
    await lab.event(object, 'DriftMended', /repository policy: statement EcrOperatora/);
    const { status } = await lab.settled(object);
    expect(status?.drift).toEqual([
      { at: expect.any(String), what: expect.stringContaining('repository policy'), mended: true },
    ]);
  });

  test('to others than the account itself need the word Share', async () => {
    const closed = { registryRef: { name: 'default' } };
    const refused = await lab.settled(
      await put('closed', { ...closed, grants: [grant('a')] }),
      'TenancyDenied',
    );
    expect(readyOf(refused).message).toContain('the word Share');
    await ready('own', {
      ...closed,
      grants: [
        grant('a', { accounts: [ACCOUNT] }),
        grant('b', { roles: [`arn:aws:iam::${ACCOUNT}:role/ci`] }),
      ],
    });
  });
});

describe('a principal that AWS does not know', () => {
  const role = (name: string) => `arn:aws:iam::${KNOWN}:role/${name}`;
  beforeAll(() => lab.aws.addAccount(KNOWN));

  test('is named, keeps back nothing else, and is put when it is there', async () => {
    const name = 'unknown-role';
    const arn = role('to-come');
    const settings = { scanOnPush: true, grants: [grant('a', { accounts: [ACCOUNT] })] };
    await ready(name, settings);
    const wanted = {
      ...settings,
      scanOnPush: false,
      grants: [...settings.grants, grant('b', { roles: [arn] })],
    };
    const refused = await lab.settled(await put(name, wanted), 'PrincipalNotFound');
    expect(readyOf(refused).message).toContain(`AWS knows nothing of one of: ${arn}`);
    expect([lab.held(name).scanOnPush, sids(name)]).toEqual([false, ['EcrOperatora']]);
    lab.aws.addRole({ arn, trusts: [] });
    await lab.settledInTime(refused);
    expect(sids(name)).toEqual(['EcrOperatora', 'EcrOperatorb']);
  });

  test('any more, since it was deleted, is named; made again, it is put anew', async () => {
    const name = 'vanishing-role';
    const arn = role('comes-and-goes');
    lab.aws.addRole({ arn, trusts: [] });
    const object = await ready(name, { grants: [grant('a', { roles: [arn] })] });
    const id = lab.aws.deletePrincipal(arn);
    expect(lab.held(name).policyText).toContain(id);
    await lab.pass(NAMESPACE, name);
    const refused = await lab.settled(object, 'PrincipalNotFound');
    expect(readyOf(refused).message).toContain(arn);
    // After some minutes it is no longer waited for by itself.
    const stalled = await waitFor(
      async () => {
        await lab.advance(60_000);
        return lab.admin.get<typeof object>(object);
      },
      {
        what: 'Stalled',
        until: (now) => now?.status?.conditions?.some(({ type }) => type === 'Stalled') ?? false,
      },
    );
    expect(readyOf(stalled).reason).toBe('PrincipalNotFound');
    lab.aws.addRole({ arn, trusts: [] });
    // Somebody else's word is not needed: it is looked at again.
    await lab.settledInTime(object, 'Ready', 300_000);
    expect(lab.held(name).policyText).not.toContain(id);
    expect(JSON.stringify(statements(name))).toContain(arn);
  });
});

test('a policy document that locks the operator out is refused by ECR, unless it is told to be put', async () => {
  const name = 'lock-out';
  const deny = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Sid: 'lock', Effect: 'Deny', Principal: '*', Action: 'ecr:SetRepositoryPolicy' }],
  });
  await ready(name, { policy: { document: POLICY } });
  const refused = await lab.settled(await put(name, { policy: { document: deny } }), 'InvalidParameter');
  expect(readyOf(refused).message).toContain('ecr:SetRepositoryPolicy on');
  expect(lab.held(name).policyText).toContain('pull');
  await ready(name, { policy: { document: deny, allowLockout: true } });
  expect(lab.held(name).policyText).toContain('lock');
});
