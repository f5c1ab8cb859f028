import { describe, expect, test } from '@jest/globals';
import { grantSid, grantStatements, type PolicyStatement } from '../../../src/ecr/grants.ts';
import {
  mergedPolicy,
  ownSids,
  type PolicyMerge,
  vanishedForeignPrincipals,
} from '../../../src/ecr/policy-statements.ts';
import { TerminalError } from '../../../src/runtime/errors.ts';
import { policyOf } from './policy-text.ts';

const ACCOUNT = '210987654321';
const ROOT = `arn:aws:iam::${ACCOUNT}:root`;
const ROLE = `arn:aws:iam::${ACCOUNT}:role/ci`;

const [toRoot, toOrganization] = grantStatements(
  [
    { name: 'partner', access: 'Pull', to: { accounts: [ACCOUNT] } },
    { name: 'all', access: 'Read', to: { organization: 'o-a1b2c3d4e5' } },
  ],
  'aws',
) as [PolicyStatement, PolicyStatement];
const [toPeople] = grantStatements(
  [{ name: 'people', access: 'Push', to: { roles: [ROLE, `${ROLE}2`] } }],
  'aws',
) as [PolicyStatement];

/** As a person writes it: no Sid, odd spacing, a number that JavaScript cannot hold. */
const PERSONS =
  '{ "Effect":"Deny",\n "Principal" : "*", "Action":["ecr:*" ], "Condition":{"NumericLessThan":{"x":12345678901234567890}} }';
const LAMBDAS =
  '{"Sid" : "LambdaECRImageRetrievalPolicy", "Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"ecr:BatchGetImage"}';

function withSid(statement: PolicyStatement, Sid: string): PolicyStatement {
  return { ...statement, Sid };
}

describe('our statements are put', () => {
  test.each<[string, string | undefined, readonly PolicyStatement[], PolicyMerge]>([
    [
      'into a policy of their own, of the newest version',
      undefined,
      [toRoot],
      { document: policyOf(toRoot) },
    ],
    [
      'after those of others, which stay as they are written',
      policyOf(PERSONS, LAMBDAS),
      [toRoot, toOrganization],
      { document: policyOf(PERSONS, LAMBDAS, toRoot, toOrganization) },
    ],
    [
      'in the place of those that they replace',
      policyOf(PERSONS, withSid(toOrganization, toRoot.Sid), LAMBDAS),
      [toRoot],
      { document: policyOf(PERSONS, toRoot, LAMBDAS) },
    ],
    [
      'once, where two have the Sid of one',
      policyOf(toRoot, PERSONS, toRoot),
      [toRoot],
      { document: policyOf(toRoot, PERSONS) },
    ],
    [
      'beside a single statement that is no list',
      `{"Version":"2012-10-17","Statement":${LAMBDAS}}`,
      [toRoot],
      { document: policyOf(LAMBDAS, toRoot) },
    ],
    [
      'again when the live one has an id in the place of an ARN',
      policyOf(toPeople).replace(`"${ROLE}"`, '"AROAEXAMPLE"'),
      [toPeople],
      { document: policyOf(toPeople) },
    ],
    [
      'into a policy without statements',
      '{"Version":"2012-10-17"}',
      [toRoot],
      { document: policyOf(toRoot) },
    ],
  ])('%s', (_what, live, own, expected) => {
    expect(mergedPolicy(live, own, [])).toEqual(expected);
  });

  test.each([
    ['absent', ''],
    ['the old one', '"Version":"2008-10-17",'],
  ])('without another Version for what others wrote: %s', (_what, version) => {
    const live = `{${version}"Id":"mine","Statement":[${PERSONS}]}`;
    expect(mergedPolicy(live, [toRoot], [])).toEqual({
      document: `{${version}"Id":"mine","Statement":[${PERSONS},${JSON.stringify(toRoot)}]}`,
    });
  });
});

describe('a statement that is wanted no more', () => {
  const old = withSid(toRoot, grantSid('old'));

  test('is withdrawn when it has a Sid of our form', () => {
    expect(mergedPolicy(policyOf(old, LAMBDAS, toRoot), [toRoot], [])).toEqual({
      document: policyOf(LAMBDAS, toRoot),
    });
  });

  test('is withdrawn when its Sid is one that we put', () => {
    const live = policyOf(withSid(toRoot, 'formerly'), LAMBDAS);
    expect(mergedPolicy(live, [], ['formerly'])).toEqual({ document: policyOf(LAMBDAS) });
    expect(mergedPolicy(live, [], [])).toBe('same');
  });

  test('takes the policy with it when it was the last one', () => {
    expect(mergedPolicy(policyOf(old), [], [])).toBe('delete');
  });
});

describe('nothing is put', () => {
  test.each<[string, string | undefined, readonly PolicyStatement[]]>([
    ['where nothing is there and nothing wanted', undefined, []],
    ['where only statements of others are there', policyOf(PERSONS, LAMBDAS), []],
    ['where an empty policy is there that we did not put', '{"Statement":[]}', []],
    [
      'where ours are there among those of others',
      policyOf(toOrganization, PERSONS, toRoot),
      [toRoot, toOrganization],
    ],
    [
      'where ECR shows an account by its ID',
      policyOf(JSON.stringify(toRoot).replace(ROOT, ACCOUNT)),
      [toRoot],
    ],
    [
      'where ECR shows everybody as an AWS principal and a list of one as a scalar',
      policyOf(
        JSON.stringify(toOrganization)
          .replace('"Principal":"*"', '"Principal":{"AWS":"*"}')
          .replace('["o-a1b2c3d4e5"]', '"o-a1b2c3d4e5"'),
      ),
      [toOrganization],
    ],
    [
      'where ECR shows actions in another order and case',
      policyOf({ ...toRoot, Action: toRoot.Action.map((one) => one.toLowerCase()).reverse() }),
      [toRoot],
    ],
    ['where ours is the only statement, and no list', `{"Statement":${JSON.stringify(toRoot)}}`, [toRoot]],
  ])('%s', (_what, live, own) => {
    expect(mergedPolicy(live, own, [])).toBe('same');
  });
});

describe('a policy that cannot be put together is refused', () => {
  function refusal(live: string, own: readonly PolicyStatement[]): unknown {
    try {
      return mergedPolicy(live, own, []);
    } catch (error) {
      return error instanceof TerminalError ? [error.reason, error.message] : error;
    }
  }

  test.each([
    [
      'is no JSON',
      'nonsense',
      /^the repository policy in ECR is not JSON: .*; put a readable policy there or delete it/,
    ],
    ['is a list', '[]', /^the repository policy in ECR must be one JSON object, in braces; put a readable/],
  ])('when the live one %s', (_what, live, message) => {
    expect(refusal(live, [toRoot])).toEqual(['PolicyUnreadable', expect.stringMatching(message)]);
  });

  const accounts = Array.from({ length: 50 }, (_, index) => `${100_000_000_000 + index}`);
  const many = (name: string, count: number) =>
    grantStatements(
      [{ name, access: 'Pull', to: { accounts: accounts.slice(0, count) } }],
      'aws',
    )[0] as PolicyStatement;

  test('when it would be too long: by how much, and which grants take most of it', () => {
    const own = [
      many('small', 1),
      many('large', 50),
      many('larger', 50),
      many('largest', 50),
      many('other', 50),
      many('last', 50),
      many('more', 50),
    ];
    const total = own.reduce((sum, one) => sum + JSON.stringify(one).length, 0);
    const words = refusal(policyOf(LAMBDAS), own) as [string, string];
    expect(words[0]).toBe('PolicyTooLong');
    expect(words[1]).toMatch(
      /^the repository policy would have (\d+) characters, (\d+) more than ECR takes: (\d+) are spec\.grants, most of all EcrOperatorlargest\w{8} \(\d+\), EcrOperatorlarger\w{8} \(\d+\), EcrOperatorlarge\w{8} \(\d+\), and \d+ are what others put there; /,
    );
    const [length = 0, over = 0, grants = 0] = (
      words[1].match(/\d+(?= (?:characters|more|are spec))/g) ?? []
    ).map(Number);
    expect([length - over, grants]).toEqual([10_240, total]);
  });

  test('not while white space of others is all that is too much', () => {
    const spaced = LAMBDAS.replace(' : ', `${' '.repeat(10_240)}:`);
    const compact = LAMBDAS.replace(' : ', ':').replaceAll(', "', ',"');
    expect(mergedPolicy(policyOf(spaced), [toRoot], [])).toEqual({ document: policyOf(compact, toRoot) });
  });

  test('at 10,241 characters, not at 10,240', () => {
    const padding = 10_240 - policyOf(toRoot, '{"Sid":""}').length;
    const exact = `{"Sid":"${'x'.repeat(padding)}"}`;
    expect(mergedPolicy(policyOf(exact), [toRoot], [])).toEqual({ document: policyOf(exact, toRoot) });
    expect(refusal(policyOf(exact.replace('x', 'xx')), [toRoot])).toEqual([
      'PolicyTooLong',
      expect.stringContaining('would have 10241 characters, 1 more than'),
    ]);
  });
});

describe('principals that IAM knows no more', () => {
  test('are named in statements of others, by their ids', () => {
    const text = policyOf(
      { ...toRoot, Principal: { AWS: ['AROAOURS'] } },
      { ...toRoot, Sid: 'theirs', Principal: { AWS: [ROOT, 'AIDATHEIRS'] } },
      '{"Effect":"Allow","Principal":{"AWS":"AROANAMELESS"},"Action":"ecr:*"}',
    );
    expect(vanishedForeignPrincipals(text, [toRoot], [])).toEqual([
      'AIDATHEIRS (statement theirs)',
      'AROANAMELESS (a statement without Sid)',
    ]);
  });
});

test('Sids of our form are found in a policy of anybody, each once and in order', () => {
  const [root, organization] = [toRoot, toOrganization].map((one) => one?.Sid);
  const theirs = [{ Sid: 'theirs' }, {}, 'x'];
  const policy = (statements: unknown) => ownSids(JSON.stringify({ Statement: statements }));
  expect(policy([toRoot, ...theirs, toOrganization, toRoot])).toEqual([root, organization].sort());
  expect([policy(toRoot), policy(theirs), ownSids('{}'), ownSids('[')]).toEqual([[root], [], [], []]);
});
