import type { Repository } from '../../api/repository.generated.ts';
import type { EcrApi, LiveRepository } from '../../ecr/ecr-api.ts';
import type { Next } from '../../runtime/controller.ts';
import { RetryableError } from '../../runtime/errors.ts';
import type { Key } from '../../runtime/key.ts';
import type { Enqueue } from '../../runtime/sources.ts';
import type { Lister } from '../../runtime/store.ts';
import type { RegistryAccess } from '../registry-access.ts';
import { repositoryName } from '../repository/desired.ts';
import { isSettled, versionOf } from './snapshot.ts';
import type { Sweep, Sweeps } from './sweeps.ts';

/**
 * What would have to be written so that ECR holds what is declared: the same plan as the Repository controller's. Of a
 * repository that is listed already, only what the list does not show is read.
 */
export type Compare = (
  repository: Repository,
  ecr: EcrApi,
  listed: LiveRepository | undefined,
) => Promise<readonly unknown[]>;

export interface CompareRepositoryOptions {
  readonly repositories: Lister<Repository>;
  readonly access: RegistryAccess;
  readonly sweeps: Sweeps;
  readonly compare: Compare;
  /** Wakes the Repository controller, which looks again and mends. */
  readonly wake: Enqueue;
}

/** So many repositories in a row without an answer, and the sweep waits for better times. */
const MOST_UNANSWERED = 20;
/** So often without an answer, and the sweep leaves a repository to the Repository controller, which goes on asking. */
const MOST_ATTEMPTS = 3;
const UNANSWERED: ReadonlySet<string> = new Set(['Throttled', 'AWSUnavailable', 'AWSUnreachable']);

/** One pass over a Repository in a sweep: compares, writes nothing, and wakes whoever mends. */
export function compareRepository(options: CompareRepositoryOptions): (key: Key) => Promise<Next> {
  const { repositories, sweeps, wake } = options;
  return async (key) => {
    const sweep = sweeps.of(key);
    const repository = repositories.get(key);
    if (!sweep) return {};
    if (!repository || !isSettled(repository) || versionOf(repository) !== sweep.open.get(key)) {
      sweeps.done(key);
      return {};
    }
    try {
      if (await differs(options, repository, sweep)) wake(key, { priority: 'refresh' });
      sweep.unanswered.clear();
    } catch (error) {
      if (isUnanswered(error)) {
        if (isOutage(sweep, key)) {
          sweeps.abandon(sweep.registry, error);
          return {};
        }
        if (isWorthAnother(sweep, key)) return { retry: { kind: 'backoff' } };
      }
      // The Repository controller finds the same, and says it.
      wake(key, { priority: 'refresh' });
    }
    sweeps.done(key);
    return {};
  };
}

async function differs(
  { access, compare }: CompareRepositoryOptions,
  repository: Repository,
  { snapshot }: Sweep,
): Promise<boolean> {
  const listed = snapshot?.declared.get(repositoryName(repository));
  if (snapshot && !listed) return true;
  const { lane } = await access.connect(access.writable(repository.spec.registryRef.name));
  return (await compare(repository, lane('sweep'), listed)).length > 0;
}

function isUnanswered(error: unknown): error is RetryableError {
  return error instanceof RetryableError && UNANSWERED.has(error.reason);
}

/** One is not asked about once for each of ten thousand objects. */
function isOutage({ unanswered }: Sweep, key: Key): boolean {
  unanswered.add(key);
  return unanswered.size >= MOST_UNANSWERED;
}

function isWorthAnother({ attempts }: Sweep, key: Key): boolean {
  const count = (attempts.get(key) ?? 0) + 1;
  attempts.set(key, count);
  return count < MOST_ATTEMPTS;
}
