import { createHash } from 'node:crypto';
import type { Image, Repository } from './registry-state.ts';

/** Adds or replaces an image; a tag that another image carries moves. */
export function putImage(
  repository: Repository,
  image: Partial<Image> & { readonly digest: string },
  now: Date,
): Image {
  const previous = repository.images.get(image.digest);
  const tags = new Set([...(previous?.tags ?? []), ...(image.tags ?? [])]);
  if (tags.size > 0) {
    for (const other of repository.images.values()) for (const tag of tags) other.tags.delete(tag);
  }
  const whole: Image = {
    sizeInBytes: 1024,
    pushedAt: now,
    manifestMediaType: 'application/vnd.oci.image.manifest.v1+json',
    status: 'ACTIVE',
    ...previous,
    ...image,
    tags,
  };
  repository.images.set(whole.digest, whole);
  return whole;
}

/** A well-formed digest made of any text, for tests that need no real manifest. */
export function digestOf(text: string | Buffer): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}
