import type { PreviewedImage } from '../../ecr/ecr-api.ts';
import { type AccountRegion, pullHosts } from '../../ecr/partition.ts';
import type { Clock } from '../../runtime/clock.ts';
import { keyOf } from '../../runtime/key.ts';
import type { KubeClient } from '../../runtime/kube-client.ts';
import { type KubeObject, PODS, pathOf, type ResourceType } from '../../runtime/resource.ts';
import type { ImagePages, ImageUse } from '../repository/preview.ts';
import { imageReference } from './image-reference.ts';
import { imagesOfCronJob, imagesOfJob, imagesOfPod, imagesOfTemplate } from './pod-images.ts';

/** A private ECR repository, wherever it is. */
export interface UsedRepository extends AccountRegion {
  readonly name: string;
  /**
   * Of the object in whose status users are told: who may read it learns nothing of other namespaces. Absent where that
   * is an object of the whole cluster.
   */
  readonly namespace?: string;
}

/** Who in this cluster uses images. */
export interface ImageUsage {
  /**
   * Of the first page with images that are used, these, each with one who does: a minute ago at most. That none is of
   * any page, was so five seconds ago at most. Throws what the API server says.
   */
  usersOf(repository: UsedRepository, pages: ImagePages): Promise<readonly ImageUse[]>;
}

/** By `host/repository`, then by tag or digest, then by namespace: one who uses it. */
type Users = ReadonlyMap<string, Versions>;
type Versions = ReadonlyMap<string, ReadonlyMap<string, string>>;

interface Workload {
  readonly resource: ResourceType;
  readonly images: (object: KubeObject) => readonly string[];
}

const apps = { group: 'apps', version: 'v1', namespaced: true };
const batch = { group: 'batch', version: 'v1', namespaced: true };

/** Whatever has Pods or makes them. ReplicaSets of earlier revisions count: a rollback needs their images. */
const WORKLOADS: readonly Workload[] = [
  { resource: { ...apps, kind: 'Deployment', plural: 'deployments' }, images: imagesOfTemplate },
  { resource: { ...apps, kind: 'StatefulSet', plural: 'statefulsets' }, images: imagesOfTemplate },
  { resource: { ...apps, kind: 'DaemonSet', plural: 'daemonsets' }, images: imagesOfTemplate },
  { resource: { ...apps, kind: 'ReplicaSet', plural: 'replicasets' }, images: imagesOfTemplate },
  {
    resource: { ...PODS, kind: 'ReplicationController', plural: 'replicationcontrollers' },
    images: imagesOfTemplate,
  },
  { resource: { ...batch, kind: 'CronJob', plural: 'cronjobs' }, images: imagesOfCronJob },
  { resource: { ...batch, kind: 'Job', plural: 'jobs' }, images: imagesOfJob },
  { resource: PODS, images: imagesOfPod },
];

const PAGE_SIZE = 500;
const KEPT_MS = 60_000;
/** No longer than the poll of a preview: what decides was read after that was asked for. */
const FRESH_MS = 5_000;

/** An {@link ImageUsage} that has read nothing yet. */
export function createImageUsage({
  client,
  clock,
}: {
  readonly client: KubeClient;
  readonly clock: Clock;
}): ImageUsage {
  let last: { readonly at: number; readonly users: Promise<Users> } | undefined;

  /** Many ask in the same moment, after a RepositoryClass has changed. */
  function users(maxAgeMs: number): Promise<Users> {
    if (last && clock.now() - last.at < maxAgeMs) return last.users;
    const reading = { at: clock.now(), users: readUsers(client) };
    last = reading;
    const drop = (): void => {
      if (last === reading) last = undefined;
    };
    reading.users.then(() => clock.after(KEPT_MS, drop), drop);
    return reading.users;
  }

  return {
    async usersOf(repository, pages) {
      const everyHost = { ...repository, endpoint: { fips: true, dualStack: true } };
      const names = pullHosts(everyHost, { kind: 'Registry' }).map((host) => `${host}/${repository.name}`);
      const usesIn = (found: Users, images: readonly PreviewedImage[]): readonly ImageUse[] => {
        const used = names.flatMap((name) => found.get(name) ?? []);
        return images.flatMap((image) => useOf(image, used, repository.namespace) ?? []);
      };
      const all: PreviewedImage[] = [];
      for await (const images of pages) {
        const uses = usesIn(await users(KEPT_MS), images);
        if (uses.length > 0) return uses;
        all.push(...images);
      }
      return usesIn(await users(FRESH_MS), all);
    },
  };
}

const SOMEBODY = 'somebody in another namespace';

function useOf(
  { digest, tags }: PreviewedImage,
  used: readonly Versions[],
  namespace: string | undefined,
): ImageUse | undefined {
  let image: string | undefined;
  for (const version of [...tags, digest]) {
    for (const versions of used) {
      const users = versions.get(version);
      if (!users) continue;
      const [anybody] = users.values();
      const user = namespace === undefined ? anybody : users.get(namespace);
      if (user) return { image: version, user };
      image ??= version;
    }
  }
  return image === undefined ? undefined : { image, user: SOMEBODY };
}

/** One kind after the other, and of each page nothing but what its objects are called and the images that they name. */
async function readUsers(client: KubeClient): Promise<Users> {
  const users = new Map<string, Map<string, Map<string, string>>>();
  for (const { resource, images } of WORKLOADS) {
    for await (const object of listed(client, resource)) {
      for (const text of images(object)) {
        const reference = imageReference(text);
        if (!reference) continue;
        const { host, repository, version } = reference;
        const name = `${host}/${repository}`;
        const versions = users.get(name) ?? new Map<string, Map<string, string>>();
        const found = versions.get(version) ?? new Map<string, string>();
        const { namespace = '' } = object.metadata;
        // The first is the one that people look after: a Deployment rather than its Pods.
        if (!found.has(namespace)) found.set(namespace, `${resource.kind} ${keyOf(object.metadata)}`);
        versions.set(version, found);
        users.set(name, versions);
      }
    }
  }
  return users;
}

interface ListPage {
  readonly metadata: { readonly continue?: string };
  readonly items?: readonly KubeObject[];
}

async function* listed(client: KubeClient, resource: ResourceType): AsyncIterable<KubeObject> {
  let next: string | undefined;
  do {
    const query = { limit: PAGE_SIZE, continue: next };
    const page: ListPage = await client.request(pathOf(resource), { query });
    yield* page.items ?? [];
    next = page.metadata.continue || undefined;
  } while (next);
}
