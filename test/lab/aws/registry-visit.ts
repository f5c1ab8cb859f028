import type { IncomingMessage, ServerResponse } from 'node:http';
import { repositoryNotFound } from './aws-error.ts';
import { readBody } from './http-listener.ts';
import { digestOf } from './image-state.ts';
import type { Input, Output } from './parameters.ts';
import { permitted } from './registry-guard.ts';
import { checkPush, imageAt, recordPush } from './registry-manifests.ts';
import { broughtFromUpstream, madeForPush } from './registry-pull-through.ts';
import type { RegistryRoute } from './registry-route.ts';
import type { Image, Registry, Repository } from './registry-state.ts';
import type { RegistryToken } from './registry-tokens.ts';
import { forward, storeManifest, type UpstreamRepository } from './registry-upstream.ts';
import type { World } from './world.ts';

type RepositoryRoute = Exclude<RegistryRoute, { readonly kind: 'base' }>;

/** One request whose token was found good. */
export interface Visit {
  readonly world: World;
  readonly upstream: string | undefined;
  readonly registry: Registry;
  readonly token: RegistryToken;
  readonly incoming: IncomingMessage;
  readonly response: ServerResponse;
  /** The query without `ns`. */
  readonly query: string;
}

/** Answers a request on a repository, behind faults, permissions and ECR's own state. */
export async function answerVisit(visit: Visit, route: RepositoryRoute): Promise<void> {
  switch (route.kind) {
    case 'tags':
      return answerTags(visit, route);
    case 'manifest-get':
      return answerManifest(visit, route.name, route.reference, route.action);
    case 'manifest-put':
      return takeManifest(visit, route.name, route.reference, route.action);
    case 'manifest-delete':
      return deleteManifest(visit, route.name, route.reference, route.action);
    case 'forward': {
      const isPush = route.action === 'ecr:InitiateLayerUpload';
      if (isPush && !(await madeForPush(visit, route.name, route.action))) return;
      const allowed = await guarded(visit, route.name, route.action, {}, () => ({}));
      if (allowed === undefined) return;
      return forward(
        upstreamOf(visit, route.name),
        route.rest + unmounted(visit.query),
        visit.incoming,
        visit.response,
      );
    }
  }
}

/** ECR mounts no blobs between repositories unless the account asked for it: such a request is an ordinary upload. */
function unmounted(query: string): string {
  const parameters = new URLSearchParams(query);
  if (!parameters.has('mount') && !parameters.has('from')) return query;
  parameters.delete('mount');
  parameters.delete('from');
  return parameters.size > 0 ? `?${parameters}` : '';
}

async function answerTags(visit: Visit, route: { name: string; action: string }): Promise<void> {
  const result = await guarded(visit, route.name, route.action, {}, (repository) => ({
    name: repository.name,
    tags: [...repository.images.values()].flatMap((image) => [...image.tags]).sort(),
  }));
  if (result === undefined) return;
  visit.response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(result));
}

async function answerManifest(visit: Visit, name: string, reference: string, action: string): Promise<void> {
  if (!(await broughtFromUpstream(visit, name, reference))) return;
  const result = await guarded(visit, name, action, { reference }, (repository) => {
    const image = imageAt(repository, reference);
    if (visit.incoming.method === 'GET') image.lastPulledAt = visit.world.clock.now();
    return { image };
  });
  if (result === undefined) return;
  const image = result['image'] as Image;
  if (image.manifest === undefined) {
    // Put there by a test, not pushed: only the registry behind may know it.
    return forward(upstreamOf(visit, name), `manifests/${image.digest}`, visit.incoming, visit.response);
  }
  visit.response.writeHead(200, {
    'content-type': image.manifestMediaType,
    'content-length': Buffer.byteLength(image.manifest),
    'docker-content-digest': image.digest,
  });
  visit.response.end(visit.incoming.method === 'HEAD' ? undefined : image.manifest);
}

async function takeManifest(visit: Visit, name: string, reference: string, action: string): Promise<void> {
  const mediaType = visit.incoming.headers['content-type'] ?? 'application/vnd.oci.image.manifest.v1+json';
  const push = { reference, mediaType, body: await readBody(visit.incoming) };
  const digest = digestOf(push.body);
  if (!(await madeForPush(visit, name, action))) return;
  const result = await guarded(
    visit,
    name,
    action,
    { reference, imageDigest: digest },
    async (repository) => {
      checkPush(repository, push);
      await storeManifest(upstreamOf(visit, name), digest, mediaType, push.body);
      recordPush(repository, push, visit.world.clock.now());
      return {};
    },
  );
  if (result === undefined) return;
  const headers = { location: `/v2/${name}/manifests/${digest}`, 'docker-content-digest': digest };
  visit.response.writeHead(201, headers).end();
}

/** Only ECR's state forgets the image; the bytes behind stay, where nobody reaches them through the front. */
async function deleteManifest(visit: Visit, name: string, reference: string, action: string): Promise<void> {
  const result = await guarded(visit, name, action, { reference }, (repository) => {
    const image = imageAt(repository, reference);
    image.tags.delete(reference);
    if (image.digest === reference || image.tags.size === 0) repository.images.delete(image.digest);
    return {};
  });
  if (result !== undefined) visit.response.writeHead(202).end();
}

/** Runs `work` on a repository, behind faults and permissions; undefined when the answer has already been given. */
async function guarded(
  visit: Visit,
  name: string,
  action: string,
  details: Input,
  work: (repository: Repository) => Output | Promise<Output>,
): Promise<Output | undefined> {
  const { registry } = visit;
  return permitted(visit, name, action, details, () => {
    const repository = registry.repositories.get(name);
    if (repository === undefined) throw repositoryNotFound(name, registry.accountId);
    return work(repository);
  });
}

function upstreamOf(visit: Visit, name: string): UpstreamRepository {
  const { accountId, region } = visit.registry;
  return { upstream: visit.upstream, folder: `${accountId}/${region}`, name };
}
