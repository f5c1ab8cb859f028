import { OWNER_TAG } from '../../../../src/api/names.ts';
import type {
  PublicRepository,
  PublicRepositorySpec,
  PublicRepositoryStatus,
} from '../../../../src/api/public-repository.generated.ts';
import {
  type DesiredPublicRepository,
  desiredPublicRepository,
} from '../../../../src/controllers/public-repository/desired.ts';
import type { ObservedPublicRepository } from '../../../../src/controllers/public-repository/observe.ts';
import {
  type PublicRepositoryState,
  publicRepositoryState,
} from '../../../../src/controllers/public-repository/public-repository-state.ts';
import type { LivePublicRepository } from '../../../../src/ecr/public-repository-api.ts';

export const OWNER = 'cluster/team/web';
export const ARN = 'arn:aws:ecr-public::123456789012:repository/web';
export const LOGO = Buffer.from('logo').toString('base64');

export const LIVE: LivePublicRepository = {
  name: 'web',
  arn: ARN,
  uri: 'public.ecr.aws/a1b2c3d4/web',
  registryId: '123456789012',
  createdAt: '2026-01-01T00:00:00.000Z',
};

/** As the API server has it. */
export function publicRepository(
  spec: Partial<PublicRepositorySpec> = {},
  status?: PublicRepositoryStatus,
): PublicRepository {
  return {
    apiVersion: 'ecr-operator.io/v1alpha1',
    kind: 'PublicRepository',
    metadata: {
      name: 'web',
      namespace: 'team',
      uid: 'uid-of-web',
      resourceVersion: '1',
      generation: 1,
      creationTimestamp: '2025-01-01T00:00:00Z',
    },
    spec: { registryRef: { name: 'default' }, ...spec },
    ...(status ? { status } : {}),
  };
}

/** The same as the cache keeps it. */
export function cached(
  spec: Partial<PublicRepositorySpec> = {},
  status?: PublicRepositoryStatus,
): PublicRepositoryState {
  return publicRepositoryState(publicRepository(spec, status));
}

/** What a spec declares. */
export function desired(spec: Partial<PublicRepositorySpec> = {}): DesiredPublicRepository {
  return desiredPublicRepository(cached(spec), 'cluster');
}

/** A repository that is there with our owner tag and nothing else, unless told. */
export function observed(more: Partial<ObservedPublicRepository> = {}): ObservedPublicRepository {
  return { live: LIVE, tags: { [OWNER_TAG]: OWNER }, ...more };
}

/** What is there once all that is declared was put, as ECR Public tells of it. */
export function observedAs({
  tags,
  texts,
  logoHash,
  policy,
}: DesiredPublicRepository): ObservedPublicRepository {
  const url = 'https://logos.example.com/1.png';
  return {
    live: LIVE,
    tags,
    catalog: { ...texts, ...(logoHash ? { logoUrl: url } : {}) },
    policy: policy?.document,
    ...(logoHash ? { putLogo: { hash: logoHash, url } } : {}),
  };
}
