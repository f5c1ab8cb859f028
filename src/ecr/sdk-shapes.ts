import type { EncryptionConfiguration, Repository } from '@aws-sdk/client-ecr';
import { RetryableError } from '../runtime/errors.ts';
import type { AuthorizationToken, Encryption, LiveRepository, TagMutability, Tags } from './ecr-api.ts';

/** As the SDK takes tags. */
export function tagList(tags: Tags): { Key: string; Value: string }[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

/** The two parameters of tag mutability; no filters clear those that are there. */
export function mutabilityInput({ mode, filters }: TagMutability) {
  return {
    imageTagMutability: mode,
    ...(filters.length > 0
      ? {
          imageTagMutabilityExclusionFilters: filters.map((filter) => ({
            filterType: 'WILDCARD' as const,
            filter,
          })),
        }
      : {}),
  };
}

/** As the SDK takes encryption. */
export function encryptionInput({ type, kmsKey }: Encryption): EncryptionConfiguration {
  return { encryptionType: type, ...(kmsKey ? { kmsKey } : {}) };
}

/** A repository of an answer; fields that are left out have ECR's own defaults. */
export function liveRepository(repository: Repository): LiveRepository {
  const { encryptionType = 'AES256', kmsKey } = repository.encryptionConfiguration ?? {};
  const filters = repository.imageTagMutabilityExclusionFilters ?? [];
  return {
    name: repository.repositoryName ?? '',
    arn: repository.repositoryArn ?? '',
    uri: repository.repositoryUri ?? '',
    registryId: repository.registryId ?? '',
    createdAt: (repository.createdAt ?? new Date(0)).toISOString(),
    tagMutability: {
      mode: repository.imageTagMutability ?? 'MUTABLE',
      filters: filters.map(({ filter = '' }) => filter),
    },
    scanOnPush: repository.imageScanningConfiguration?.scanOnPush ?? false,
    encryption: { type: encryptionType, ...(kmsKey ? { kmsKey } : {}) },
  };
}

interface AuthorizationDataShape {
  readonly authorizationToken?: string | undefined;
  readonly expiresAt?: Date | undefined;
}

/** The token of an answer. Errors have words about the shape alone: the data itself is secret. */
export function authorizationToken(data: AuthorizationDataShape | undefined): AuthorizationToken {
  const [user, password] = Buffer.from(data?.authorizationToken ?? '', 'base64')
    .toString()
    .split(':', 2);
  const expiresAt = data?.expiresAt?.getTime();
  if (user !== 'AWS' || !password || !expiresAt) {
    throw new RetryableError('TokenUnusable', 'the answer holds no token of the user AWS with an expiry');
  }
  return { password, expiresAt };
}
