import type { Repository, RepositoryStatus } from '../../api/repository.generated.ts';
import type { Connection } from '../../ecr/connection.ts';
import { vanishedForeignPrincipals } from '../../ecr/policy-statements.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Reconciler } from '../../runtime/resource-reconciler.ts';
import { type ExternalResource, reconcileExternal } from '../external-resource.ts';
import type { ImageUsage } from '../image-usage/image-usage.ts';
import { applyRepositoryAction, describeRepositoryAction } from './apply.ts';
import { type Declaration, type DeclarationOptions, declarationOf, planOf } from './declaration.ts';
import { deleteRepository, isDeletedAtAws } from './delete.ts';
import { declaredHash } from './desired.ts';
import { type RepositoryFields, repositoryFields } from './fields.ts';
import { type ObservedRepository, observeRepository } from './observe.ts';
import { makesOrClaims, type RepositoryAction } from './plan.ts';
import { holdBack, requirePut } from './preview.ts';
import { policyFailure } from './principals.ts';

export interface RepositoryReconcilerOptions extends DeclarationOptions {
  readonly clock: Pick<Clock, 'now'>;
  /** Absent where the operator may not find out who uses images. */
  readonly imageUsage?: ImageUsage | undefined;
}

/** Keeps one ECR repository as its Repository declares it. */
export function repositoryReconciler(
  options: RepositoryReconcilerOptions,
): Reconciler<Repository, RepositoryFields> {
  const { access } = options;
  return {
    async reconcile(repository) {
      const declaration = declarationOf(repository, options);
      const connection = await access.connect(declaration.registry);
      return reconcileExternal(repository, externalRepository(connection, declaration, options));
    },
    async finalize(repository) {
      if (isDeletedAtAws(repository.spec)) await deleteRepository(repository, options);
      return 'released';
    },
  };
}

function externalRepository(
  { ecr, lane }: Pick<Connection, 'ecr' | 'lane'>,
  declaration: Declaration,
  { clock, imageUsage }: RepositoryReconcilerOptions,
): ExternalResource<ObservedRepository, RepositoryAction, RepositoryFields> {
  const { desired, observeOnly, className, repository, registry } = declaration;
  const previous = repository.status;
  let preview = previous?.preview;
  let refusedPolicy: RepositoryStatus['refusedPolicy'];
  let isNew = false;
  const isPreviewed = desired.preview === 'Report' || desired.preview === 'Block';

  /** Throws unless the policy may be put now. One that was made a moment ago holds no images. */
  async function holdBackUntilPreviewed(document: string): Promise<void> {
    if (isNew) return;
    const { accountId, region } = registry.spec;
    const { name } = desired;
    const { namespace } = repository.metadata;
    const held = await holdBack({
      ecr,
      background: () => lane('sweep'),
      name,
      document,
      mode: desired.preview,
      previous: previous?.preview,
      usersOf: imageUsage && ((pages) => imageUsage.usersOf({ accountId, region, name, namespace }, pages)),
      now: clock.now(),
    });
    preview = held.preview ?? preview;
    requirePut(held);
  }

  /** Why AWS did not take the policy. */
  function whyRefused(error: unknown, document: string, { policy: live }: ObservedRepository): unknown {
    const own = desired.statements;
    const sids = previous?.managedStatements ?? [];
    const foreign = own && live !== undefined ? vanishedForeignPrincipals(live, own, sids) : [];
    const now = clock.now();
    const why = policyFailure({ error, document, live, foreign, previous: previous?.refusedPolicy, now });
    ({ refusedPolicy } = why);
    return why.failure;
  }

  return {
    observeOnly,
    redeclared: previous?.declaredHash !== declaredHash(desired),
    observe: () => observeRepository(ecr, desired),
    plan: (observed) => planOf(declaration, observed),
    essential: (action) => makesOrClaims(action) || (action.type === 'Impossible' && action.essential),
    async apply(action, observed) {
      if (action.type === 'PutLifecyclePolicy') await holdBackUntilPreviewed(action.document);
      try {
        const after = await applyRepositoryAction(ecr, desired.name, action, observed);
        isNew ||= action.type === 'CreateRepository';
        return after;
      } catch (error) {
        if (action.type !== 'SetRepositoryPolicy') throw error;
        throw whyRefused(error, action.document, observed);
      }
    },
    describe: (action, observed) =>
      describeRepositoryAction(desired.name, action, observed, observeOnly ? 'to do' : 'done'),
    status: (observed, changes) =>
      repositoryFields({
        previous,
        desired,
        observed,
        className,
        preview: isPreviewed ? preview : undefined,
        refusedPolicy,
        changes,
        now: clock.now(),
      }),
  };
}
