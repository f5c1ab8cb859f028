import { createHash } from 'node:crypto';
import { OWNER_TAG } from '../api/names.ts';
import type { Tags } from './ecr-api.ts';

/** Who declares a repository: the cluster's name, and the object in it. */
export interface Owner {
  readonly cluster: string;
  readonly namespace: string;
  readonly name: string;
}

/** AWS: at most 256 characters in the value of a tag. */
const LONGEST_VALUE = 256;

/** The value of the owner tag, `<cluster>/<namespace>/<name>`; one that AWS would refuse is cut and given a hash. */
export function ownerTagValue({ cluster, namespace, name }: Owner): string {
  const value = `${cluster}/${namespace}/${name}`;
  if (value.length <= LONGEST_VALUE) return value;
  const hash = createHash('sha256').update(value).digest('hex').slice(0, 16);
  return `${value.slice(0, LONGEST_VALUE - hash.length - 1)}.${hash}`;
}

/** The value of the owner tag, if there is one. */
export function ownerOf(tags: Tags): string | undefined {
  return tags[OWNER_TAG];
}

/** The tags to put so that all of `desired` hold; others are nobody's business here. */
export function missingTags(desired: Tags, live: Tags): Tags {
  return Object.fromEntries(Object.entries(desired).filter(([key, value]) => live[key] !== value));
}

/** Keys that we put earlier, want no longer, and that are still there. */
export function staleTagKeys(desired: Tags, live: Tags, managedKeys: readonly string[]): string[] {
  return managedKeys.filter((key) => !Object.hasOwn(desired, key) && Object.hasOwn(live, key)).sort();
}

/** The tags that are left without these keys. */
export function withoutTags(tags: Tags, keys: readonly string[]): Tags {
  return Object.fromEntries(Object.entries(tags).filter(([key]) => !keys.includes(key)));
}

/** The keys among those there are that are to be taken away when nobody declares them any more. */
export function managedKeys(desired: Tags, live: Tags, managedBefore: readonly string[]): string[] {
  const keys = new Set([...Object.keys(desired), ...managedBefore]);
  return [...keys].filter((key) => Object.hasOwn(live, key)).sort();
}
