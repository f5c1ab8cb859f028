import type { RepositoryClass, RepositoryClassStatus } from '../../api/repository-class.generated.ts';
import { cutText } from '../../runtime/cut-text.ts';
import { type Failure, failureOf, TerminalError } from '../../runtime/errors.ts';
import type { ConditionState } from '../../runtime/outcome.ts';
import type { Reconciler } from '../../runtime/resource-reconciler.ts';
import { type BaseStatus, conditionOf } from '../../runtime/status.ts';
import type { RegistryAccess } from '../registry-access.ts';
import { desiredSettings } from '../repository/desired.ts';
import { effectiveSpec } from '../repository/effective.ts';
import type { World } from '../world.ts';
import { classNameOf } from './class-of.ts';
import { type ClassWorld, placeOfClass } from './undeclared-keys.ts';
import type { UndeclaredResult, UndeclaredStore } from './undeclared-store.ts';

type Fields = Omit<RepositoryClassStatus, keyof BaseStatus>;

/** Ready of a class is: what it says can be read, and what nobody declared is as it says. */
export const CLASS_DEPENDENTS = ['Accepted', 'Applied'] as const;

const MOST_FAILURES = 20;

export interface ClassOptions {
  readonly world: ClassWorld & Pick<World, 'repositories' | 'namespaces'>;
  readonly access: Pick<RegistryAccess, 'writable'>;
  readonly store: UndeclaredStore;
}

/** Says who uses a class. Nothing outlives it: Repositories keep what they have. */
export function repositoryClassReconciler(options: ClassOptions): Reconciler<RepositoryClass, Fields> {
  return {
    async reconcile(of) {
      // Documents that cannot be read are told of here, once, and not only by each Repository; in any partition.
      desiredSettings(effectiveSpec({ spec: { registryRef: { name: '' } } }, of), 'aws', false);
      const { condition, undeclared, stalled } = application(of, options);
      return {
        status: {
          repositories: countOf(of.metadata.name, options.world),
          ...(undeclared ? { undeclared } : {}),
        },
        conditions: [
          {
            type: 'Accepted',
            status: 'True',
            reason: 'Accepted',
            message: 'all that is declared can be read',
          },
          condition,
        ],
        ...(stalled ? { stalled } : {}),
      };
    },
    finalize: async () => 'released',
  };
}

/** How it stands with what nobody declared. */
interface Application {
  readonly condition: ConditionState;
  readonly undeclared?: NonNullable<Fields['undeclared']> | undefined;
  readonly stalled?: boolean;
}

const APPLIED = 'Applied';

function application(of: RepositoryClass, { world, access, store }: ClassOptions): Application {
  const { metadata, spec, status } = of;
  if (!spec.undeclared) {
    const message = 'Repositories take from the class what they leave open';
    return { condition: { type: APPLIED, status: 'True', reason: 'Applied', message } };
  }
  const { name } = spec.undeclared.registryRef;
  try {
    access.writable(name);
  } catch (error) {
    const stalled = error instanceof TerminalError;
    return { condition: { type: APPLIED, status: 'False', ...failureOf(error) }, stalled };
  }
  if (store.isSeen(placeOfClass(world, of) ?? '')) {
    const results = store.results(metadata.name);
    return { condition: applied(results), undeclared: undeclaredStatus(results) };
  }
  // After a start what was said before it stands until the first list, as long as it is about this spec.
  const before = conditionOf(status, APPLIED);
  if (status?.undeclared && before?.observedGeneration === metadata.generation) {
    const { status: state, reason, message } = before;
    return { condition: { type: APPLIED, status: state, reason, message }, undeclared: status.undeclared };
  }
  const message = `Registry ${name} was not listed yet: a drift check does that, with ecr:DescribeRepositories on every repository`;
  return { condition: { type: APPLIED, status: 'Unknown', reason: 'NotListed', message } };
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
  return `${cutText(message, 1_900)}${occurrence ? ` (${occurrence})` : ''}`;
}

function undeclaredStatus(results: ReadonlyMap<string, UndeclaredResult>): NonNullable<Fields['undeclared']> {
  const failures = failuresAmong(results);
  return {
    matched: results.size,
    synced: results.size - failures.length,
    ...(failures.length > 0 ? { failures: failures.slice(0, MOST_FAILURES) } : {}),
  };
}

function applied(results: ReadonlyMap<string, UndeclaredResult>): ConditionState {
  const [first, ...others] = failuresAmong(results);
  if (first) {
    const reasons = new Set([first, ...others].map(({ reason }) => reason));
    return {
      type: APPLIED,
      status: 'False',
      reason: reasons.size === 1 ? first.reason : 'RepositoriesFailed',
      message: `${results.size - others.length - 1} of ${results.size} repositories that nobody declared are as the class says; ${first.repository}: ${first.message}`,
    };
  }
  const message = `${results.size} of ${results.size} repositories that nobody declared are as the class says`;
  return { type: APPLIED, status: 'True', reason: 'Applied', message };
}
