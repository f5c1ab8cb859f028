import { ACCOUNT } from '../../lab/lab.ts';
import type { RepositorySettings } from './ecr-lab.ts';

/** A lifecycle policy as a person writes it: rules out of order, ECR sorts them. */
export const LIFECYCLE = JSON.stringify(
  {
    rules: [
      {
        rulePriority: 20,
        selection: { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: 100 },
        action: { type: 'expire' },
      },
      {
        rulePriority: 10,
        description: 'untagged images go after two weeks',
        selection: {
          tagStatus: 'untagged',
          countType: 'sinceImagePushed',
          countUnit: 'days',
          countNumber: 14,
        },
        action: { type: 'expire' },
      },
    ],
  },
  null,
  2,
);

/** One rule, so that it differs from {@link LIFECYCLE}. */
export function lifecycleKeeping(images: number): string {
  return JSON.stringify({
    rules: [
      {
        rulePriority: 1,
        selection: { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: images },
        action: { type: 'expire' },
      },
    ],
  });
}

/** Lets accounts pull; written in forms that ECR gives back otherwise. */
export function policyFor(...accounts: string[]): string {
  return JSON.stringify({
    Statement: {
      Action: ['ecr:GetDownloadUrlForLayer', 'ecr:batchgetimage', 'ecr:BatchCheckLayerAvailability'],
      Principal: { AWS: accounts },
      Effect: 'Allow',
      Sid: 'pull',
    },
    Version: '2012-10-17',
  });
}

export const POLICY = policyFor('210987654321', ACCOUNT);

/** Every setting that a Repository has. */
export const EVERYTHING = {
  registryRef: { name: 'open' },
  tagMutability: 'IMMUTABLE_WITH_EXCLUSION',
  tagMutabilityExclusionFilters: ['dev-*', 'latest'],
  encryption: { type: 'KMS', kmsKey: 'alias/images' },
  scanOnPush: true,
  tags: { team: 'payments', stage: 'prod' },
  lifecycle: { document: LIFECYCLE },
  policy: { document: POLICY },
} as const satisfies RepositorySettings;
