import type { Repository } from '../../api/repository.generated.ts';
import { createBatchReader } from '../../ecr/batch-reader.ts';
import type { Connection } from '../../ecr/connection.ts';
import type { EffectiveScanning } from '../../ecr/ecr-api.ts';
import type { Clock } from '../../runtime/clock.ts';
import { type Controller, createController } from '../../runtime/controller.ts';
import { scheduleSource } from '../../runtime/schedule-source.ts';
import { watchSource } from '../../runtime/sources.ts';
import type { Parts } from '../parts.ts';
import { byRegistry } from '../registry-groups.ts';
import { wantsImages } from './readable.ts';
import { imagesReconciler } from './reconcile.ts';

/** What images are looked at with, beside what all controllers have. */
export interface ImagesOptions {
  /** Whether a lifecycle policy is declared, by the Repository or by its class. */
  readonly hasLifecycle: (repository: Repository) => boolean;
}

/**
 * For each Registry as many as one call tells the scanning of, or there would be fewer in it. ECR is spared by the lane,
 * not by this.
 */
const WORKERS = 25;
const MOST_NAMES = 25;
const COLLECT_MS = 100;

/** Tells of the images of each Repository in its status: on a schedule of its own, once it is there, and when asked. */
export function imagesController(parts: Parts, { hasLifecycle }: ImagesOptions): Controller {
  const { caches, world, access, config, client, events, clock, log } = parts;
  return createController({
    name: 'images',
    sources: [
      watchSource(caches.repositories, wantsImages),
      // A key that is gone is forgotten.
      watchSource(caches.repositories, (now) => now === undefined),
      scheduleSource({ schedule: config.imageSchedule, clock, keys: () => world.repositories.keys() }),
    ],
    reconcile: imagesReconciler({
      repositories: world.repositories,
      access,
      hasLifecycle,
      scanningOf: scanningReader(clock),
      client,
      events,
      clock,
      log,
    }),
    workers: WORKERS,
    groupOf: byRegistry(world),
    clock,
    log,
  });
}

/** Reads the scanning that is in effect for a repository, for many in one call of each connection. */
function scanningReader(
  clock: Clock,
): (connection: Connection, name: string) => Promise<EffectiveScanning | undefined> {
  const readers = new WeakMap<Connection, ReturnType<typeof createBatchReader<EffectiveScanning>>>();
  return (connection, name) => {
    const reader =
      readers.get(connection) ??
      createBatchReader<EffectiveScanning>({
        read: (names) => connection.lane('images').scanningOf(names),
        most: MOST_NAMES,
        waitMs: COLLECT_MS,
        clock,
      });
    readers.set(connection, reader);
    return reader(name);
  };
}
