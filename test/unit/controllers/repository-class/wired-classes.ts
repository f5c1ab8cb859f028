import type { Registry } from '../../../../src/api/registry.generated.ts';
import type { RepositoryClassSpec } from '../../../../src/api/repository-class.generated.ts';
import type { Parts } from '../../../../src/controllers/parts.ts';
import { hasItsName } from '../../../../src/controllers/repository/name-index.ts';
import { repositoryClassControllers } from '../../../../src/controllers/repository-class/controllers.ts';
import { createUndeclaredStore } from '../../../../src/controllers/repository-class/undeclared-store.ts';
import type { LiveRepository } from '../../../../src/ecr/ecr-api.ts';
import type { Controller } from '../../../../src/runtime/controller.ts';
import { keyOf } from '../../../../src/runtime/key.ts';
import { createTrigger } from '../../../../src/runtime/sources.ts';
import { createFakeClock } from '../../fake-clock.ts';
import { recordedLog } from '../../runtime/recorded-log.ts';
import { NOW, namespace, registry, type repository, repositoryClass, stored } from '../objects.ts';
import { accessTo, loneRegistry } from '../repository/lone-registry.ts';

export const PLACE = '123456789012/us-east-1';

interface Body {
  readonly status?: {
    readonly undeclared?: object;
    readonly conditions?: readonly { readonly reason: string }[];
  };
}

/** Both controllers on caches that a test fills, connected, and at rest until they are started. */
export function wiredClasses() {
  const aws = loneRegistry(NOW);
  const clock = createFakeClock(NOW);
  const signal = new AbortController();
  const caches = {
    registries: cache([registry()].map((one) => [one.metadata.name, one])),
    repositories: cache<ReturnType<typeof repository>>(),
    repositoryClasses: cache<ReturnType<typeof repositoryClass>>(),
    namespaces: cache([['team', namespace()]]),
  };
  const world = {
    registries: caches.registries.lister,
    repositories: caches.repositories.lister,
    repositoryClasses: caches.repositoryClasses.lister,
    namespaces: caches.namespaces.lister,
    declares: (_: string, name: string) =>
      [...caches.repositories.lister.values()].some((one) => hasItsName(one) && one.spec.name === name),
  };
  const undeclared = { store: createUndeclaredStore(), seen: createTrigger() };
  const statuses: Body['status'][] = [];
  const apply = async (_: object, { status }: Body) => {
    if (status) statuses.push(status);
    return { metadata: {} };
  };
  const access = accessTo(aws.ecr, world);
  let stalled: string | undefined;
  const stall = Promise.withResolvers<never>();
  // Nobody may be waiting for it.
  stall.promise.catch(() => undefined);
  const [classes, names] = repositoryClassControllers({
    caches,
    world,
    undeclared,
    clock,
    access: {
      ...access,
      connect: async (to: Registry) => (to.spec.region === stalled ? stall.promise : access.connect(to)),
    },
    cluster: 'c',
    log: recordedLog(),
    client: { apply },
    events: { record: () => undefined },
  } as unknown as Parts) as [Controller, Controller];
  // Its queue has a line for each account and region: what comes in is noted here, in one order.
  const came = new Set<string>();
  const { add } = names.queue;
  names.queue.add = (key, options) => {
    came.add(key);
    add(key, options);
  };
  for (const controller of [classes, names]) controller.connect(signal.signal);
  let version = 0;
  const put =
    <T>({ lister }: { readonly lister: ReturnType<typeof stored<T>> }, key: (value: T) => string) =>
    (value: T) => {
      version += 1;
      lister.set(key(value), value, String(version));
    };
  return {
    ...aws,
    clock,
    classes,
    names,
    undeclared,
    statuses,
    /** From now on nothing comes of any call to this region. */
    stall: (region: string) => {
      stalled = region;
    },
    putRegistry: put(caches.registries, ({ metadata }) => metadata.name),
    putClass: put(caches.repositoryClasses, ({ metadata }) => metadata.name),
    putRepository: put(caches.repositories, ({ metadata }) => keyOf(metadata)),
    putNamespace: put(caches.namespaces, ({ name }) => name),
    removeRegistry: (name: string) => caches.registries.lister.remove(name),
    removeClass: (name: string) => caches.repositoryClasses.lister.remove(name),
    removeRepository: (key: string) => caches.repositories.lister.remove(key),
    removeNamespace: (name: string) => caches.namespaces.lister.remove(name),
    /** As a sweep does after a list of the registry. */
    see(list: readonly string[], place = PLACE) {
      undeclared.store.see(
        place,
        list.map((one) => ({ name: one }) as LiveRepository),
      );
      undeclared.seen.fire(place);
    },
    /** The same, of all that there is. */
    async list() {
      for await (const page of aws.ecr.listRepositories()) undeclared.store.see(PLACE, page);
      undeclared.seen.fire(PLACE);
    },
    /** What waits for a controller now, which is thereby done. */
    async woken({ queue }: Controller) {
      const keys: string[] = [];
      if (queue === names.queue) {
        keys.push(...came);
        came.clear();
        return keys;
      }
      while (queue.length > 0) {
        const key = (await queue.get()) ?? '';
        keys.push(key);
        queue.done(key);
      }
      return keys;
    },
    stop() {
      stall.reject(new Error('the trial is over'));
      return Promise.all([classes, names].map((one) => one.stop(1_000)));
    },
    start() {
      for (const controller of [classes, names]) controller.start();
    },
  };
}

function cache<T>(entries: readonly (readonly [string, T])[] = []) {
  const lister = stored<readonly [string, T]>([], ([key]) => key) as unknown as ReturnType<typeof stored<T>>;
  for (const [key, value] of entries) lister.set(key, value, '0');
  return { lister, resource: { plural: 'things' }, listen: lister.listen.bind(lister) };
}

/** A class that needs no finalizer any more. */
export const of = (name: string, spec: RepositoryClassSpec = {}, generation = 1) =>
  repositoryClass(name, spec, { generation, finalizers: ['ecr-operator.io/finalizer'] });
