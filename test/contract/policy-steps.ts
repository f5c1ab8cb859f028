import { A, ecr, MISSING, type Step } from './contract-step.ts';

const POLICY = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    {
      Sid: 'pull',
      Effect: 'Allow',
      Principal: { AWS: 'arn:aws:iam::210987654321:root' },
      Action: ['ecr:BatchGetImage'],
    },
  ],
});

const LOCK = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Sid: 'lock', Effect: 'Deny', Principal: '*', Action: 'ecr:SetRepositoryPolicy' }],
});

/** Repository policies. */
export const policies: readonly Step[] = [
  ecr('get no policy', (on) => on.getRepositoryPolicy(A)),
  ecr('set a policy', (on) => on.setRepositoryPolicy({ ...A, policyText: POLICY })),
  ecr('get the policy', (on) => on.getRepositoryPolicy(A)),
  ecr('set a policy that is none', (on) => on.setRepositoryPolicy({ ...A, policyText: 'nonsense' })),
  ecr('set a policy on a missing one', (on) => on.setRepositoryPolicy({ ...MISSING, policyText: POLICY })),
  ecr('set a policy that locks me out', (on) => on.setRepositoryPolicy({ ...A, policyText: LOCK })),
  ecr('set a policy that locks me out by force', (on) =>
    on.setRepositoryPolicy({ ...A, policyText: LOCK, force: true }),
  ),
  ecr('delete the policy', (on) => on.deleteRepositoryPolicy(A)),
  ecr('delete no policy', (on) => on.deleteRepositoryPolicy(A)),
  ecr('delete the policy of a missing one', (on) => on.deleteRepositoryPolicy(MISSING)),
  ecr('get the policy of a missing one', (on) => on.getRepositoryPolicy(MISSING)),
];

const EXPIRE = {
  rulePriority: 1,
  description: 'long enough for a text of at least a hundred characters',
  selection: { tagStatus: 'untagged', countType: 'sinceImagePushed', countUnit: 'days', countNumber: 14 },
  action: { type: 'expire' },
};

function lifecycle(name: string, rules: unknown, where = A): Step {
  return ecr(name, (on) =>
    on.putLifecyclePolicy({ ...where, lifecyclePolicyText: JSON.stringify({ rules }) }),
  );
}

/** Lifecycle policies. */
export const lifecycles: readonly Step[] = [
  ecr('get no lifecycle', (on) => on.getLifecyclePolicy(A)),
  lifecycle('set a lifecycle', [EXPIRE]),
  ecr('get the lifecycle', (on) => on.getLifecyclePolicy(A)),
  lifecycle(
    'set rules that are no list',
    'nothing at all, at a length that is nevertheless beyond one hundred characters: so it is, so it is',
  ),
  lifecycle('set a rule without action', [{ ...EXPIRE, action: undefined }]),
  lifecycle('set a foreign key', [{ ...EXPIRE, colour: 'red' }]),
  lifecycle('set a foreign action', [{ ...EXPIRE, action: { type: 'frame' } }]),
  lifecycle('set a foreign count', [
    { ...EXPIRE, selection: { ...EXPIRE.selection, countType: 'sinceYesterday' } },
  ]),
  lifecycle('set a foreign status', [{ ...EXPIRE, selection: { ...EXPIRE.selection, tagStatus: 'some' } }]),
  lifecycle('set a count of none', [{ ...EXPIRE, selection: { ...EXPIRE.selection, countNumber: 0 } }]),
  lifecycle('set a short lifecycle', []),
  lifecycle('set one priority twice', [EXPIRE, EXPIRE]),
  lifecycle('set an archiving lifecycle', [
    { ...EXPIRE, action: { type: 'transition', targetStorageClass: 'archive' } },
  ]),
  lifecycle('set the lifecycle of a missing one', [EXPIRE], MISSING),
  ecr('delete the lifecycle', (on) => on.deleteLifecyclePolicy(A)),
  ecr('delete no lifecycle', (on) => on.deleteLifecyclePolicy(A)),
  ecr('delete the lifecycle of a missing one', (on) => on.deleteLifecyclePolicy(MISSING)),
  ecr('get the lifecycle of a missing one', (on) => on.getLifecyclePolicy(MISSING)),
  lifecycle('set two rules for untagged images', [EXPIRE, { ...EXPIRE, rulePriority: 2 }]),
];
