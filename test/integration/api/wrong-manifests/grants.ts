import { type Bound, many, type WrongManifest, wrong } from './wrong-manifest.ts';

const GRANTS = 'spec.grants';
const GRANT = `${GRANTS}[]`;
const TO = `${GRANT}.to`;

const ACCOUNT = '123456789012';
const role = `arn:aws:iam::${ACCOUNT}:role/ci/Deployer_1`;
const user = `arn:aws-cn:iam::${ACCOUNT}:user/alice@example.com`;
const functions = `arn:aws:lambda:us-east-1:${ACCOUNT}:function:*`;

/** Every kind of grantee. */
export const grants = [
  { name: 'partner', access: 'Pull', to: { accounts: [ACCOUNT, '012345678901'] } },
  { name: 'ci', access: 'Push', to: { roles: [role] } },
  { name: 'audit-1', access: 'Read', to: { users: [user] } },
  { name: 'all', access: 'Pull', to: { organization: 'o-a1b2c3d4e5' } },
  { name: 'Functions', access: 'Pull', to: { service: 'lambda', sourceArns: [functions] } },
  { name: 'builds', access: 'Pull', to: { service: 'codebuild', sourceAccounts: [ACCOUNT] } },
];

const list = (...values: object[]) => ({ grants: values });
const one = { name: 'one', access: 'Pull', to: { accounts: [ACCOUNT] } };
const to = (grantee: object) => list({ ...one, to: grantee });

/** Good sources make a grant to a service good but for what is changed. */
const toLambda = (change: object) => to({ service: 'lambda', ...change });

interface GranteeList {
  readonly field: string;
  /** A grant with this list in that field. */
  readonly spec: (values: readonly string[]) => object;
  /** A good entry for any number below 100. */
  readonly entry: (index: number) => string;
  readonly longest: number;
  readonly says: string;
  readonly refused: readonly string[];
}

const accountOf = (index: number) => `${100_000_000_000 + index}`;
const NO_ACCOUNTS = ['12345678901', '1234-5678-90', '', 'x'.repeat(12)];

const LISTS: readonly GranteeList[] = [
  {
    field: 'accounts',
    spec: (accounts) => to({ accounts }),
    entry: accountOf,
    longest: 12,
    says: 'write the 12 digits of an account ID, in quotes',
    refused: NO_ACCOUNTS,
  },
  {
    field: 'roles',
    spec: (roles) => to({ roles }),
    entry: (index) => `${role}${index}`,
    longest: 640,
    says: 'write the ARN of a role',
    refused: [
      user,
      'Deployer',
      `arn:aws:iam::${ACCOUNT}:role/*`,
      `arn:aws:iam::${ACCOUNT}:role/`,
      `arn:aws:iam::${ACCOUNT}:role/a b`,
      `arn:aws:iam::${ACCOUNT}:role/a*/b`,
      `arn:aws:iam::${ACCOUNT}:role/bé`,
      `arn:aws:iam::${ACCOUNT}:root`,
      `arn:aws:sts::${ACCOUNT}:assumed-role/Deployer/session`,
      `x${role}`,
    ],
  },
  {
    field: 'users',
    spec: (users) => to({ users }),
    entry: (index) => `${user}${index}`,
    longest: 640,
    says: 'write the ARN of a user',
    refused: [role, 'alice', `arn:aws:iam::${ACCOUNT}:user/a*`, `arn:aws:iam::${ACCOUNT}:user/`],
  },
  {
    field: 'sourceAccounts',
    spec: (sourceAccounts) => toLambda({ sourceAccounts }),
    entry: accountOf,
    longest: 12,
    says: 'write the 12 digits of an account ID, in quotes',
    refused: NO_ACCOUNTS,
  },
  {
    field: 'sourceArns',
    spec: (sourceArns) => toLambda({ sourceArns }),
    entry: (index) => `${functions}${index}`,
    longest: 640,
    says: 'with its region and account',
    refused: [
      '*',
      `arn:aws:lambda:*:${ACCOUNT}:function:*`,
      'arn:aws:lambda:us-east-1:*:function:*',
      `arn:aws:lambda:us-east-1:${ACCOUNT}:`,
      `arn:aws:ecs:us-east-1:${ACCOUNT}:task/web`,
    ],
  },
];

function wrongList({ field, spec, entry, longest, says, refused }: GranteeList): WrongManifest[] {
  const at = `${TO}.${field}`;
  const item = (breaks: Bound, value: string, words: string) =>
    wrong(`${at}[]`, breaks, spec([value]), words);
  return [
    wrong(at, 'minItems', spec([]), 'at least 1 items'),
    wrong(at, 'maxItems', spec(many(51).map((_, index) => entry(index))), 'must have at most 50 items'),
    wrong(at, 'unique', spec([entry(0), entry(0)]), 'Duplicate value'),
    item('maxLength', entry(0).padEnd(longest + 1, '1'), `may not be more than ${longest}`),
    ...refused.map((value) => item('rule', value, says)),
  ];
}

const ONE_OF = 'write exactly one of accounts, roles, users, organization and service';

/** The ways to get the grants of a Repository or RepositoryClass wrong. */
export const wrongGrants: readonly WrongManifest[] = [
  wrong(
    GRANTS,
    'maxItems',
    list(...many(41).map((name) => ({ ...one, name }))),
    'must have at most 40 items',
  ),
  wrong(GRANTS, 'unique', list(one, { ...one, access: 'Push' }), 'Duplicate value'),
  wrong(GRANT, 'required:name', list({ access: 'Pull', to: one.to }), 'Required value'),
  wrong(GRANT, 'required:to', list({ name: 'one', access: 'Pull' }), 'Required value'),
  wrong(GRANT, 'required:access', list({ name: 'one', to: one.to }), 'Required value'),
  wrong(
    GRANT,
    'rule',
    list({ ...one, access: 'Push', to: { service: 'codebuild', sourceAccounts: [ACCOUNT] } }),
    'a service pulls only',
  ),
  wrong(
    GRANT,
    'rule',
    to({ service: 'codebuild', sourceArns: [functions] }),
    'sourceArns are ARNs of the service itself',
  ),
  wrong(`${GRANT}.name`, 'minLength', list({ ...one, name: '' }), 'at least 1 chars'),
  wrong(`${GRANT}.name`, 'maxLength', list({ ...one, name: 'x'.repeat(64) }), 'may not be more than 63'),
  wrong(`${GRANT}.name`, 'rule', list({ ...one, name: 'team_b' }), 'write a name of letters, digits and -'),
  wrong(
    `${GRANT}.access`,
    'enum',
    list({ ...one, access: 'Write' }),
    'supported values: "Pull", "Push", "Read"',
  ),
  wrong(TO, 'rule', to({}), ONE_OF),
  wrong(TO, 'rule', to({ accounts: [ACCOUNT], roles: [role] }), ONE_OF),
  wrong(TO, 'rule', to({ users: [user], organization: 'o-a1b2c3d4e5' }), ONE_OF),
  wrong(TO, 'rule', toLambda({ organization: 'o-a1b2c3d4e5', sourceAccounts: [ACCOUNT] }), ONE_OF),
  wrong(TO, 'rule', toLambda({}), "or anybody's function could pull"),
  wrong(TO, 'rule', to({ accounts: [ACCOUNT], sourceAccounts: [ACCOUNT] }), 'the others take neither'),
  wrong(TO, 'rule', to({ roles: [role], sourceArns: [functions] }), 'the others take neither'),
  wrong(
    `${TO}.organization`,
    'maxLength',
    to({ organization: `o-${'a'.repeat(33)}` }),
    'may not be more than 34',
  ),
  wrong(`${TO}.organization`, 'rule', to({ organization: 'r-ab12' }), 'write the ID of an organization'),
  wrong(`${TO}.organization`, 'rule', to({ organization: 'o-a1b2c3d4e' }), 'write the ID of an organization'),
  wrong(`${TO}.service`, 'enum', toLambda({ service: 'ecs' }), 'supported values: "lambda", "codebuild"'),
  ...LISTS.flatMap(wrongList),
];
