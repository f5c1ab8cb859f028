import type { KubeConfig } from '@kubernetes/client-node';
import { FIELD_MANAGER, OPERATOR_VERSION } from './api/names.ts';
import { type Caches, createCaches } from './caches.ts';
import type { Config } from './config.ts';
import { driftControllers } from './controllers/drift/controllers.ts';
import { createDriftChecks } from './controllers/drift/drift-checks.ts';
import { createImageUsage } from './controllers/image-usage/image-usage.ts';
import { imagesController } from './controllers/images/controller.ts';
import { createOperatorMetrics } from './controllers/metrics/operator-metrics.ts';
import { customKinds, type Parts } from './controllers/parts.ts';
import { publicRepositoryController } from './controllers/public-repository/controller.ts';
import { pullSecretControllers } from './controllers/pull-secret/controllers.ts';
import { createDeliveryResults } from './controllers/pull-secret/delivery-results.ts';
import { createDemandStore } from './controllers/pull-secret/demand.ts';
import type { PullWorld } from './controllers/pull-secret/pull-world.ts';
import { createRotationRequests } from './controllers/pull-secret/requests.ts';
import { SHORTEST_ROTATION_MS } from './controllers/pull-secret/rotation.ts';
import { createTokenStore } from './controllers/pull-secret/token-store.ts';
import { pullThroughCacheRuleController } from './controllers/pull-through-cache-rule/controller.ts';
import { registryController } from './controllers/registry/controller.ts';
import { fileRegistryController } from './controllers/registry/file-controller.ts';
import { registryAccess } from './controllers/registry-access.ts';
import { registrySettingsController } from './controllers/registry-settings/controller.ts';
import { createSettingsResults } from './controllers/registry-settings/settings-results.ts';
import { repositoryController } from './controllers/repository/controller.ts';
import { indexByName } from './controllers/repository/name-index.ts';
import { hasLifecycle } from './controllers/repository-class/class-of.ts';
import { repositoryClassControllers } from './controllers/repository-class/controllers.ts';
import { createUndeclaredStore } from './controllers/repository-class/undeclared-store.ts';
import { repositoryCreationTemplateController } from './controllers/repository-creation-template/controller.ts';
import { createConnections } from './ecr/connection.ts';
import { createElection } from './election.ts';
import { keySource } from './key-source.ts';
import { type Clock, systemClock } from './runtime/clock.ts';
import type { Controller } from './runtime/controller.ts';
import { watchEventLoop } from './runtime/event-loop.ts';
import { createEventRecorder } from './runtime/events.ts';
import type { Route } from './runtime/http-server.ts';
import { apiServerHost, createKubeClient, type KubeClient } from './runtime/kube-client.ts';
import type { Log } from './runtime/log.ts';
import { createManager, type Manager } from './runtime/manager.ts';
import { createMetrics, type Metrics } from './runtime/metrics.ts';
import { indexByNamespace } from './runtime/namespace-index.ts';
import { type KubeObject, NAMESPACES, pathOf } from './runtime/resource.ts';
import { createTrigger } from './runtime/sources.ts';
import { openWithin, readinessNotes, registerWithin, tellOfRefusedFile } from './within.ts';

export interface OperatorOptions {
  readonly config: Config;
  /** No token is asked for more often than this (ms); ten minutes unless told. */
  readonly shortestRotationMs?: number;
  readonly kubeConfig: KubeConfig;
  readonly clock: Clock;
  readonly log: Log;
  /** Called once when another replica may lead, or leads: the process has to end at once. */
  readonly onLost: (reason: string) => void;
}

/** Ten thousand objects of a kind take some seconds; an API server that is just starting takes a minute. */
const FILL_MS = 120_000;

/** The whole operator, at rest: every controller, one line each. */
export async function createOperator(options: OperatorOptions): Promise<Manager> {
  const { kubeConfig, clock, log, shortestRotationMs = SHORTEST_ROTATION_MS } = options;
  const config = { ...options.config, shortestRotationMs };
  const metrics = createMetrics({
    version: OPERATOR_VERSION,
    leaseName: config.leaderElection?.leaseName ?? FIELD_MANAGER,
    apiServer: apiServerHost(kubeConfig),
    ofProcess: config.metricsAddress !== undefined,
  });
  const counters = createOperatorMetrics(metrics);
  const election = createElection(options);
  metrics.followLeader(election?.isLeading ?? (() => true));
  const client = createKubeClient({
    config: kubeConfig,
    clock,
    userAgent: FIELD_MANAGER,
    connections: config.deliveryWorkers + 8,
    onAttempt: metrics.kubeRequest,
    fence: election?.fence,
  });
  const within = await openWithin({ config, clock, log });
  const caches = createCaches({
    client,
    clock,
    log,
    controllers: config.controllers,
    within,
    secretNames: config.pullSecretNames,
    serviceAccountNames: config.serviceAccountNames,
    repairPods: config.repairPods,
  });
  const world = worldOf(caches, config);
  const events = counters.counting(
    createEventRecorder({ client, clock, log, component: FIELD_MANAGER, instance: config.namespace }),
  );
  if (within) tellOfRefusedFile(within, events, config);
  if (within) registerWithin(within, metrics.registry);
  const { webIdentity, identityTokens, registriesFile } = config;
  const connections = createConnections(keySource(client, config.namespace), {
    now: clock.now,
    after: clock.after,
    webIdentity,
    identityTokens,
    network: { proxy: config.proxy, fence: election?.fence, endpointHosts: config.endpointHosts },
    onCall: counters.awsCall,
  });
  const access = registryAccess({ ...world, connections, registriesFile });
  const isManaging = config.controllers === 'all';
  const cluster = config.clusterName ?? (isManaging ? await clusterUid(client) : '');
  const undeclared = { store: createUndeclaredStore(), seen: createTrigger() };
  const parts = {
    undeclared,
    drift: createDriftChecks(),
    registrySettings: createSettingsResults(),
    imageUsage: config.imageUsage ? createImageUsage({ client, clock }) : undefined,
    client,
    clock,
    log,
    events,
    caches,
    world,
    access,
    connections,
    counters,
    config,
    reach: within?.reach,
    cluster,
  };

  counters.tell(parts);

  return createManager({
    metrics,
    election,
    eventLoop: watchEventLoop({ clock: systemClock, log }),
    healthAddress: config.healthAddress,
    readiness: within && readinessNotes(within),
    servers: config.metricsAddress
      ? [{ address: config.metricsAddress, routes: metricsRoutes(metrics) }]
      : [],
    informers: [
      caches.namespaces,
      ...caches.serviceAccounts,
      ...caches.secrets,
      ...customKinds(caches),
      ...caches.pods,
    ],
    controllers: [
      within ? fileRegistryController(parts, within.registries) : registryController(parts),
      ...(isManaging ? managingControllers(parts) : []),
      ...pullSecretControllers(parts),
    ],
    events,
    clock,
    log,
    drainMs: config.drainMs,
    fillMs: FILL_MS,
    close: async () => {
      connections.close();
      await Promise.all([client.close(), election?.close()]);
    },
  });
}

function metricsRoutes({ contentType, text }: Metrics): Readonly<Record<string, Route>> {
  return { '/metrics': async () => ({ status: 200, contentType, body: await text() }) };
}

/** Those that write to ECR. */
function managingControllers(parts: Parts): readonly Controller[] {
  return [
    registrySettingsController(parts),
    repositoryController(parts),
    pullThroughCacheRuleController(parts),
    repositoryCreationTemplateController(parts),
    imagesController(parts, { hasLifecycle: (repository) => hasLifecycle(repository, parts.world) }),
    publicRepositoryController(parts),
    ...driftControllers(parts),
    ...repositoryClassControllers(parts),
  ];
}

function worldOf(caches: Caches, { pullSecretNames }: Config): PullWorld {
  const bySecretName = new Map(pullSecretNames.map((name, index) => [name, caches.secrets[index]?.lister]));
  return {
    registries: caches.registries.lister,
    repositories: caches.repositories.lister,
    declares: indexByName(caches.repositories, caches.registries.lister),
    repositoryClasses: caches.repositoryClasses.lister,
    pullSecrets: caches.pullSecrets.lister,
    pullSecretsIn: indexByNamespace([caches.pullSecrets]),
    clusterPullSecrets: caches.clusterPullSecrets.lister,
    pullThroughCacheRules: caches.pullThroughCacheRules.lister,
    repositoryCreationTemplates: caches.repositoryCreationTemplates.lister,
    publicRepositories: caches.publicRepositories.lister,
    namespaces: caches.namespaces.lister,
    serviceAccountsIn: indexByNamespace(caches.serviceAccounts),
    secretNames: pullSecretNames,
    secret: (key) => bySecretName.get(key.slice(key.indexOf('/') + 1))?.get(key),
    demand: createDemandStore(),
    tokens: createTokenStore(),
    requests: createRotationRequests(),
    results: createDeliveryResults(),
  };
}

/** What tells this cluster from every other: the same for its whole life. */
async function clusterUid(client: KubeClient): Promise<string> {
  const namespace = await client.request<KubeObject>(pathOf(NAMESPACES, { name: 'kube-system' }));
  return namespace.metadata.uid;
}
