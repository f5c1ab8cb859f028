import type { RegistryStatus } from '../../api/registry.generated.ts';
import { type Controller, createController } from '../../runtime/controller.ts';
import { failureOf } from '../../runtime/errors.ts';
import { retryOf } from '../../runtime/outcome.ts';
import { changedByPeople } from '../../runtime/predicates.ts';
import { watchSource } from '../../runtime/sources.ts';
import { nextStatus, type Result } from '../../runtime/status.ts';
import type { Parts } from '../parts.ts';
import { followKeySecrets, releaseConnections } from './controller.ts';
import { REGISTRY_DEPENDENTS, registryReconciler, VERIFY_EVERY_MS } from './registry.ts';

/** Where the status of a Registry is kept that comes from a file. */
export interface StatusKeeper {
  setStatus(name: string, status: RegistryStatus): void;
}

/** Verifies Registries that come from a file. Nobody sees their status but metrics: the log has what would stand there. */
export function fileRegistryController(parts: Parts, keeper: StatusKeeper): Controller {
  const { caches, world, connections, clock, log } = parts;
  const { reconcile } = registryReconciler(world, connections, undefined, undefined, 'pull-secrets');
  const told = new Map<string, string>();

  function keep(name: string, result: Result<RegistryStatus>): void {
    const { metadata, status: previous } = world.registries.get(name) ?? {};
    if (!metadata) return;
    const { generation = 0 } = metadata;
    const input = { previous, generation, result, dependents: REGISTRY_DEPENDENTS, now: clock.now() };
    keeper.setStatus(name, nextStatus(input));
  }

  return createController({
    name: 'registry',
    sources: [
      watchSource(caches.registries, changedByPeople),
      releaseConnections(parts),
      followKeySecrets(parts),
    ],
    async reconcile(name) {
      const registry = world.registries.get(name);
      if (!registry) {
        told.delete(name);
        return {};
      }
      try {
        const outcome = await reconcile(registry);
        if ('failure' in outcome) throw outcome.failure;
        const { accountId, identity } = outcome.status ?? {};
        if (told.get(name) !== identity)
          log.info({ registry: name, accountId, identity }, 'registry connected');
        told.set(name, identity ?? '');
        keep(name, { outcome });
        return { requeueAfterMs: VERIFY_EVERY_MS };
      } catch (error) {
        told.delete(name);
        const { reason, message } = failureOf(error);
        log.warn({ registry: name, reason, error: message }, 'registry not connected');
        keep(name, { error });
        return { retry: retryOf(error) };
      }
    },
    workers: 4,
    clock,
    log,
  });
}
