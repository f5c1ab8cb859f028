import { isDeepStrictEqual } from 'node:util';
import { IMAGES_FIELD_MANAGER, REPOSITORIES } from '../../api/names.ts';
import type { Repository, RepositoryStatus } from '../../api/repository.generated.ts';
import type { Connection } from '../../ecr/connection.ts';
import type { EffectiveScanning } from '../../ecr/ecr-api.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Next } from '../../runtime/controller.ts';
import { failureOf, messageOf } from '../../runtime/errors.ts';
import type { EventRecorder } from '../../runtime/events.ts';
import type { Key } from '../../runtime/key.ts';
import type { KubeClient } from '../../runtime/kube-client.ts';
import { isConflict, isNotFound } from '../../runtime/kube-errors.ts';
import type { Log } from '../../runtime/log.ts';
import { retryOf } from '../../runtime/outcome.ts';
import { type ObjectMetadata, pathOf } from '../../runtime/resource.ts';
import type { Lister } from '../../runtime/store.ts';
import type { RegistryAccess } from '../registry-access.ts';
import { KEEP } from '../repository/adoption.ts';
import { repositoryName } from '../repository/desired.ts';
import { type ImageFields, imageFieldsOf } from './image-fields.ts';
import { createImageMemory } from './image-memory.ts';
import { readImages } from './read-images.ts';
import { isReadable, requestOf } from './readable.ts';

export interface ImagesReconcilerOptions {
  readonly repositories: Lister<Repository>;
  readonly access: RegistryAccess;
  /** Whether a lifecycle policy is declared, by the Repository or by its class. */
  readonly hasLifecycle: (repository: Repository) => boolean;
  readonly scanningOf: (connection: Connection, name: string) => Promise<EffectiveScanning | undefined>;
  readonly client: KubeClient;
  readonly events: EventRecorder;
  readonly clock: Clock;
  readonly log: Log;
  readonly random?: () => number;
}

interface RepositoryList {
  readonly items: readonly { readonly metadata: ObjectMetadata; readonly status?: RepositoryStatus }[];
}

/** What passes by itself, and is told by the Repository's own conditions where it lasts. */
const PASSING: ReadonlySet<string> = new Set([
  'TenancyDenied',
  'NamespaceNotSeen',
  'Throttled',
  'AWSUnavailable',
  'AWSUnreachable',
  'RepositoryNotVisible',
]);

/** One look at the images of a Repository, written into its status where that tells anything new. */
export function imagesReconciler(options: ImagesReconcilerOptions): (key: Key) => Promise<Next> {
  const { repositories, access, client, clock, log } = options;
  const memory = createImageMemory(options);

  async function look(key: Key, repository: Repository): Promise<Next> {
    const registry = access.find(repository.spec.registryRef.name);
    if (!registry || registry.spec.suspend || registry.spec.access === 'PullOnly') return {};
    const name = repositoryName(repository);
    // Rights may have gone since the last pass of the Repository controller.
    access.require(registry, KEEP, { namespace: repository.metadata.namespace, repository: name });
    const previous = await readPrevious(repository);
    if (!previous) return {};
    const connection = await access.connect(registry);
    const request = requestOf(repository);
    const { fields, failures } = await readImages({
      ecr: connection.lane('images'),
      name,
      scanningOf: (of) => options.scanningOf(connection, of),
      hasLifecycle: options.hasLifecycle(repository),
      previous,
      everyScan: previous.images === undefined || memory.isEveryScanDue(key, request),
      now: clock.now(),
    });
    if (!isDeepStrictEqual(previous, fields)) await write(repository, fields);
    memory.looked(key, request);
    conclude(key, repository, failures);
    return {};
  }

  /** From the API server, since the cache leaves images out. Undefined where the Repository is gone. */
  async function readPrevious({ metadata }: Repository): Promise<ImageFields | undefined> {
    const { name, namespace, uid } = metadata;
    // A list of one: the operator has no right to get.
    const query = { fieldSelector: `metadata.name=${name}` };
    const { items } = await client.request<RepositoryList>(pathOf(REPOSITORIES, { namespace }), { query });
    const found = items.find((one) => one.metadata.uid === uid);
    return found && imageFieldsOf(found.status);
  }

  async function write(repository: Repository, fields: ImageFields): Promise<void> {
    const { name, namespace, uid } = repository.metadata;
    await client.apply(
      REPOSITORIES,
      // With the uid, or the apply would make a deleted object anew.
      { metadata: { name, namespace, uid }, status: fields },
      { name, namespace, subresource: 'status', fieldManager: IMAGES_FIELD_MANAGER, force: true },
    );
  }

  /** What was read is worth having; the rest comes with the next look. */
  function conclude(key: Key, repository: Repository, failures: readonly unknown[]): void {
    if (failures.length === 0) memory.forgetFailure(key);
    for (const failure of failures) tell(key, repository, failure);
  }

  function tell(key: Key, repository: Repository, error: unknown): void {
    const { reason, message } = failureOf(error);
    log.warn({ kind: REPOSITORIES.kind, object: key, error: messageOf(error) }, 'images not read');
    if (PASSING.has(reason) || !memory.isNewFailure(key, `${reason} ${message}`)) return;
    options.events.record(REPOSITORIES, repository, { type: 'Warning', reason: 'ImagesNotRead', message });
  }

  return async (key) => {
    const repository = repositories.get(key);
    if (!repository) memory.forget(key);
    if (!repository || !isReadable(repository)) return {};
    try {
      return await look(key, repository);
    } catch (error) {
      // Gone, or replaced under its name: the watch brings the news.
      if (isNotFound(error) || isConflict(error)) return { retry: { kind: 'backoff' } };
      tell(key, repository, error);
      return { retry: retryOf(error, options.random) };
    }
  };
}
