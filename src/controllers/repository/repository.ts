import { OWNER_TAG } from '../../api/names.ts';
import type { Repository, RepositoryStatus } from '../../api/repository.generated.ts';
import type { EcrApi } from '../../ecr/ecr-api.ts';
import { managedKeys } from '../../ecr/tags.ts';
import { TerminalError } from '../../runtime/errors.ts';
import type { Reconciler } from '../../runtime/resource-reconciler.ts';
import type { BaseStatus } from '../../runtime/status.ts';
import { type ExternalResource, reconcileExternal } from '../external-resource.ts';
import type { RegistryAccess } from '../registry-access.ts';
import { sufficientWords } from './adoption.ts';
import { applyRepositoryAction, describeRepositoryAction } from './apply.ts';
import { deleteRepository } from './delete.ts';
import { type DesiredRepository, desiredRepository } from './desired.ts';
import { type ObservedRepository, observeRepository } from './observe.ts';
import { planRepository, type RepositoryAction } from './plan.ts';

type Fields = Omit<RepositoryStatus, keyof BaseStatus>;

export interface RepositoryReconcilerOptions {
  readonly access: RegistryAccess;
  /** The cluster's part of the owner tag. */
  readonly cluster: string;
}

/** Keeps one ECR repository as its Repository declares it. */
export function repositoryReconciler(options: RepositoryReconcilerOptions): Reconciler<Repository, Fields> {
  const { access, cluster } = options;
  return {
    async reconcile(repository) {
      const registry = access.writable(repository.spec.registryRef.name);
      const desired = desiredRepository(repository, cluster);
      const ask = { namespace: repository.metadata.namespace, repository: desired.name };
      if (desired.policy !== undefined) access.require(registry, ['Share'], ask);
      const { ecr } = await access.connect(registry);
      return reconcileExternal(
        repository,
        externalRepository(ecr, desired, repository, (words) => access.require(registry, words, ask)),
      );
    },
    async finalize(repository) {
      const { deletionPolicy = 'Retain', suspend } = repository.spec;
      if (deletionPolicy === 'Retain') return 'released';
      if (suspend) {
        throw new TerminalError(
          'Suspended',
          `spec.suspend holds the deletion back, which deletionPolicy: ${deletionPolicy} would extend to ECR: set suspend to false, or deletionPolicy to Retain`,
        );
      }
      await deleteRepository(repository, options);
      return 'released';
    },
  };
}

type Require = (words: ReturnType<typeof sufficientWords>) => void;

function externalRepository(
  ecr: EcrApi,
  desired: DesiredRepository,
  { status }: Repository,
  require: Require,
): ExternalResource<ObservedRepository, RepositoryAction, Fields> {
  return {
    observe: () => observeRepository(ecr, desired),
    plan(observed) {
      require(sufficientWords({ desired, observed, heldBefore: isHeld(status, observed) }));
      return planRepository(desired, observed, status?.managedTagKeys ?? []);
    },
    essential: (action) =>
      action.type === 'CreateRepository' || (action.type === 'TagResource' && OWNER_TAG in action.tags),
    apply: (action, observed) => applyRepositoryAction(ecr, desired.name, action, observed),
    describe: (action, observed) => describeRepositoryAction(desired.name, action, observed),
    status: ({ live, tags, imageCount }) => ({
      ...(live
        ? { arn: live.arn, uri: live.uri, registryId: live.registryId, createdAt: seconds(live.createdAt) }
        : {}),
      imageCount,
      managedTagKeys: managedKeys(desired.tags, tags, status?.managedTagKeys ?? []),
    }),
  };
}

/** Our status speaks of this very repository, and not of one that was made anew under its name. */
function isHeld(status: RepositoryStatus | undefined, { live }: ObservedRepository): boolean {
  if (!live || status?.arn === undefined) return false;
  return status.arn === live.arn && status.createdAt === seconds(live.createdAt);
}

/** As Kubernetes writes times. */
function seconds(rfc3339: string): string {
  return rfc3339.replace(/\.\d+/, '');
}
