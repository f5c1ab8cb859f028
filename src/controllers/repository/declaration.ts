import { OWNER_TAG } from '../../api/names.ts';
import type { Registry } from '../../api/registry.generated.ts';
import type { Repository } from '../../api/repository.generated.ts';
import type { RepositoryClass } from '../../api/repository-class.generated.ts';
import type { EcrApi, LiveRepository } from '../../ecr/ecr-api.ts';
import { grantsBeyondAccount } from '../../ecr/grants.ts';
import { partitionOf } from '../../ecr/partition.ts';
import { withoutTags } from '../../ecr/tags.ts';
import { matchesSelector } from '../../runtime/label-selector.ts';
import type { RegistryAccess } from '../registry-access.ts';
import { classOf } from '../repository-class/class-of.ts';
import type { NamespaceState, World } from '../world.ts';
import { KEEP, observationWords, sufficientWords } from './adoption.ts';
import { type DesiredRepository, desiredRepository } from './desired.ts';
import { effectiveSpec } from './effective.ts';
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
  // Before ECR is asked: a refusal would tell what exists under a name, and whose it is, to whom it does not concern.
  require(spec.adoption === 'Only' ? KEEP.toReversed() : KEEP);
  const sharing = sharingOf(repository, filled, { accountId: registry.spec.accountId, partition });
  if (sharing === 'by itself') require(['Share']);
  if (sharing === 'by its class' && !sharesFor(filled, world.namespaces.get(metadata.namespace))) {
    const instead = `whoever owns RepositoryClass ${filled?.metadata.name}, whose grants reach beyond the account, for a spec.sharesFor that selects the namespace`;
    access.require(registry, ['Share'], { ...ask, instead });
  }
  const observeOnly = spec.mode === 'Observe';
  // Who only observes owns nothing.
  const desired = observeOnly ? { ...whole, tags: withoutTags(whole.tags, [OWNER_TAG]) } : whole;
  return { repository, registry, className: filled?.metadata.name, desired, observeOnly, require };
}

/** Who says that others than the account itself are let in, if that is said (pure). */
function sharingOf(
  repository: Repository,
  filled: RepositoryClass | undefined,
  account: Parameters<typeof grantsBeyondAccount>[1],
): 'by itself' | 'by its class' | undefined {
  const { grants = [], policy } = repository.spec;
  if (policy || grantsBeyondAccount(grants, account)) return 'by itself';
  // Not all that the class grants: a grant of the Repository's own goes before one of that name.
  const inEffect = effectiveSpec(repository, filled).grants ?? [];
  return grantsBeyondAccount(inEffect, account) ? 'by its class' : undefined;
}

/** Whether whoever owns a class has decided that its grants are for this namespace (pure). */
function sharesFor(of: RepositoryClass | undefined, namespace: NamespaceState | undefined): boolean {
  const selector = of?.spec.sharesFor;
  return selector !== undefined && namespace !== undefined && matchesSelector(selector, namespace.labels);
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
