import type { LiveRepository } from '../../ecr/ecr-api.ts';
import type { Failure } from '../../runtime/errors.ts';

/** The repositories of each Registry that no Repository declares, as the last list of it showed them. */
export interface UndeclaredStore {
  /** All that a list of the whole registry showed, and nothing else. */
  see(registry: string, repositories: readonly LiveRepository[]): void;
  names(registry: string): Iterable<string>;
  has(registry: string, name: string): boolean;
  /** What the list showed of it, once: after that somebody, we too, may have changed it. */
  take(registry: string, name: string): LiveRepository | undefined;
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
    see: (registry, repositories) =>
      void seen.set(registry, new Map(repositories.map((repository) => [repository.name, repository]))),
    names: (registry) => seen.get(registry)?.keys() ?? [],
    has: (registry, name) => seen.get(registry)?.has(name) ?? false,
    take(registry, name) {
      const listed = seen.get(registry)?.get(name);
      if (listed) seen.get(registry)?.set(name, undefined);
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
