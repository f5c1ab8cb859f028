import { CLASS_TAG } from '../../api/names.ts';
import type { RepositoryClass } from '../../api/repository-class.generated.ts';
import { partitionOf } from '../../ecr/partition.ts';
import type { Next } from '../../runtime/controller.ts';
import { failureOf } from '../../runtime/errors.ts';
import { retryOf } from '../../runtime/outcome.ts';
import { Waiting } from '../external-resource.ts';
import type { RegistryAccess } from '../registry-access.ts';
import { type DesiredRepository, desiredSettings } from '../repository/desired.ts';
import { effectiveSpec } from '../repository/effective.ts';
import type { World } from '../world.ts';
import { type BringOptions, bringUndeclared } from './bring-undeclared.ts';
import { type ClassWorld, classFor, partsOfKey, placeOfClass } from './undeclared-keys.ts';
import type { UndeclaredResult, UndeclaredStore } from './undeclared-store.ts';

export interface UndeclaredOptions extends BringOptions {
  readonly access: RegistryAccess;
  readonly world: ClassWorld & Pick<World, 'declares'>;
  readonly store: UndeclaredStore;
  readonly cluster: string;
  /** Called with a class when one of its repositories fails, recovers, comes or goes. */
  readonly onResult: (className: string) => void;
}

/** One pass over one repository that nobody declared: its settings, lifecycle and grants become those of the class. */
export function undeclaredReconciler(options: UndeclaredOptions): (key: string) => Promise<Next> {
  const { access, world, store, onResult } = options;

  function remember(className: string, name: string, result: UndeclaredResult | undefined): void {
    if (store.setResult(className, name, result)) onResult(className);
  }

  return async (key) => {
    const { className, name } = partsOfKey(key);
    const of = world.repositoryClasses.get(className);
    const place = of && placeOfClass(world, of);
    const wanted =
      place !== undefined &&
      store.has(place, name) &&
      classFor(world, place, name)?.metadata.name === className &&
      !world.declares(place, name);
    if (!of || !wanted) {
      for (const memory of [options.previews, options.refusals, options.grantless]) memory.delete(key);
      remember(className, name, undefined);
      return {};
    }
    if (of.spec.suspend) return {};
    try {
      const registry = access.writable(of.spec.undeclared?.registryRef.name ?? '');
      const connection = await access.connect(registry);
      const isOurs = await bringUndeclared(options, {
        ecr: connection.lane('sweep'),
        registry,
        desired: desiredOf(options, of, registry.spec.region, key),
        listed: store.take(place, name),
        key,
      });
      remember(className, name, isOurs ? 'synced' : undefined);
      return {};
    } catch (error) {
      if (error instanceof Waiting) return { requeueAfterMs: error.againMs };
      remember(className, name, failureOf(error));
      return { retry: retryOf(error) };
    }
  };
}

function desiredOf(
  { cluster, grantless }: UndeclaredOptions,
  of: RepositoryClass,
  region: string,
  key: string,
): DesiredRepository {
  const effective = effectiveSpec({ spec: { registryRef: { name: '' } } }, of);
  const owner = `${cluster}/${of.metadata.name}`;
  return {
    name: partsOfKey(key).name,
    owner,
    // Without a status nobody knows whether grants were there: ours show by their form.
    ...desiredSettings(effective, partitionOf(region).id, !grantless.has(key)),
    tags: { ...effective.tags, [CLASS_TAG]: owner },
    adoption: 'Only',
  };
}
