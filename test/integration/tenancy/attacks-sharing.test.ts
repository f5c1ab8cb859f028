import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { ACCOUNT } from '../../lab/lab.ts';
import { POLICY } from '../repository/documents.ts';
import { type RepositorySettings, readyOf } from '../repository/ecr-lab.ts';
import { lacks, startTenantLab, type TenantLab } from './tenant-lab.ts';

jest.setTimeout(60_000);

const OTHER = '111122223333';

let lab: TenantLab;
let count = 0;

beforeAll(async () => {
  lab = await startTenantLab();
}, 600_000);

afterAll(async () => {
  await lab?.stop();
});

const attack: TenantLab['attack'] = (settings, reason) => lab.attack(settings, reason);

describe('others are let in', () => {
  const to = (grantee: object) =>
    ({ grants: [{ name: 'x', access: 'Pull', to: grantee }] }) as RepositorySettings;
  test.each<[string, RepositorySettings]>([
    ['an account', to({ accounts: [ACCOUNT, OTHER] })],
    ['a role', to({ roles: [`arn:aws:iam::${OTHER}:role/x`] })],
    ['a role with our account in its path', to({ roles: [`arn:aws:iam::${OTHER}:role/:${ACCOUNT}:/x`] })],
    ['a role of the same number in another partition', to({ roles: [`arn:aws-cn:iam::${ACCOUNT}:role/x`] })],
    ['a role with a variable in its path', to({ roles: [`arn:aws:iam::${OTHER}:role/$\{aws:username}/x`] })],
    ['a user', to({ users: [`arn:aws:iam::${OTHER}:user/x`] })],
    ['an organization', to({ organization: 'o-a1b2c3d4e5' })],
    ['a service for another account', to({ service: 'codebuild', sourceAccounts: [OTHER] })],
    [
      'a service for functions of another account',
      to({ service: 'lambda', sourceArns: [`arn:aws:lambda:us-east-1:${OTHER}:function:*`] }),
    ],
    [
      'a service for our account and functions of another one',
      to({
        service: 'lambda',
        sourceAccounts: [ACCOUNT],
        sourceArns: [`arn:aws:lambda:us-east-1:${OTHER}:function:${ACCOUNT}`],
      }),
    ],
    ['whom a document names', { policy: { document: POLICY } }],
    [
      'whom a document names, and the operator is locked out',
      { policy: { document: POLICY, allowLockout: true } },
    ],
    ['nobody, by a document', { policy: { document: '{"Version":"2012-10-17","Statement":[]}' } }],
    ['an account, while nothing is written', { ...to({ accounts: [OTHER] }), mode: 'Observe' }],
  ])('only with the word Share: %s', async (_what, settings) => {
    count += 1;
    const name = `team-b/shared-${count}`;
    const object = await attack({ ...settings, name }, 'TenancyDenied');
    expect(readyOf(object).message).toBe(lacks('Share', name));
    expect(lab.ecr.repository(name)).toBeUndefined();
  });

  test('also where a class would say it for a namespace that it does not mean', async () => {
    const grants = [{ name: 'partner', access: 'Pull', to: { accounts: [OTHER] } }] as const;
    await lab.repositoryClass('partners', { grants });
    await lab.repositoryClass('partners-of-a', { grants, sharesFor: { matchLabels: { team: 'a' } } });
    for (const className of ['partners', 'partners-of-a']) {
      const name = `team-b/${className}`;
      const object = await attack({ name, className }, 'TenancyDenied');
      expect(readyOf(object).message).toBe(
        `${lacks('Share', name)}, or whoever owns RepositoryClass ${className}, whose grants reach beyond the account, for a spec.sharesFor that selects the namespace`,
      );
      expect(lab.ecr.repository(name)).toBeUndefined();
    }
  });

  test('not by a grant of one’s own that has the name of one of the class', async () => {
    const grants = [{ name: 'partner', access: 'Pull', to: { accounts: [OTHER] } }] as const;
    await lab.repositoryClass('partners-of-all', { grants, sharesFor: {} });
    const own = [{ ...grants[0], access: 'Push' as const }];
    await attack({ name: 'team-b/more', className: 'partners-of-all', grants: own }, 'TenancyDenied');
    expect(lab.ecr.repository('team-b/more')).toBeUndefined();
  });
});
