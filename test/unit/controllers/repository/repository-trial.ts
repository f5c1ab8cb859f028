import type {
  Repository,
  RepositorySpec,
  RepositoryStatus,
} from '../../../../src/api/repository.generated.ts';
import type { ImageUsage } from '../../../../src/controllers/image-usage/image-usage.ts';
import { repositoryReconciler } from '../../../../src/controllers/repository/repository.ts';
import type { EcrApi } from '../../../../src/ecr/ecr-api.ts';
import type { Incomplete, Outcome } from '../../../../src/runtime/outcome.ts';
import { createFakeClock } from '../../fake-clock.ts';
import { NOW, namespace, registry, repository, stored, type Things, worldOf } from '../objects.ts';
import { accessTo, loneRegistry } from './lone-registry.ts';

export type Spec = Partial<RepositorySpec>;

export const OWNER = 'ecr-operator.io/owner';
export const MINUTE = 60_000;
const EVERYTHING = ['Create', 'Adopt', 'DeleteImages', 'Share', 'Pull'] as const;

/** Keeps so many images. */
export const lifecycle = (countNumber: number, preview?: 'Report' | 'Block') => ({
  rules: [
    {
      priority: 1,
      tagStatus: 'any',
      countType: 'imageCountMoreThan',
      countNumber,
      action: 'expire',
    } as const,
  ],
  ...(preview ? { preview } : {}),
});

export interface Given {
  readonly things?: Things;
  readonly imageUsage?: ImageUsage;
  /** Calls that do otherwise. */
  readonly broken?: Partial<EcrApi>;
}

/** Passes over one Repository, whose status is what the pass before told. */
export function trial({ things, imageUsage, broken }: Given = {}) {
  const aws = loneRegistry(NOW);
  const clock = createFakeClock(NOW);
  const rules = [{ allow: EVERYTHING, namespaceSelector: {} }];
  const classes = stored(things?.repositoryClasses, ({ metadata }) => metadata.name);
  const world = {
    ...worldOf({
      registries: [registry('default', { tenancy: { rules } })],
      namespaces: [namespace()],
      ...things,
    }),
    repositoryClasses: classes,
  };
  let status: RepositoryStatus | undefined;
  const lanes: string[] = [];
  const access = accessTo({ ...aws.ecr, ...broken }, world, (lane) => void lanes.push(lane));
  const reconciler = repositoryReconciler({ access, world, cluster: 'c', clock, imageUsage });
  const object = (spec: Spec): Repository => repository(spec, {}, status);
  return {
    ...aws,
    classes,
    clock,
    lanes,
    async pass(spec: Spec = {}): Promise<Partial<Outcome<RepositoryStatus> & Incomplete<RepositoryStatus>>> {
      const outcome = await reconciler.reconcile(object(spec));
      const conditions = ('conditions' in outcome ? outcome.conditions : []).map((condition) => ({
        ...condition,
        observedGeneration: 1,
        lastTransitionTime: new Date(clock.now()).toISOString(),
      }));
      status = { ...outcome.status, conditions };
      return outcome;
    },
    finalize: (spec: Spec) => reconciler.finalize(object(spec)),
    says: (more: RepositoryStatus) => {
      status = { ...status, ...more };
    },
    later(ms: number) {
      clock.advance(ms);
      aws.clock.advance(ms);
    },
  };
}

/** The conditions, in short. */
export const syncedOf = ({ conditions = [] }: Partial<Outcome<unknown>>) =>
  conditions.map(({ type, status, reason }) => `${type} ${status} ${reason}`);
