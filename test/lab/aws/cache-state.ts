/** One pull-through cache rule as ECR holds it. Mutable on purpose, as everything that "somebody else changes". */
export interface CacheRule {
  /** Order of creation: pages are cut by it. */
  readonly sequence: number;
  readonly ecrRepositoryPrefix: string;
  readonly createdAt: Date;
  upstreamRegistryUrl: string;
  upstreamRegistry: string;
  /** `ROOT` is all of the upstream. */
  upstreamRepositoryPrefix: string;
  credentialArn?: string | undefined;
  customRoleArn?: string | undefined;
  updatedAt: Date;
  /** Why ECR does not get into the upstream; it does while there is none. */
  failure?: string | undefined;
}

/** One repository creation template as ECR holds it. */
export interface CreationTemplate {
  readonly sequence: number;
  readonly prefix: string;
  readonly createdAt: Date;
  description?: string | undefined;
  appliedFor: readonly string[];
  imageTagMutability: string;
  imageTagMutabilityExclusionFilters: readonly { readonly filterType: 'WILDCARD'; readonly filter: string }[];
  encryptionType: string;
  kmsKey?: string | undefined;
  resourceTags: ReadonlyMap<string, string>;
  repositoryPolicy?: string | undefined;
  lifecyclePolicy?: string | undefined;
  customRoleArn?: string | undefined;
  updatedAt: Date;
}

/** What a registry has for prefixes of names. */
export interface CacheState {
  readonly rules: Map<string, CacheRule>;
  readonly templates: Map<string, CreationTemplate>;
  /** Which account and region of the simulator stands for an upstream, by its host name; ECR's own stand for themselves. */
  readonly upstreams: Map<string, { readonly accountId: string; readonly region: string }>;
  nextSequence(): number;
}

/** No rules, no templates, no upstreams. */
export function createCacheState(): CacheState {
  let sequence = 0;
  return {
    rules: new Map(),
    templates: new Map(),
    upstreams: new Map(),
    nextSequence: () => {
      sequence += 1;
      return sequence;
    },
  };
}

/** The entry for a repository's name: the longest prefix that it begins with, else `ROOT`. */
export function forName<T>(entries: ReadonlyMap<string, T>, name: string): T | undefined {
  const parts = name.split('/');
  for (let length = parts.length - 1; length > 0; length -= 1) {
    const found = entries.get(parts.slice(0, length).join('/'));
    if (found !== undefined) return found;
  }
  return entries.get('ROOT');
}
