import { OWNER_TAG } from '../../api/names.ts';
import type { Registry } from '../../api/registry.generated.ts';
import type { Repository } from '../../api/repository.generated.ts';
import type { EcrApi, LiveRepository } from '../../ecr/ecr-api.ts';
import { grantsBeyondAccount } from '../../ecr/grants.ts';
import { partitionOf } from '../../ecr/partition.ts';
import { withoutTags } from '../../ecr/tags.ts';
import type { RegistryAccess } from '../registry-access.ts';
import { classOf } from '../repository-class/class-of.ts';
import type { World } from '../world.ts';
import { observationWords, sufficientWords } from './adoption.ts';
import { type DesiredRepository, desiredRepository } from './desired.ts';
import { heldBefore } from './fields.ts';
import { type ObservedRepository, observeRepository } from './observe.ts';
import { planRepository, type RepositoryAction } from './plan.ts';

/** What Repositories are compared by. */
export interface DeclarationOptions {
  readonly access: RegistryAccess;
  readonly world: Pick<World, 'namespaces' | 'repositoryClasses'>;
  /** The cluster's part of the owner tag. */
  readonly cluster: string;
}

/** A Repository with all that decides over it. */
export interface Declaration {
  readonly repository: Repository;
  readonly registry: Registry;
  readonly className: string | undefined;
  readonly desired: DesiredRepository;
  /** Nothing is ever written. */
  readonly observeOnly: boolean;
  /** Throws unless the tenancy allows one of the words for this repository. */
  require(words: Parameters<RegistryAccess['require']>[1]): void;
}

/** Reads the caches only; throws whatever stands in the way of touching ECR at all. */
export function declarationOf(
  repository: Repository,
  { access, world, cluster }: DeclarationOptions,
): Declaration {
  const { spec, metadata } = repository;
  const registry = access.writable(spec.registryRef.name);
  const filled = classOf(repository, world);
  const partition = partitionOf(registry.spec.region).id;
  const whole = desiredRepository(repository, { cluster, partition, class: filled });
  const ask = { namespace: metadata.namespace, repository: whole.name };
  const require: Declaration['require'] = (words) => access.require(registry, words, ask);
  // A class is the word of whoever runs the cluster: what it shares is shared by them.
  const shares = grantsBeyondAccount(spec.grants ?? [], registry.spec.accountId);
  if (spec.policy || shares) require(['Share']);
  const observeOnly = spec.mode === 'Observe';
  // Who only observes owns nothing.
  const desired = observeOnly ? { ...whole, tags: withoutTags(whole.tags, [OWNER_TAG]) } : whole;
  return { repository, registry, className: filled?.metadata.name, desired, observeOnly, require };
}

/** What ECR holds, and what is to be written so that it holds what is declared. */
export interface Comparison {
  readonly observed: ObservedRepository;
  readonly actions: readonly RepositoryAction[];
}

/** Compares by reads alone; `listed` is what a list of the whole registry says. Throws where nothing may be touched. */
export async function compare(
  declaration: Declaration,
  ecr: EcrApi,
  listed?: LiveRepository,
): Promise<Comparison> {
  const observed = await observeRepository(ecr, declaration.desired, listed);
  return { observed, actions: planOf(declaration, observed) };
}

/** What is to be done (pure); throws where nothing may be. */
export function planOf(
  { repository: { status }, desired, observeOnly, require }: Declaration,
  observed: ObservedRepository,
): RepositoryAction[] {
  const managed = {
    // An owner tag of before is no difference to one who only observes, and nobody else is without one.
    tagKeys: (status?.managedTagKeys ?? []).filter((key) => key !== OWNER_TAG),
    statements: status?.managedStatements ?? [],
  };
  const adoption = { desired, observed, heldBefore: heldBefore(status, observed) };
  require(observeOnly ? observationWords(adoption) : sufficientWords(adoption));
  const actions = planRepository(desired, observed, managed);
  // Of one that is not there, nothing else is to be said.
  return observeOnly && !observed.live ? actions.slice(0, 1) : actions;
}
