import { AwsError } from './aws-error.ts';
import { type CreationTemplate, forName } from './cache-state.ts';
import { resolveKmsKey } from './kms-key.ts';
import type { Registry, Repository, TagMutability } from './registry-state.ts';

/** When ECR makes a repository by itself. */
export type Occasion = 'PULL_THROUGH_CACHE' | 'REPLICATION' | 'CREATE_ON_PUSH';

/**
 * The template for a repository that is about to be made: of those for the occasion the one with the longest prefix.
 * Source: user guide, "Templates to control repositories created during a pull through cache, create on push, or
 * replication action".
 */
export function templateFor(
  registry: Registry,
  name: string,
  occasion: Occasion,
): CreationTemplate | undefined {
  const applied = [...registry.caches.templates].filter(([, { appliedFor }]) =>
    appliedFor.includes(occasion),
  );
  return forName(new Map(applied), name);
}

/** Makes a repository as ECR does for a pull, a replication or a push; with its defaults where no template is for it. */
export function makeRepository(registry: Registry, name: string, occasion: Occasion): Repository {
  const template = templateFor(registry, name, occasion);
  return registry.add(name, template ? settingsOf(registry, template) : {});
}

function settingsOf(registry: Registry, template: CreationTemplate): Partial<Repository> {
  const { encryptionType, kmsKey, customRoleArn, resourceTags, lifecyclePolicy } = template;
  const isKms = encryptionType !== 'AES256';
  if (customRoleArn === undefined && (isKms || resourceTags.size > 0)) {
    // The client sees but "not found" (aws/containers-roadmap#2398).
    throw new AwsError('RepositoryNotFoundException', 'the template needs a custom role', 404);
  }
  return {
    mutability: template.imageTagMutability as TagMutability,
    exclusionFilters: template.imageTagMutabilityExclusionFilters,
    encryption: isKms
      ? { encryptionType, kmsKey: resolveKmsKey(kmsKey, registry.accountId, registry.region) }
      : { encryptionType },
    tags: new Map(resourceTags),
    policyText: template.repositoryPolicy,
    lifecycle:
      lifecyclePolicy === undefined ? undefined : { text: lifecyclePolicy, lastEvaluatedAt: new Date(0) },
  };
}
