import type { Repository, RepositorySpec } from '../../api/repository.generated.ts';
import type { RepositoryClass } from '../../api/repository-class.generated.ts';

/** What a Repository says and its class fills in. */
export interface EffectiveSpec
  extends Pick<
    RepositorySpec,
    | 'tagMutability'
    | 'tagMutabilityExclusionFilters'
    | 'encryption'
    | 'scanOnPush'
    | 'tags'
    | 'lifecycle'
    | 'grants'
    | 'policy'
  > {
  /** The encryption is the class's word: for repositories that are made from now on, and for no other. */
  readonly encryptionAtCreation: boolean;
}

/**
 * The spec that is in effect (pure): what the Repository says itself wins, each field whole; tags are put together by
 * key, grants by name. A policy document is the whole policy, beside which the grants of a class have no place.
 */
export function effectiveSpec({ spec }: Pick<Repository, 'spec'>, of?: RepositoryClass): EffectiveSpec {
  const filled = of?.spec ?? {};
  const mutability = spec.tagMutability ? spec : filled;
  const named = new Set((spec.grants ?? []).map(({ name }) => name));
  const grants = [...(filled.grants ?? []).filter(({ name }) => !named.has(name)), ...(spec.grants ?? [])];
  const hasGrants = (spec.grants ?? filled.grants) !== undefined && !spec.policy;
  const defined = {
    tagMutability: mutability.tagMutability,
    tagMutabilityExclusionFilters: mutability.tagMutabilityExclusionFilters,
    encryption: spec.encryption ?? filled.encryption,
    scanOnPush: spec.scanOnPush ?? filled.scanOnPush,
    tags: filled.tags || spec.tags ? { ...filled.tags, ...spec.tags } : undefined,
    lifecycle: spec.lifecycle ?? filled.lifecycle,
    grants: hasGrants ? grants : undefined,
    policy: spec.policy,
  };
  return { ...present(defined), encryptionAtCreation: !spec.encryption && filled.encryption !== undefined };
}

type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function present<T extends object>(fields: T): Present<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Present<T>;
}
