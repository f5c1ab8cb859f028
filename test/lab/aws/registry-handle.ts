import { repositoryArn } from './aws-names.ts';
import { bareCaller, type Caller } from './callers.ts';
import { putImage } from './image-state.ts';
import { evaluateLifecycle } from './lifecycle-evaluation.ts';
import { makeRepository, type Occasion } from './made-by-ecr.ts';
import { ECR_OPERATIONS } from './operations/ecr-operations.ts';
import { ECR_PUBLIC_OPERATIONS } from './operations/ecr-public-operations.ts';
import type { Input, Output } from './parameters.ts';
import type { Image, Registry, Repository } from './registry-state.ts';
import type { OperationTable, World } from './world.ts';

/** Direct access to one account's registry in one region, for "somebody else changed it". Nothing here is recorded. */
export interface RegistryHandle {
  readonly registry: Registry;
  /** The live state; what a test writes to it is at once what ECR has. */
  repository(name: string): Repository | undefined;
  /** All of them, lags or not, in order of creation. */
  repositories(): readonly Repository[];
  /** Creates a repository, with any part of its state. */
  addRepository(name: string, settings?: Partial<Repository>): Repository;
  removeRepository(name: string): void;
  /** Creates a repository as ECR does by itself, with the creation template that is for it. */
  madeByEcr(name: string, occasion: Occasion): Repository;
  /** Adds an image as a push would; throws where the repository does not exist. */
  addImage(name: string, image: Partial<Image> & { readonly digest: string }): Image;
  /** Does what ECR does within a day: the repository's lifecycle policy takes its images, and its time is noted. */
  runLifecycle(name: string): void;
  /** Runs an operation with its own validation, as the account's root: no signature, no faults. */
  call(operation: string, input: Input): Output;
}

/** The handle of a registry, which exists as soon as it is asked for. */
export function registryHandle(world: World, accountId: string, region: string): RegistryHandle {
  return handleOf(world, world.registry(accountId, region), ECR_OPERATIONS);
}

/** The handle of an account's registry at ECR Public. */
export function publicRegistryHandle(world: World, accountId: string): RegistryHandle {
  return handleOf(world, world.publicRegistry(accountId), ECR_PUBLIC_OPERATIONS);
}

function handleOf(world: World, registry: Registry, operations: OperationTable): RegistryHandle {
  const { accountId, region } = registry;
  return {
    registry,
    repository: (name) => registry.repositories.get(name),
    repositories: () => [...registry.repositories.values()],
    addRepository: (name, settings) => registry.add(name, settings),
    removeRepository: (name) => registry.remove(name),
    madeByEcr: (name, occasion) => makeRepository(registry, name, occasion),
    addImage(name, image) {
      const repository = registry.repositories.get(name);
      if (repository === undefined) throw new Error(`no repository ${name} in ${accountId}/${region}`);
      return putImage(repository, image, world.clock.now());
    },
    runLifecycle(name) {
      const repository = registry.repositories.get(name);
      if (repository?.lifecycle === undefined) throw new Error(`no lifecycle policy on ${name}`);
      const now = world.clock.now();
      for (const { image, action } of evaluateLifecycle(repository, repository.lifecycle.text, now)) {
        if (action === 'EXPIRE') repository.images.delete(image.digest);
        else Object.assign(image, { status: 'ARCHIVED', archivedAt: now });
      }
      repository.lifecycle.lastEvaluatedAt = now;
    },
    call(operation, input) {
      const run = operations[operation];
      if (run === undefined) throw new Error(`the simulator has no ECR operation ${operation}`);
      return run({ world, caller: rootOf(registry), region, registry }, input);
    },
  };
}

function rootOf(registry: Registry): Caller {
  const partition = repositoryArn(registry.accountId, registry.region, '*').split(':')[1];
  return bareCaller(
    registry.accountId,
    `arn:${partition}:iam::${registry.accountId}:root`,
    registry.accountId,
  );
}
