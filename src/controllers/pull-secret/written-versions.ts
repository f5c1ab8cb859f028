import type { Clock } from '../../runtime/clock.ts';
import type { Key } from '../../runtime/key.ts';

/** The versions that our own writes made, until the cache has them. */
export interface WrittenVersions {
  remember(key: Key, resourceVersion: string): void;
  /** How long to wait for the cache, which has `cached` (ms); 0 = it is up to date, or will not become so. */
  staleMs(key: Key, cached: string | undefined): number;
  forget(key: Key): void;
}

/** A watch is faster than this; one that is not may have missed that the object has gone again. */
const LONGEST_MS = 1_000;

/** No {@link WrittenVersions} yet. Versions of one kind are ordered numbers (KEP-5504). */
export function createWrittenVersions({ now }: Pick<Clock, 'now'>): WrittenVersions {
  const written = new Map<Key, { readonly version: number; readonly at: number }>();
  return {
    remember: (key, resourceVersion) =>
      void written.set(key, { version: Number(resourceVersion), at: now() }),
    staleMs(key, cached) {
      const last = written.get(key);
      if (!last) return 0;
      const isBehind = cached === undefined || Number(cached) < last.version;
      const left = last.at + LONGEST_MS - now();
      if (isBehind && left > 0) return left;
      written.delete(key);
      return 0;
    },
    forget: (key) => void written.delete(key),
  };
}
