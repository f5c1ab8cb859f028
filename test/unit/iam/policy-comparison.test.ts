import { expect, test } from '@jest/globals';
import { compared } from '../../after/policy-comparison.ts';
import type { OperatorAction, Outcome } from '../../lab/aws/operator-record.ts';

const did = (action: string, form: string, outcome: Outcome = 'ok'): OperatorAction => ({
  action,
  form,
  means: 'call',
  outcome,
});

const ALLOWED = [
  'ecr:CreateRepository repository/NAME',
  'ecr:GetAuthorizationToken *',
  'kms:CreateGrant key/NAME',
];
const RECORDED = [did('ecr:CreateRepository', 'repository/NAME'), did('ecr:GetAuthorizationToken', '*')];
const BEHIND = ['kms:CreateGrant'];

const difference = (recorded: readonly OperatorAction[], allowed = ALLOWED) =>
  compared({ recorded, allowed, behind: BEHIND });

test('what was asked for, and what stands behind it, is what is allowed', () => {
  expect(difference(RECORDED)).toEqual({ missing: [], unused: [], notBehind: [] });
});

test('an action that no policy has is missing, refused or not', () => {
  const more = [...RECORDED, did('ecr:TagResource', 'repository/NAME'), did('ecr:PutImage', '*', 'denied')];
  expect(difference(more).missing).toEqual(['ecr:PutImage *', 'ecr:TagResource repository/NAME']);
});

test('an action on another resource than the policies have is missing', () => {
  expect(difference([...RECORDED, did('ecr:CreateRepository', '*')]).missing).toEqual([
    'ecr:CreateRepository *',
  ]);
});

test('what nobody asked for is unused', () => {
  expect(difference(RECORDED.slice(1)).unused).toEqual(['ecr:CreateRepository repository/NAME']);
});

test('what was asked for in vain only is unused', () => {
  const vain = [
    did('ecr:CreateRepository', 'repository/NAME', 'denied'),
    did('ecr:GetAuthorizationToken', '*'),
  ];
  expect(difference(vain).unused).toEqual(['ecr:CreateRepository repository/NAME']);
});

test('what is said to stand behind others, and is asked for, does not stand behind them', () => {
  const asked = [...RECORDED, did('kms:CreateGrant', 'key/NAME')];
  expect(difference(asked)).toEqual({ missing: [], unused: [], notBehind: ['kms:CreateGrant key/NAME'] });
});

test('who we are needs no permission', () => {
  expect(difference([...RECORDED, did('sts:GetCallerIdentity', '*')]).missing).toEqual([]);
});
