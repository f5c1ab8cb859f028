import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { grantSid, grantStatements, type PolicyStatement } from '../../../src/ecr/grants.ts';
import { samePolicy } from '../../../src/ecr/json-policy.ts';
import {
  mergedPolicy,
  ownSids,
  type PolicyMerge,
  vanishedForeignPrincipals,
} from '../../../src/ecr/policy-statements.ts';
import { TerminalError } from '../../../src/runtime/errors.ts';
import { reformatPolicy } from '../../lab/aws/policy-format.ts';

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

function policy(...statements: readonly (string | PolicyStatement)[]): string {
  const texts = statements.map((one) => (typeof one === 'string' ? one : JSON.stringify(one)));
  return `{"Version":"2012-10-17","Statement":[${texts.join(',')}]}`;
}

function withSid(statement: PolicyStatement, Sid: string): PolicyStatement {
  return { ...statement, Sid };
}

describe('our statements are put', () => {
  test.each<[string, string | undefined, readonly PolicyStatement[], PolicyMerge]>([
    ['into a policy of their own, of the newest version', undefined, [toRoot], { document: policy(toRoot) }],
    [
      'after those of others, which stay as they are written',
      policy(PERSONS, LAMBDAS),
      [toRoot, toOrganization],
      { document: policy(PERSONS, LAMBDAS, toRoot, toOrganization) },
    ],
    [
      'in the place of those that they replace',
      policy(PERSONS, withSid(toOrganization, toRoot.Sid), LAMBDAS),
      [toRoot],
      { document: policy(PERSONS, toRoot, LAMBDAS) },
    ],
    [
      'once, where two have the Sid of one',
      policy(toRoot, PERSONS, toRoot),
      [toRoot],
      { document: policy(toRoot, PERSONS) },
    ],
    [
      'beside a single statement that is no list',
      `{"Version":"2012-10-17","Statement":${LAMBDAS}}`,
      [toRoot],
      { document: policy(LAMBDAS, toRoot) },
    ],
    [
      'again when the live one has an id in the place of an ARN',
      policy(toPeople).replace(`"${ROLE}"`, '"AROAEXAMPLE"'),
      [toPeople],
      { document: policy(toPeople) },
    ],
    ['into a policy without statements', '{"Version":"2012-10-17"}', [toRoot], { document: policy(toRoot) }],
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
    expect(mergedPolicy(policy(old, LAMBDAS, toRoot), [toRoot], [])).toEqual({
      document: policy(LAMBDAS, toRoot),
    });
  });

  test('is withdrawn when its Sid is one that we put', () => {
    const live = policy(withSid(toRoot, 'formerly'), LAMBDAS);
    expect(mergedPolicy(live, [], ['formerly'])).toEqual({ document: policy(LAMBDAS) });
    expect(mergedPolicy(live, [], [])).toBe('same');
  });

  test('takes the policy with it when it was the last one', () => {
    expect(mergedPolicy(policy(old), [], [])).toBe('delete');
  });
});

describe('nothing is put', () => {
  test.each<[string, string | undefined, readonly PolicyStatement[]]>([
    ['where nothing is there and nothing wanted', undefined, []],
    ['where only statements of others are there', policy(PERSONS, LAMBDAS), []],
    ['where an empty policy is there that we did not put', '{"Statement":[]}', []],
    [
      'where ours are there among those of others',
      policy(toOrganization, PERSONS, toRoot),
      [toRoot, toOrganization],
    ],
    ['where ECR shows an account by its ID', policy(JSON.stringify(toRoot).replace(ROOT, ACCOUNT)), [toRoot]],
    [
      'where ECR shows everybody as an AWS principal and a list of one as a scalar',
      policy(
        JSON.stringify(toOrganization)
          .replace('"Principal":"*"', '"Principal":{"AWS":"*"}')
          .replace('["o-a1b2c3d4e5"]', '"o-a1b2c3d4e5"'),
      ),
      [toOrganization],
    ],
    [
      'where ECR shows actions in another order and case',
      policy({ ...toRoot, Action: toRoot.Action.map((one) => one.toLowerCase()).reverse() }),
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
    const words = refusal(policy(LAMBDAS), own) as [string, string];
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
    expect(mergedPolicy(policy(spaced), [toRoot], [])).toEqual({ document: policy(compact, toRoot) });
  });

  test('at 10,241 characters, not at 10,240', () => {
    const padding = 10_240 - policy(toRoot, '{"Sid":""}').length;
    const exact = `{"Sid":"${'x'.repeat(padding)}"}`;
    expect(mergedPolicy(policy(exact), [toRoot], [])).toEqual({ document: policy(exact, toRoot) });
    expect(refusal(policy(exact.replace('x', 'xx')), [toRoot])).toEqual([
      'PolicyTooLong',
      expect.stringContaining('would have 10241 characters, 1 more than'),
    ]);
  });
});

describe('principals that IAM knows no more', () => {
  test('are named in statements of others, by their ids', () => {
    const text = policy(
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

const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}[a-z0-9]$/);
const own = fc
  .uniqueArray(fc.record({ name, access: fc.constantFrom('Pull', 'Push', 'Read'), account: fc.nat(9) }), {
    selector: (one) => one.name,
    maxLength: 5,
  })
  .map((grants) =>
    grantStatements(
      grants.map((one) => ({
        name: one.name,
        access: one.access as 'Pull',
        to: { accounts: [`10000000000${one.account}`] },
      })),
      'aws',
    ),
  );
const foreign = fc
  .array(
    fc.record(
      {
        Sid: fc.stringMatching(/^[A-Z][a-z]{1,8}$/),
        Effect: fc.constantFrom('Allow', 'Deny'),
        Principal: fc.constantFrom('*', { AWS: ROOT }, { AWS: [ACCOUNT, 'AROAEXAMPLE'] }),
        Action: fc.constantFrom('ecr:*', ['ecr:BatchGetImage', 'ecr:PutImage']),
        Condition: fc.dictionary(fc.string(), fc.dictionary(fc.string(), fc.string(), { maxKeys: 2 }), {
          maxKeys: 2,
        }),
      },
      { requiredKeys: ['Effect', 'Principal', 'Action'] },
    ),
    { maxLength: 4 },
  )
  .chain((statements) =>
    fc.nat(4).map((indent) => statements.map((one) => JSON.stringify(one, null, indent))),
  );

/** Live policies of others, with statements of ours in them that are as good as any. */
const livePolicy = fc
  .tuple(foreign, own, fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })))
  .map(([others, ours, randoms]) => {
    const texts = [...others];
    for (const one of ours) {
      const at = Math.floor((randoms.next().value as number) * (texts.length + 1));
      texts.splice(at, 0, JSON.stringify(one));
    }
    return { others, text: texts.length === 0 ? undefined : policy(...texts) };
  });

describe('any policy', () => {
  const afterMerge = (live: string | undefined, merge: PolicyMerge) => {
    if (merge === 'same') return live;
    return merge === 'delete' ? undefined : merge.document;
  };

  test('is the same once it was merged, also as ECR shows it', () => {
    fc.assert(
      fc.property(livePolicy, own, ({ text }, wanted) => {
        const put = afterMerge(text, mergedPolicy(text, wanted, []));
        expect(mergedPolicy(put, wanted, [])).toBe('same');
        if (put === undefined) return;
        const shown = reformatPolicy(put, 'us-east-1');
        expect(samePolicy(shown, put, 'x')).toBe(true);
        expect(mergedPolicy(shown, wanted, [])).toBe('same');
      }),
      { numRuns: 500 },
    );
  });

  test('keeps the statements of others in their words and order, and has each of ours once', () => {
    fc.assert(
      fc.property(livePolicy, own, ({ others, text }, wanted) => {
        const put = afterMerge(text, mergedPolicy(text, wanted, [])) ?? policy();
        const { Statement } = JSON.parse(put) as { Statement: { Sid?: string }[] };
        const sids = wanted.map(({ Sid }) => Sid);
        const theirs = Statement.filter(({ Sid }) => !sids.includes(Sid ?? ''));
        expect(theirs).toEqual(others.map((one) => JSON.parse(one)));
        let from = 0;
        for (const one of others) {
          expect(put.indexOf(one, from)).toBeGreaterThanOrEqual(from);
          from = put.indexOf(one, from) + one.length;
        }
        const ours = Statement.filter(({ Sid }) => sids.includes(Sid ?? ''));
        expect(ours).toHaveLength(wanted.length);
        expect(ours).toEqual(expect.arrayContaining(wanted.map((one) => one)));
      }),
      { numRuns: 500 },
    );
  });
});

test('Sids of our form are found in a policy of anybody, each once and in order', () => {
  const [root, organization] = [toRoot, toOrganization].map((one) => one?.Sid);
  const theirs = [{ Sid: 'theirs' }, {}, 'x'];
  const policy = (statements: unknown) => ownSids(JSON.stringify({ Statement: statements }));
  expect(policy([toRoot, ...theirs, toOrganization, toRoot])).toEqual([root, organization].sort());
  expect([policy(toRoot), policy(theirs), ownSids('{}'), ownSids('[')]).toEqual([[root], [], [], []]);
});
