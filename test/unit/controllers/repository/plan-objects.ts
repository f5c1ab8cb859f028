import type { DesiredRepository } from '../../../../src/controllers/repository/desired.ts';
import type { ObservedRepository } from '../../../../src/controllers/repository/observe.ts';

export const LIFECYCLE = '{"rules":[{"rulePriority":1}]}';
export const POLICY = '{"Statement":[{"Sid":"a","Action":["ecr:B","ecr:A"]}]}';
export const KEY = 'arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab';

/** Declares nothing but itself. */
export const BARE: DesiredRepository = {
  name: 'web',
  owner: 'c/n/web',
  tags: { owner: 'c/n/web' },
  adoption: 'IfUnowned',
};

/** Declares everything. */
export const FULL: DesiredRepository = {
  ...BARE,
  tags: { owner: 'c/n/web', cost: '42' },
  tagMutability: { mode: 'IMMUTABLE_WITH_EXCLUSION', filters: ['dev-*', 'latest'] },
  scanOnPush: true,
  encryption: { type: 'KMS', kmsKey: KEY },
  lifecycle: LIFECYCLE,
  policy: { document: POLICY, force: false },
};

/** What ECR holds when all of {@link FULL} holds, in ECR's own forms. */
export const HELD = {
  live: {
    name: 'web',
    arn: 'arn:aws:ecr:us-east-1:123456789012:repository/web',
    uri: '123456789012.dkr.ecr.us-east-1.amazonaws.com/web',
    registryId: '123456789012',
    createdAt: '2026-01-01T00:00:00.000Z',
    tagMutability: { mode: 'IMMUTABLE_WITH_EXCLUSION', filters: ['latest', 'dev-*'] },
    scanOnPush: true,
    encryption: { type: 'KMS', kmsKey: KEY },
  },
  tags: { owner: 'c/n/web', cost: '42', theirs: 'x' },
  lifecycle: { document: '{ "rules" : [ { "rulePriority" : 1 } ] }' },
  policy: '{ "Statement" : { "Sid" : "a", "Action" : [ "ECR:A", "ecr:B" ] } }',
} as const satisfies ObservedRepository;

/** {@link HELD} with other settings. */
export function held(live: Partial<NonNullable<ObservedRepository['live']>>): ObservedRepository {
  return { ...HELD, live: { ...HELD.live, ...live } };
}
