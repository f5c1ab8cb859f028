import type { Repository } from '../../api/repository.generated.ts';
import type { EcrApi, LiveRepository } from '../../ecr/ecr-api.ts';
import { RetryableError } from '../../runtime/errors.ts';
import { type Key, keyOf } from '../../runtime/key.ts';
import { conditionOf } from '../../runtime/status.ts';
import { repositoryName } from '../repository/desired.ts';
import { hasItsName } from '../repository/name-index.ts';

/** A whole registry as ECR lists it. */
export interface Snapshot {
  /** By name, of those that are declared. */
  readonly declared: ReadonlyMap<string, LiveRepository>;
  /** Those that no object has; one that may not have what it declares has nothing. */
  readonly undeclared: readonly LiveRepository[];
  readonly total: number;
}

/**
 * Lists all, a call for each 1,000; undefined where the rights do not reach so far: `ecr:DescribeRepositories` on every
 * repository. Undeclared ones are kept where `keepsOthers`.
 */
export async function takeSnapshot(
  ecr: Pick<EcrApi, 'listRepositories'>,
  { declared: names, held }: DeclaredNames,
  keepsOthers: boolean,
): Promise<Snapshot | undefined> {
  const declared = new Map<string, LiveRepository>();
  const undeclared: LiveRepository[] = [];
  let total = 0;
  try {
    for await (const page of ecr.listRepositories()) {
      total += page.length;
      for (const live of page) {
        if (names.has(live.name)) declared.set(live.name, live);
        if (keepsOthers && !held.has(live.name)) undeclared.push(live);
      }
    }
  } catch (error) {
    if (error instanceof RetryableError && error.reason === 'AccessDenied') return undefined;
    throw error;
  }
  return { declared, undeclared, total };
}

/** What tells an object from what it was, and from another of its name. */
export function versionOf({ metadata }: Repository): string {
  return `${metadata.uid}/${metadata.generation}`;
}

/**
 * Whether an object is as declared, as far as we know: only those are compared. All others are for the Repository
 * controller to look at.
 */
export function isSettled({ metadata, spec, status }: Repository): boolean {
  if (metadata.deletionTimestamp || spec.suspend) return false;
  return (
    status?.observedGeneration === metadata.generation && conditionOf(status, 'Ready')?.status === 'True'
  );
}

/** The objects of a Registry at the beginning of a sweep. */
export interface Subjects {
  /** To be compared, with their versions. */
  readonly settled: Map<Key, string>;
  /** Those that are not as declared: with them a comparison would find nothing new. */
  readonly unsettled: readonly Key[];
}

/** What a sweep of a Registry is about; suspended objects, and those on their way out, are in neither part. */
export function subjectsOf(repositories: Iterable<Repository>, registry: string): Subjects {
  const settled = new Map<Key, string>();
  const unsettled: Key[] = [];
  for (const repository of repositories) {
    const { metadata, spec } = repository;
    if (spec.registryRef.name !== registry || spec.suspend || metadata.deletionTimestamp) continue;
    if (isSettled(repository)) settled.set(keyOf(metadata), versionOf(repository));
    else unsettled.push(keyOf(metadata));
  }
  return { settled, unsettled };
}

/** The ECR names that objects give: all, and of those that have their repository or are about to. */
export interface DeclaredNames {
  readonly declared: ReadonlySet<string>;
  readonly held: ReadonlySet<string>;
}

/** The ECR names that objects of these Registries give. */
export function declaredNames(
  repositories: Iterable<Repository>,
  registries: ReadonlySet<string>,
): DeclaredNames {
  const declared = new Set<string>();
  const held = new Set<string>();
  for (const repository of repositories) {
    if (!registries.has(repository.spec.registryRef.name)) continue;
    declared.add(repositoryName(repository));
    if (hasItsName(repository)) held.add(repositoryName(repository));
  }
  return { declared, held };
}
