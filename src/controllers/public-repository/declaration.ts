import { OWNER_TAG } from '../../api/names.ts';
import type { Registry } from '../../api/registry.generated.ts';
import { hasPublic } from '../../ecr/partition.ts';
import { withoutTags } from '../../ecr/tags.ts';
import type { TenancyWord } from '../../ecr/tenancy.ts';
import { TerminalError } from '../../runtime/errors.ts';
import type { RegistryAccess } from '../registry-access.ts';
import { observationWords, sufficientWords } from '../repository/adoption.ts';
import { heldBefore } from '../repository/fields.ts';
import { type DesiredPublicRepository, desiredPublicRepository, PUBLIC_NOUN } from './desired.ts';
import type { ObservedPublicRepository } from './observe.ts';
import { type PublicRepositoryAction, planPublicRepository } from './plan.ts';
import type { PublicRepositoryState } from './public-repository-state.ts';

/** What PublicRepositories are compared by. */
export interface PublicDeclarationOptions {
  readonly access: RegistryAccess;
  /** The cluster's part of the owner tag. */
  readonly cluster: string;
}

/** A PublicRepository with all that decides over it. */
export interface PublicDeclaration {
  readonly repository: PublicRepositoryState;
  readonly registry: Registry;
  readonly desired: DesiredPublicRepository;
  /** Nothing is ever written. */
  readonly observeOnly: boolean;
  /** Throws unless the tenancy allows all of these words for this repository. */
  require(...words: readonly TenancyWord[]): void;
}

/** As `access.writable`; throws `PublicNotAvailable` too. */
export function publicRegistry(name: string, access: RegistryAccess): Registry {
  const registry = access.writable(name);
  if (hasPublic(registry.spec.region)) return registry;
  throw new TerminalError(
    'PublicNotAvailable',
    `there is no ECR Public for the region ${registry.spec.region} of Registry ${name}: refer to a Registry of the partition aws`,
  );
}

/** Reads the caches only; throws whatever stands in the way of touching ECR Public at all. */
export function publicDeclarationOf(
  repository: PublicRepositoryState,
  { access, cluster }: PublicDeclarationOptions,
): PublicDeclaration {
  const { spec, metadata } = repository;
  const registry = publicRegistry(spec.registryRef.name, access);
  const whole = desiredPublicRepository(repository, cluster);
  const require: PublicDeclaration['require'] = (...words) => {
    const subject = { namespace: metadata.namespace, repository: whole.name };
    for (const word of words) access.require(registry, [word], subject);
  };
  // Before ECR Public is asked: a refusal would tell what exists under a name to whom it does not concern.
  require('Public', ...(spec.policy ? (['Share'] as const) : []));
  const observeOnly = spec.mode === 'Observe';
  // Who only observes owns nothing.
  const desired = observeOnly ? { ...whole, tags: withoutTags(whole.tags, [OWNER_TAG]) } : whole;
  return { repository, registry, desired, observeOnly, require };
}

/** What is to be done (pure); throws where nothing may be. */
export function publicPlanOf(
  { repository: { status }, desired, observeOnly, require }: PublicDeclaration,
  observed: ObservedPublicRepository,
): PublicRepositoryAction[] {
  const adoption = { desired, observed, heldBefore: heldBefore(status, observed), noun: PUBLIC_NOUN };
  const words = observeOnly ? observationWords(adoption) : sufficientWords(adoption);
  // What stands for making and keeping here is Public, which is allowed already.
  if (!words.includes('Create')) require(...words);
  const actions = planPublicRepository(desired, observed, {
    // An owner tag of before is no difference to one who only observes, and nobody else is without one.
    managedTagKeys: (status?.managedTagKeys ?? []).filter((key) => key !== OWNER_TAG),
    trustsLogo: observeOnly,
  });
  // Of one that is not there, nothing else is to be said.
  return observeOnly && !observed.live ? actions.slice(0, 1) : actions;
}
