import { type Controller, createController } from '../../runtime/controller.ts';
import { failureOf } from '../../runtime/errors.ts';
import { retryOf } from '../../runtime/outcome.ts';
import { watchSource } from '../../runtime/sources.ts';
import type { Parts } from '../parts.ts';
import { followKeySecrets, releaseConnections } from './controller.ts';
import { registryReconciler, VERIFY_EVERY_MS } from './registry.ts';

/** Verifies Registries that come from a file. They have no status: the log has what would stand there. */
export function fileRegistryController(parts: Parts): Controller {
  const { caches, world, connections, clock, log } = parts;
  const { reconcile } = registryReconciler(world, connections, undefined, undefined, 'pull-secrets');
  const told = new Map<string, string>();
  return createController({
    name: 'registry',
    sources: [watchSource(caches.registries), releaseConnections(parts), followKeySecrets(parts)],
    async reconcile(name) {
      const registry = world.registries.get(name);
      if (!registry) {
        told.delete(name);
        return {};
      }
      try {
        const { accountId, identity } = (await reconcile(registry)).status ?? {};
        if (told.get(name) !== identity)
          log.info({ registry: name, accountId, identity }, 'registry connected');
        told.set(name, identity ?? '');
        return { requeueAfterMs: VERIFY_EVERY_MS };
      } catch (error) {
        told.delete(name);
        const { reason, message } = failureOf(error);
        log.warn({ registry: name, reason, error: message }, 'registry not connected');
        return { retry: retryOf(error) };
      }
    },
    workers: 4,
    clock,
    log,
  });
}
