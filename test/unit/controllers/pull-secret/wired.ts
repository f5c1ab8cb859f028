import type { Registry } from '../../../../src/api/registry.generated.ts';
import type { Parts } from '../../../../src/controllers/parts.ts';
import { pullSecretControllers } from '../../../../src/controllers/pull-secret/controllers.ts';
import { createDeliveryResults } from '../../../../src/controllers/pull-secret/delivery-results.ts';
import { createDemandStore } from '../../../../src/controllers/pull-secret/demand.ts';
import type { PullWorld } from '../../../../src/controllers/pull-secret/pull-world.ts';
import { createRotationRequests } from '../../../../src/controllers/pull-secret/requests.ts';
import { createTokenStore } from '../../../../src/controllers/pull-secret/token-store.ts';
import { pullHosts } from '../../../../src/ecr/partition.ts';
import type { PullScope } from '../../../../src/ecr/pull-scope.ts';
import { sleep } from '../../../../src/runtime/clock.ts';
import { RetryableError } from '../../../../src/runtime/errors.ts';
import { keyOf } from '../../../../src/runtime/key.ts';
import type { KubeClient } from '../../../../src/runtime/kube-client.ts';
import { indexByNamespace } from '../../../../src/runtime/namespace-index.ts';
import { ObjectStore } from '../../../../src/runtime/store.ts';
import { createFakeClock, type FakeClock } from '../../fake-clock.ts';
import { recordedLog } from '../../runtime/recorded-log.ts';
import { HOUR, NOW, type Things } from '../objects.ts';

/** All pull-secret controllers on caches that a test fills, and an API server that takes everything and changes nothing. */
export interface Wired {
  readonly world: PullWorld;
  readonly clock: FakeClock;
  /** The writes, in order: `verb Kind namespace/name`. */
  readonly writes: string[];
  /** The Registries that a token was asked of, in order. */
  readonly asked: string[];
  /** Whether AWS refuses every token, or those of the Registry of that name. */
  isDown: boolean | string;
  /** The reason of its refusals; it is away unless told. */
  refusal: string;
  /** How long AWS takes to answer. */
  answersAfterMs: number;
  /** What each of the writes throws instead. */
  readonly failures: Record<string, Error>;
  /** The reasons in the status that was written last, by the name of the object. */
  readonly reasons: Record<string, readonly string[]>;
  /** Puts objects into the caches, or others in the place of those of their names. */
  put(things: Things): void;
  remove(cache: 'namespaces' | 'pullSecrets' | 'clusterPullSecrets' | 'registries', key: string): void;
  stop(): Promise<boolean>;
}

/** {@link Wired} controllers that work, on caches that were filled with `things` before. */
export function wired(things: Things = {}, secretNames: readonly string[] = ['ecr-pull']): Wired {
  const caches = {
    registries: cache(),
    repositories: cache(),
    pullSecrets: cache(),
    clusterPullSecrets: cache(),
    namespaces: cache(),
    serviceAccounts: [cache()],
    secrets: secretNames.map(() => cache()),
    pods: [],
  };
  const clock = createFakeClock(NOW);
  const stopping = new AbortController();
  const [writes, asked] = [[] as string[], [] as string[]];
  const [failures, reasons]: [Wired['failures'], Wired['reasons']] = [{}, {}];
  const world = {
    registries: caches.registries.lister,
    repositories: caches.repositories.lister,
    pullSecrets: caches.pullSecrets.lister,
    clusterPullSecrets: caches.clusterPullSecrets.lister,
    namespaces: caches.namespaces.lister,
    pullSecretsIn: indexByNamespace([caches.pullSecrets]),
    serviceAccountsIn: indexByNamespace(caches.serviceAccounts),
    secretNames,
    secret: (key: string) => caches.secrets.map(({ lister }) => lister.get(key)).find(Boolean),
    demand: createDemandStore(),
    tokens: createTokenStore(),
    requests: createRotationRequests(),
    results: createDeliveryResults(),
  } as unknown as PullWorld;
  const controllers = pullSecretControllers({
    caches,
    world,
    clock,
    log: recordedLog(),
    client: client({ writes, failures, reasons }),
    events: { record: () => undefined, flush: async () => undefined },
    access: {
      registry: (name: string) => world.registries.get(name),
      connect: async ({ metadata, spec }: Registry) => ({
        async issueToken(scope: PullScope) {
          asked.push(metadata.name);
          if (one.answersAfterMs > 0) await sleep(clock, one.answersAfterMs, stopping.signal);
          if (one.isDown === true || one.isDown === metadata.name)
            throw new RetryableError(one.refusal, 'down');
          const hosts = pullHosts(spec, scope);
          return { password: 'hush', expiresAt: clock.now() + 12 * HOUR, scope: 'PullOnly', hosts };
        },
      }),
    },
    config: {
      deliveryWorkers: 8,
      pullSecretNames: secretNames,
      serviceAccountNames: undefined,
      repairPods: false,
      shortestRotationMs: 600_000,
    },
  } as unknown as Parts);
  let version = 0;
  const put = (some: Things): void => {
    version += 1;
    for (const one of some.namespaces ?? []) caches.namespaces.set(one.name, one, version);
    for (const one of some.registries ?? []) caches.registries.set(keyOf(one.metadata), one, version);
    for (const one of some.pullSecrets ?? []) caches.pullSecrets.set(keyOf(one.metadata), one, version);
    for (const one of some.clusterPullSecrets ?? [])
      caches.clusterPullSecrets.set(keyOf(one.metadata), one, version);
    for (const one of some.serviceAccounts ?? []) caches.serviceAccounts[0]?.set(keyOf(one), one, version);
    for (const one of some.secrets ?? [])
      caches.secrets[secretNames.indexOf(one.name)]?.set(keyOf(one), one, version);
  };
  for (const controller of controllers) controller.connect(stopping.signal);
  put(things);
  for (const controller of controllers) controller.start();
  const one: Wired = {
    world,
    clock,
    writes,
    asked,
    isDown: false,
    refusal: 'AWSUnavailable',
    answersAfterMs: 0,
    failures,
    reasons,
    put,
    remove: (name, key) => caches[name].remove(key),
    async stop() {
      const drained = await Promise.all(controllers.map((controller) => controller.stop(1_000)));
      stopping.abort();
      return drained.every(Boolean);
    },
  };
  return one;
}

function cache() {
  const store = new ObjectStore<never>((error) => {
    throw error;
  });
  return {
    lister: store,
    resource: { plural: 'things' },
    listen: store.listen.bind(store),
    set: (key: string, value: unknown, version: number) => store.set(key, value as never, String(version)),
    remove: (key: string) => store.remove(key),
  };
}

interface Body {
  readonly status?: { readonly conditions?: readonly { readonly reason: string }[] };
}

function client({ writes, failures, reasons }: Pick<Wired, 'writes' | 'failures' | 'reasons'>): KubeClient {
  const write =
    (verb: string) =>
    async ({ kind = '', plural = '' }, { namespace = '', name = '' }) => {
      const what = `${verb} ${kind || plural} ${namespace}/${name}`;
      writes.push(what);
      const failure = failures[what];
      if (failure) throw failure;
      // Without a version, so that nobody waits for the cache.
      return { metadata: {} };
    };
  const apply = write('apply');
  return {
    async apply(
      resource: object,
      { status }: Body,
      options: { readonly name: string; readonly subresource?: string },
    ) {
      if (options.subresource !== 'status') return apply(resource, options);
      reasons[options.name] = (status?.conditions ?? []).map(({ reason }) => reason);
      return { metadata: {} };
    },
    jsonPatch: write('patch'),
    mergePatch: write('release'),
    delete: write('delete'),
  } as unknown as KubeClient;
}
