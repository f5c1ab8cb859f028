import type { PublicRepositoryStatus } from '../../api/public-repository.generated.ts';
import { hasPublic } from '../../ecr/partition.ts';
import type { PublicRepositoryApi } from '../../ecr/public-repository-api.ts';
import { ownerTagValue } from '../../ecr/tags.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { KubeClient } from '../../runtime/kube-client.ts';
import type { Reconciler } from '../../runtime/resource-reconciler.ts';
import { type ExternalResource, reconcileExternal } from '../external-resource.ts';
import { deleteOwned, isDeletedAtAws } from '../repository/delete.ts';
import { makesOrClaims } from '../repository/plan.ts';
import { policyFailure } from '../repository/principals.ts';
import { applyPublicAction, describePublicAction } from './apply.ts';
import {
  type PublicDeclaration,
  type PublicDeclarationOptions,
  publicDeclarationOf,
  publicPlanOf,
  publicRegistry,
} from './declaration.ts';
import { declaredPublicHash, PUBLIC_NOUN, publicRepositoryName } from './desired.ts';
import { type PublicRepositoryFields, publicRepositoryFields } from './fields.ts';
import { type ObservedPublicRepository, observePublicRepository } from './observe.ts';
import type { PublicRepositoryAction } from './plan.ts';
import type { PublicRepositoryState } from './public-repository-state.ts';
import { readLogo } from './read-logo.ts';

export interface PublicRepositoryReconcilerOptions extends PublicDeclarationOptions {
  readonly clock: Pick<Clock, 'now'>;
  /** Reads logos. */
  readonly client: Pick<KubeClient, 'request'>;
}

/** Keeps one repository of ECR Public as its PublicRepository declares it. */
export function publicRepositoryReconciler(
  options: PublicRepositoryReconcilerOptions,
): Reconciler<PublicRepositoryState, PublicRepositoryFields> {
  return {
    async reconcile(repository) {
      const declaration = publicDeclarationOf(repository, options);
      const { publicRepositories } = await options.access.connect(declaration.registry);
      return reconcileExternal(repository, externalPublic(publicRepositories, declaration, options));
    },
    async finalize(repository) {
      if (isDeletedAtAws(repository.spec)) await deletePublicRepository(repository, options);
      return 'released';
    },
  };
}

function externalPublic(
  api: PublicRepositoryApi,
  declaration: PublicDeclaration,
  { clock, client }: PublicRepositoryReconcilerOptions,
): ExternalResource<ObservedPublicRepository, PublicRepositoryAction, PublicRepositoryFields> {
  const { desired, observeOnly, repository } = declaration;
  const previous = repository.status;
  const { name } = desired;
  const target = { api, name, readLogo: (hash: string) => readLogo(client, repository, hash) };
  let refusedPolicy: PublicRepositoryStatus['refusedPolicy'];

  /** Why AWS did not take the policy. */
  function whyRefused(error: unknown, document: string, live: string | undefined): unknown {
    const now = clock.now();
    const why = policyFailure({ error, document, live, foreign: [], previous: previous?.refusedPolicy, now });
    ({ refusedPolicy } = why);
    return why.failure;
  }

  return {
    observeOnly,
    redeclared: previous?.declaredHash !== declaredPublicHash(desired),
    observe: () => observePublicRepository(api, desired, previous),
    plan: (observed) => publicPlanOf(declaration, observed),
    essential: makesOrClaims,
    async apply(action, observed) {
      try {
        return await applyPublicAction(target, action, observed);
      } catch (error) {
        if (action.type !== 'SetRepositoryPolicy') throw error;
        throw whyRefused(error, action.document, observed.policy);
      }
    },
    describe: (action, observed) =>
      describePublicAction(name, action, observed, observeOnly ? 'to do' : 'done'),
    status: (observed, changes) =>
      publicRepositoryFields({ previous, desired, observed, refusedPolicy, changes, now: clock.now() }),
  };
}

async function deletePublicRepository(
  repository: PublicRepositoryState,
  { access, cluster }: PublicRepositoryReconcilerOptions,
): Promise<void> {
  const { metadata, spec, status } = repository;
  const found = access.find(spec.registryRef.name);
  // Without a Registry to write to nothing can have been made, unless the status says so.
  const isWritable = found && found.spec.access !== 'PullOnly' && hasPublic(found.spec.region);
  if (!isWritable && status?.arn === undefined) return;
  const registry = publicRegistry(spec.registryRef.name, access);
  const { publicRepositories } = await access.connect(registry);
  const name = publicRepositoryName(repository);
  await deleteOwned(publicRepositories, {
    name,
    noun: PUBLIC_NOUN,
    owner: ownerTagValue({ cluster, namespace: metadata.namespace, name: metadata.name }),
    withImages: spec.deletionPolicy === 'DeleteWithImages',
    requireDeleteImages: () =>
      access.require(registry, ['DeleteImages'], { namespace: metadata.namespace, repository: name }),
  });
}
