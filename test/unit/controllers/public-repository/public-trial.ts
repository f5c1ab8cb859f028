import type {
  PublicRepositorySpec,
  PublicRepositoryStatus,
} from '../../../../src/api/public-repository.generated.ts';
import type { RegistrySpec } from '../../../../src/api/registry.generated.ts';
import { publicRepositoryReconciler } from '../../../../src/controllers/public-repository/public-repository.ts';
import { registryAccess } from '../../../../src/controllers/registry-access.ts';
import type { Connections } from '../../../../src/ecr/connection.ts';
import type { Tags } from '../../../../src/ecr/ecr-api.ts';
import type {
  LiveCatalog,
  LivePublicRepository,
  PublicRepositoryApi,
} from '../../../../src/ecr/public-repository-api.ts';
import type { Incomplete, Outcome } from '../../../../src/runtime/outcome.ts';
import { createFakeClock } from '../../fake-clock.ts';
import { NOW, namespace, registry, worldOf } from '../objects.ts';
import { cached, LIVE, publicRepository } from './public-objects.ts';

export type Spec = Partial<PublicRepositorySpec>;

/** One repository at ECR Public, as somebody else sees and changes it. */
export interface Shown {
  live: LivePublicRepository;
  tags: Tags;
  catalog: LiveCatalog;
  policy?: string;
  images: number;
}

/** ECR Public with at most one repository, `web`; notes the calls. `broken` do otherwise. */
function gallery(broken: Partial<PublicRepositoryApi>) {
  const calls: string[] = [];
  const names = new Set<unknown>();
  const held: { web?: Shown } = {};
  let uploads = 0;
  const web = (): Shown => {
    if (!held.web) throw new Error('there is no repository');
    return held.web;
  };
  const whole: PublicRepositoryApi = {
    describeRepository: async () => held.web?.live,
    createRepository: async ({ tags }) => {
      held.web = { live: LIVE, tags, catalog: {}, images: 0 };
      return LIVE;
    },
    deleteRepository: async () => void delete held.web,
    countImages: async () => web().images,
    listTags: async () => web().tags,
    tag: async (_arn, tags) => void Object.assign(web(), { tags: { ...web().tags, ...tags } }),
    untag: async (_arn, keys) => {
      web().tags = Object.fromEntries(Object.entries(web().tags).filter(([key]) => !keys.includes(key)));
    },
    getCatalog: async () => web().catalog,
    putCatalog: async (_name, { logoImage, ...texts }) => {
      if (logoImage !== undefined) uploads += 1;
      const { logoUrl } = web().catalog;
      const url = logoImage === undefined ? logoUrl : `https://logos.example.com/${uploads}.png`;
      web().catalog = { ...texts, ...(url === undefined ? {} : { logoUrl: url }) };
      return web().catalog;
    },
    getRepositoryPolicy: async () => web().policy,
    setRepositoryPolicy: async (_name, document) => {
      web().policy = document;
    },
  };
  const noted = Object.entries({ ...whole, ...broken }).map(([name, call]) => [
    name,
    (...args: readonly never[]) => {
      calls.push(name);
      if (/Repository$/.test(name)) names.add(nameIn(args[0]));
      return (call as (...args: readonly never[]) => unknown)(...args);
    },
  ]);
  return { held, calls, names, api: Object.fromEntries(noted) as PublicRepositoryApi };
}

function nameIn(first: string | { readonly name: string } | undefined): string | undefined {
  return typeof first === 'object' ? first.name : first;
}

export interface Given {
  readonly registry?: Partial<RegistrySpec>;
  readonly broken?: Partial<PublicRepositoryApi>;
  /** What the spec has become at the API server before the cache sees it; the same unless told. */
  readonly meanwhile?: Spec;
}

const READ = /^(describe|get|list|count)/;

/** Passes over one PublicRepository, whose status is what the pass before told. */
export function publicTrial({ registry: spec = {}, broken = {}, meanwhile }: Given = {}) {
  const { held, calls, names, api } = gallery(broken);
  const clock = createFakeClock(NOW);
  const allow = ['Public', 'Adopt', 'DeleteImages', 'Share'] as const;
  const world = worldOf({
    registries: [registry('default', { tenancy: { rules: [{ allow: [...allow] }] }, ...spec })],
    namespaces: [namespace()],
  });
  const connection = { verify: async () => undefined, publicRepositories: api };
  const connections = { to: () => connection } as unknown as Connections;
  const access = registryAccess({ ...world, connections });
  const reads: string[] = [];
  let served: Spec = {};
  const client = {
    async request<T>(path: string): Promise<T> {
      reads.push(path);
      return publicRepository(meanwhile ?? served) as T;
    },
  };
  const reconciler = publicRepositoryReconciler({ access, cluster: 'cluster', clock, client });
  let status: PublicRepositoryStatus | undefined;
  return {
    held,
    calls,
    /** The paths that the API server was asked for. */
    reads,
    /** What was described, made and deleted. */
    names,
    clock,
    writes: () => calls.filter((name) => !READ.test(name)),
    async pass(
      declared: Spec = {},
    ): Promise<Partial<Outcome<PublicRepositoryStatus> & Incomplete<PublicRepositoryStatus>>> {
      calls.length = 0;
      served = declared;
      const outcome = await reconciler.reconcile(cached(declared, status));
      const conditions = ('conditions' in outcome ? outcome.conditions : []).map((condition) => ({
        ...condition,
        observedGeneration: 1,
        lastTransitionTime: new Date(clock.now()).toISOString(),
      }));
      status = { ...outcome.status, conditions };
      return outcome;
    },
    finalize(declared: Spec) {
      calls.length = 0;
      return reconciler.finalize(cached(declared, status));
    },
    status: () => status,
    says: (more: PublicRepositoryStatus) => {
      status = { ...status, ...more };
    },
  };
}
