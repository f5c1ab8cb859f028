import { beforeAll, describe, expect, test } from '@jest/globals';
import { type OperatorAction, readOperatorRecord } from '../lab/aws/operator-record.ts';
import { allowedByAll } from '../lab/shipped-policies.ts';
import { actionsBehind } from '../unit/docs/iam-page.ts';
import { compared, type PolicyDifference } from './policy-comparison.ts';

let recorded: readonly OperatorAction[];

beforeAll(async () => {
  const folder = process.env['ECR_OPERATOR_LAB_ACTIONS'];
  if (!folder)
    throw new Error('this looks at the record of a whole run: it is part of npm test without arguments');
  recorded = await readOperatorRecord(folder);
  if (recorded.length === 0) throw new Error('nothing was recorded: no User-Agent named ecr-operator');
});

describe.each([
  ['the operator', 'call'],
  ['pulls with its tokens', 'token'],
] as const)('what %s asked for in the whole suite', (_, means) => {
  let difference: PolicyDifference;

  beforeAll(async () => {
    difference = compared({
      recorded: recorded.filter((one) => one.means === means),
      allowed: allowedByAll(means, { PREFIX: 'team-a/' }),
      behind: (await actionsBehind()).map(({ action }) => action),
    });
  });

  test('is allowed by the shipped policies, each action on its resource', () => {
    expect(difference.missing).toEqual([]);
  });

  test('is all that they allow', () => {
    expect(difference.unused).toEqual([]);
  });

  test('is not in the table of actions that AWS demands behind them', () => {
    expect(difference.notBehind).toEqual([]);
  });
});
