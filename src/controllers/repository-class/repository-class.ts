import type { RepositoryClass, RepositoryClassStatus } from '../../api/repository-class.generated.ts';
import { partitionOf } from '../../ecr/partition.ts';
import type { Failure } from '../../runtime/errors.ts';
import type { ConditionState } from '../../runtime/outcome.ts';
import type { Reconciler } from '../../runtime/resource-reconciler.ts';
import type { BaseStatus } from '../../runtime/status.ts';
import { desiredSettings } from '../repository/desired.ts';
import { effectiveSpec } from '../repository/effective.ts';
import type { World } from '../world.ts';
import { classNameOf } from './class-of.ts';
import type { UndeclaredResult, UndeclaredStore } from './undeclared-store.ts';

type Fields = Omit<RepositoryClassStatus, keyof BaseStatus>;

/** Ready of a class is: what it says can be read, and what nobody declared is as it says. */
export const CLASS_DEPENDENTS = ['Accepted', 'Applied'] as const;

const MOST_FAILURES = 20;

/** Says who uses a class. Nothing outlives it: Repositories keep what they have. */
export function repositoryClassReconciler(
  world: Pick<World, 'repositories' | 'namespaces' | 'registries'>,
  store: UndeclaredStore,
): Reconciler<RepositoryClass, Fields> {
  return {
    async reconcile(of) {
      const { undeclared } = of.spec;
      const registry = undeclared && world.registries.get(undeclared.registryRef.name);
      // Documents that cannot be read are told of here, once, and not only by each Repository.
      desiredSettings(
        effectiveSpec({ spec: { registryRef: { name: '' } } }, of),
        partitionOf(registry?.spec.region ?? '').id,
        false,
      );
      return {
        status: {
          repositories: countOf(of.metadata.name, world),
          ...(undeclared ? { undeclared: undeclaredStatus(store.results(of.metadata.name)) } : {}),
        },
        conditions: [
          {
            type: 'Accepted',
            status: 'True',
            reason: 'Accepted',
            message: 'all that is declared can be read',
          },
          applied(of, store.results(of.metadata.name)),
        ],
      };
    },
    finalize: async () => 'released',
  };
}

function countOf(name: string, world: Pick<World, 'repositories' | 'namespaces'>): number {
  let count = 0;
  for (const repository of world.repositories.values())
    if (classNameOf(repository, world) === name) count += 1;
  return count;
}

function failuresAmong(
  results: ReadonlyMap<string, UndeclaredResult>,
): NonNullable<NonNullable<Fields['undeclared']>['failures']> {
  const failures = [...results].flatMap(([repository, result]) =>
    result === 'synced' ? [] : [{ repository, reason: result.reason, message: wordsOf(result) }],
  );
  return failures.sort((a, b) => (a.repository < b.repository ? -1 : 1));
}

function wordsOf({ message, occurrence }: Failure): string {
  return `${message.slice(0, 1_900)}${occurrence ? ` (${occurrence})` : ''}`;
}

function undeclaredStatus(results: ReadonlyMap<string, UndeclaredResult>): NonNullable<Fields['undeclared']> {
  const failures = failuresAmong(results);
  return {
    matched: results.size,
    synced: results.size - failures.length,
    ...(failures.length > 0 ? { failures: failures.slice(0, MOST_FAILURES) } : {}),
  };
}

function applied({ spec }: RepositoryClass, results: ReadonlyMap<string, UndeclaredResult>): ConditionState {
  const type = 'Applied';
  const [first, ...others] = failuresAmong(results);
  if (first) {
    const reasons = new Set([first, ...others].map(({ reason }) => reason));
    return {
      type,
      status: 'False',
      reason: reasons.size === 1 ? first.reason : 'RepositoriesFailed',
      message: `${results.size - others.length - 1} of ${results.size} repositories that nobody declared are as the class says; ${first.repository}: ${first.message}`,
    };
  }
  const message = spec.undeclared
    ? `${results.size} of ${results.size} repositories that nobody declared are as the class says`
    : 'Repositories take from the class what they leave open';
  return { type, status: 'True', reason: 'Applied', message };
}
