import type { LiveRepository } from '../../ecr/ecr-api.ts';
import type { Failure } from '../../runtime/errors.ts';

/**
 * The repositories that no Repository has, as the last list showed them; `place` is an account and region, since several
 * Registries may be the same one.
 */
export interface UndeclaredStore {
  /** All that a list of the whole registry showed, and nothing else. */
  see(place: string, repositories: readonly LiveRepository[]): void;
  /** Whether there was a list at all. */
  isSeen(place: string): boolean;
  /** As if there had been no list. */
  forget(place: string): void;
  names(place: string): Iterable<string>;
  has(place: string, name: string): boolean;
  /** What the list showed of it, once: after that somebody, we too, may have changed it. */
  take(place: string, name: string): LiveRepository | undefined;
  /** What came of the last pass: `'synced'`, or why not; undefined forgets it. True if that is news. */
  setResult(className: string, name: string, result: UndeclaredResult | undefined): boolean;
  results(className: string): ReadonlyMap<string, UndeclaredResult>;
}

export type UndeclaredResult = 'synced' | Failure;

/** An {@link UndeclaredStore} that has seen nothing. */
export function createUndeclaredStore(): UndeclaredStore {
  const seen = new Map<string, Map<string, LiveRepository | undefined>>();
  const results = new Map<string, Map<string, UndeclaredResult>>();
  return {
    see: (place, repositories) =>
      void seen.set(place, new Map(repositories.map((repository) => [repository.name, repository]))),
    isSeen: (place) => seen.has(place),
    forget: (place) => void seen.delete(place),
    names: (place) => seen.get(place)?.keys() ?? [],
    has: (place, name) => seen.get(place)?.has(name) ?? false,
    take(place, name) {
      const listed = seen.get(place)?.get(name);
      if (listed) seen.get(place)?.set(name, undefined);
      return listed;
    },
    setResult(className, name, result) {
      const ofClass = results.get(className) ?? new Map<string, UndeclaredResult>();
      const before = ofClass.get(name);
      // The same again keeps the request id that it was first seen with.
      if (textOf(before) === textOf(result)) return false;
      if (result === undefined) ofClass.delete(name);
      else ofClass.set(name, result);
      if (ofClass.size > 0) results.set(className, ofClass);
      else results.delete(className);
      return true;
    },
    results: (className) => results.get(className) ?? new Map(),
  };
}

function textOf(result: UndeclaredResult | undefined): string | undefined {
  return typeof result === 'object' ? `${result.reason} ${result.message}` : result;
}
