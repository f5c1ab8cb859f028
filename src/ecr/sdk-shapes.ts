import type { EncryptionConfiguration, Repository } from '@aws-sdk/client-ecr';
import { RetryableError } from '../runtime/errors.ts';
import type { AuthorizationToken, Encryption, LiveRepository, TagMutability, Tags } from './ecr-api.ts';
import type { LivePublicRepository } from './public-repository-api.ts';

/** As the SDK takes tags. */
export function tagList(tags: Tags): { Key: string; Value: string }[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

/** A tag of an answer, of ECR or of ECR Public. */
export interface TagShape {
  readonly Key?: string | undefined;
  readonly Value?: string | undefined;
}

/** The tags of an answer. */
export function liveTags(tags: readonly TagShape[] = []): Tags {
  return Object.fromEntries(tags.map(({ Key = '', Value = '' }) => [Key, Value]));
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

/** The tag mutability of an answer. */
export function liveMutability({
  imageTagMutability: mode = 'MUTABLE',
  imageTagMutabilityExclusionFilters: filters = [],
}: Pick<Repository, 'imageTagMutability' | 'imageTagMutabilityExclusionFilters'>): TagMutability {
  return { mode, filters: filters.map(({ filter = '' }) => filter) };
}

/** As the SDK takes encryption. */
export function encryptionInput({ type, kmsKey }: Encryption): EncryptionConfiguration {
  return { encryptionType: type, ...(kmsKey ? { kmsKey } : {}) };
}

/** The encryption of an answer. */
export function liveEncryption({
  encryptionType: type = 'AES256',
  kmsKey,
}: Partial<EncryptionConfiguration> = {}): Encryption {
  return { type, ...(kmsKey ? { kmsKey } : {}) };
}

/** What the repositories of ECR and of ECR Public have in common. */
interface RepositoryShape {
  readonly repositoryName?: string | undefined;
  readonly repositoryArn?: string | undefined;
  readonly repositoryUri?: string | undefined;
  readonly registryId?: string | undefined;
  readonly createdAt?: Date | undefined;
}

/** Which repository an answer is about. */
export function liveIdentity(repository: RepositoryShape): LivePublicRepository {
  return {
    name: repository.repositoryName ?? '',
    arn: repository.repositoryArn ?? '',
    uri: repository.repositoryUri ?? '',
    registryId: repository.registryId ?? '',
    createdAt: (repository.createdAt ?? new Date(0)).toISOString(),
  };
}

/** A repository of an answer; fields that are left out have ECR's own defaults. */
export function liveRepository(repository: Repository): LiveRepository {
  return {
    ...liveIdentity(repository),
    tagMutability: liveMutability(repository),
    scanOnPush: repository.imageScanningConfiguration?.scanOnPush ?? false,
    encryption: liveEncryption(repository.encryptionConfiguration),
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
