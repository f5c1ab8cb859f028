import { beforeAll, expect, test } from '@jest/globals';
import { type AccountCall, RIGHTS_FOLDER, readAccountCalls } from '../lab/account-record.ts';
import { comparedRights, type RightsDifference } from '../lab/rights.ts';
import { shippedRights } from './shipped-roles.ts';

/** What tests call pull Secrets and AWS keys beside the shipped names, with rights that they add as documented. */
const SAME_AS: Readonly<Record<string, string>> = {
  'team-pull': 'ecr-pull',
  second: 'ecr-pull',
  third: 'ecr-pull',
  'aws-cn-keys': 'aws-credentials',
  'aws-us-gov-keys': 'aws-credentials',
  'keys-china': 'aws-credentials',
  'keys-gov': 'aws-credentials',
};

/** That of a Registry whose `secretRef` no role has. */
const REFUSED = ['other-secret'];

let calls: readonly AccountCall[];
let difference: RightsDifference;

beforeAll(async () => {
  const folder = process.env[RIGHTS_FOLDER];
  if (!folder)
    throw new Error('this looks at the record of a whole run: it is part of npm test without arguments');
  calls = await readAccountCalls(folder);
  if (calls.length === 0)
    throw new Error('nothing was recorded: no User-Agent ecr-operator in any audit log');
  difference = comparedRights({ calls, rights: shippedRights(), sameAs: SAME_AS, refused: REFUSED });
  process.stderr.write(
    `\nWhat the operator may do in a cluster, and whether it did:\n${difference.table.join('\n')}\n`,
  );
});

test('what the operator asked of API servers in the whole suite is allowed by the shipped roles', () => {
  expect(difference.missing).toEqual([]);
});

test('is all that they allow', () => {
  expect(difference.unused).toEqual([]);
});
