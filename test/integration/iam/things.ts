import type { Conditioned, IamLab } from './iam-lab.ts';

/** Something that can be switched on, small. */
export interface Thing {
  /** The condition that tells whether it works. */
  readonly condition?: string;
  /** Declares it with a Registry, in the namespaces of {@link namespacesOf}. */
  declare(lab: IamLab, registry: string, region: string): Promise<Conditioned>;
}

const own = (registry: string) => ({ registryRef: { name: registry } });

/** @param suffix what its namespace has behind the Registry's name; `null` where the kind has no namespaces. */
function objectOf(kind: string, spec: (registry: string) => object, suffix: string | null = ''): Thing {
  return {
    declare: (lab, registry) =>
      lab.apply({
        apiVersion: 'ecr-operator.io/v1alpha1',
        kind,
        metadata: {
          name: `${registry}-${kind.toLowerCase()}`,
          ...(suffix === null ? {} : { namespace: `${registry}${suffix}` }),
        },
        spec: spec(registry),
      }),
  };
}

/** What the shipped policies are for, one thing for each. */
export const THINGS = {
  repository: objectOf('Repository', (registry) => ({ ...own(registry), scanOnPush: true })),
  'pull Secret': objectOf('PullSecret', (registry) => ({ registries: [{ name: registry }] })),
  'pull Secret with public': objectOf(
    'PullSecret',
    (registry) => ({ registries: [], public: own(registry) }),
    '-public',
  ),
  settings: {
    condition: 'SettingsSynced',
    declare: (lab, registry, region) =>
      lab.registry(registry, region, { accountSettings: { blobMounting: 'ENABLED' } }),
  },
  rule: objectOf(
    'PullThroughCacheRule',
    (registry) => ({ ...own(registry), prefix: 'quay', upstreamRegistry: 'quay' }),
    null,
  ),
  template: objectOf(
    'RepositoryCreationTemplate',
    (registry) => ({ ...own(registry), prefix: 'made', appliedFor: ['CREATE_ON_PUSH'] }),
    null,
  ),
  'public repository': objectOf('PublicRepository', (registry) => ({
    ...own(registry),
    name: `${registry}-public`,
    catalogData: { description: 'A name and a policy of its own.' },
  })),
} as const satisfies Readonly<Record<string, Thing>>;

export type ThingName = keyof typeof THINGS;

/** The namespaces that things of a Registry are in: a pull Secret has one for itself. */
export function namespacesOf(registry: string): readonly string[] {
  return [registry, `${registry}-public`];
}
