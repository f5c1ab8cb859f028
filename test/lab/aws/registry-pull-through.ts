import { AwsError } from './aws-error.ts';
import { parseRegistryHost } from './aws-names.ts';
import { type CacheRule, forName } from './cache-state.ts';
import { putImage } from './image-state.ts';
import { makeRepository, type Occasion, templateFor } from './made-by-ecr.ts';
import { findImage } from './operations/images.ts';
import { isObject, listOf } from './policy-document.ts';
import { permitted } from './registry-guard.ts';
import type { Image, Registry, Repository } from './registry-state.ts';
import { mountBlob, storeManifest, type UpstreamRepository } from './registry-upstream.ts';
import type { Visit } from './registry-visit.ts';

/**
 * Brings an image that a rule's upstream has and the cache has not, and makes the repository for it. False when the
 * answer has already been given. The puller needs ecr:BatchImportUpstreamImage, for a repository that is to be made
 * ecr:CreateRepository, and ecr:TagResource where its template has tags. Source: user guide, "IAM permissions required
 * to sync an upstream registry". (ECR also looks once a day whether a tag has moved, and this does not.)
 */
export async function broughtFromUpstream(visit: Visit, name: string, reference: string): Promise<boolean> {
  const rule = forName(visit.registry.caches.rules, name);
  const cached = visit.registry.repositories.get(name);
  if (rule === undefined || (cached && findImage(cached, idOf(reference)))) return true;
  const found = await permitted(visit, name, 'ecr:BatchImportUpstreamImage', {}, () => {
    const from = upstreamOf(visit, rule, name);
    return { from, image: imageIn(from, rule, reference) };
  });
  if (found === undefined || !(await madeIfMissing(visit, name, 'PULL_THROUGH_CACHE'))) return false;
  const { from, image } = found as { from: Repository; image: Image };
  const to = visit.registry.repositories.get(name);
  if (to) await copyImage(visit, { from, to }, image, reference);
  return true;
}

/**
 * Makes the repository that a push goes to where a template says so, which takes ecr:CreateRepository beside what the
 * push itself takes; which of the two AWS looks at first is not known. False when the answer has already been given.
 */
export async function madeForPush(visit: Visit, name: string, action: string): Promise<boolean> {
  const { registry } = visit;
  const template = templateFor(registry, name, 'CREATE_ON_PUSH');
  if (template === undefined || registry.repositories.has(name)) return true;
  if ((await permitted(visit, name, action, {}, () => ({}))) === undefined) return false;
  return madeIfMissing(visit, name, 'CREATE_ON_PUSH');
}

async function madeIfMissing(visit: Visit, name: string, occasion: Occasion): Promise<boolean> {
  const { registry } = visit;
  if (registry.repositories.has(name)) return true;
  const isTagged = (templateFor(registry, name, occasion)?.resourceTags.size ?? 0) > 0;
  if (isTagged && !(await permitted(visit, name, 'ecr:TagResource', {}, () => ({})))) return false;
  const made = await permitted(visit, name, 'ecr:CreateRepository', {}, () => {
    makeRepository(registry, name, occasion);
    return {};
  });
  return made !== undefined;
}

/** The upstream's repository in another registry of the simulator. */
function upstreamOf({ world, registry }: Visit, rule: CacheRule, name: string): Repository {
  const host = parseRegistryHost(rule.upstreamRegistryUrl);
  const place =
    registry.caches.upstreams.get(rule.upstreamRegistryUrl) ?? (host?.kind === 'private' ? host : undefined);
  const rest = rule.ecrRepositoryPrefix === 'ROOT' ? name : name.slice(rule.ecrRepositoryPrefix.length + 1);
  const inside = rule.upstreamRepositoryPrefix;
  const there: Registry | undefined = place && world.registry(place.accountId, place.region);
  const found = there?.repositories.get(inside === 'ROOT' ? rest : `${inside}/${rest}`);
  if (found) return found;
  throw new AwsError('RepositoryNotFoundException', `the upstream has no repository for ${name}`, 404);
}

function imageIn(from: Repository, rule: CacheRule, reference: string): Image {
  const image = findImage(from, idOf(reference));
  if (image && rule.failure === undefined) return image;
  throw new AwsError('ImageNotFoundException', rule.failure ?? 'Requested image not found', 404);
}

function idOf(reference: string) {
  return reference.startsWith('sha256:') ? { imageDigest: reference } : { imageTag: reference };
}

interface Way {
  readonly from: Repository;
  readonly to: Repository;
}

/** With all that it is made of, in the registry behind too where there is one. */
async function copyImage(visit: Visit, way: Way, image: Image, reference: string): Promise<void> {
  const document = image.manifest === undefined ? {} : JSON.parse(image.manifest);
  for (const child of listOf(document.manifests).filter(isObject)) {
    const part = way.from.images.get(String(child['digest']));
    if (part) await copyImage(visit, way, part, part.digest);
  }
  const [from, to] = [way.from, way.to].map((one) => behind(visit, one)) as [
    UpstreamRepository,
    UpstreamRepository,
  ];
  if (visit.upstream !== undefined && image.manifest !== undefined) {
    for (const part of [document.config, ...listOf(document.layers)].filter(isObject)) {
      await mountBlob(from, to, String(part['digest']));
    }
    await storeManifest(to, image.digest, image.manifestMediaType, Buffer.from(image.manifest));
  }
  const now = visit.world.clock.now();
  const tags = new Set(reference === image.digest ? [] : [reference]);
  putImage(way.to, { ...image, tags, pushedAt: now }, now);
}

function behind({ upstream }: Visit, { registryId, arn, name }: Repository): UpstreamRepository {
  return { upstream, folder: `${registryId}/${arn.split(':')[3]}`, name };
}
