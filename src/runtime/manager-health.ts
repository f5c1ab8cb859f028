import type { Controller } from './controller.ts';
import type { EventLoopWatch } from './event-loop.ts';
import type { HealthCheck } from './health.ts';
import type { Informer } from './informer.ts';
import type { LeaderElection } from './leader-election.ts';

/** What is asked for its health. */
export interface Watched {
  readonly informers: readonly Pick<Informer<unknown>, 'ready' | 'resource' | 'stuck'>[];
  readonly controllers: readonly Pick<Controller, 'name' | 'stuck'>[];
  readonly eventLoop: Pick<EventLoopWatch, 'stuck'>;
  /** Undefined: there is no other replica. */
  readonly election: Pick<LeaderElection, 'stuck' | 'unready'> | undefined;
}

/** How far the operator has come. */
export type Phase = 'filling' | 'standing by' | 'working' | 'stopping';

/** What only a restart mends: an API server or AWS that is away is nothing of the kind. */
export function livenessChecks({ informers, controllers, eventLoop, election }: Watched): HealthCheck[] {
  return [
    { name: 'ping', failure: () => undefined },
    { name: 'event-loop', failure: eventLoop.stuck },
    ...(election ? [{ name: 'leader-election', failure: election.stuck }] : []),
    ...named(
      informers,
      ({ resource }) => `informer-${resource.plural}`,
      (informer) => informer.stuck?.(),
    ),
    ...named(
      controllers,
      ({ name }) => `controller-${name}`,
      (controller) => controller.stuck(),
    ),
  ];
}

/** Whether all that an informer reads has been there. */
export type IsFilled = (informer: Watched['informers'][number]) => boolean;

/** Notes of each of these whether it is filled. */
export function filledAmong(informers: Watched['informers']): IsFilled {
  const filled = new WeakSet<object>();
  for (const informer of informers) void informer.ready.then(() => filled.add(informer));
  return (informer) => filled.has(informer);
}

/**
 * Whether it does its part: works, or stands by with filled caches and can read the Lease. A rollout replaces the leader
 * by those that are ready, and one without a right to the Lease would never lead.
 */
export function readinessChecks(
  { informers, election }: Pick<Watched, 'informers' | 'election'>,
  isFilled: IsFilled,
  phase: () => Phase,
): HealthCheck[] {
  return [
    ...named(
      informers,
      ({ resource }) => `informer-${resource.plural}`,
      (informer) => (isFilled(informer) ? undefined : 'not filled yet'),
    ),
    ...(election ? [{ name: 'leader-election', failure: election.unready }] : []),
    { name: 'started', failure: () => (phase() === 'filling' ? 'the caches are not filled yet' : undefined) },
    { name: 'shutdown', failure: () => (phase() === 'stopping' ? 'it is stopping' : undefined) },
  ];
}

/** Several informers of one kind are told apart by a number. */
function named<T>(
  all: readonly T[],
  nameOf: (one: T) => string,
  failure: (one: T) => string | undefined,
): HealthCheck[] {
  const used = new Map<string, number>();
  return all.map((one) => {
    const name = nameOf(one);
    const count = (used.get(name) ?? 0) + 1;
    used.set(name, count);
    return { name: count > 1 ? `${name}-${count}` : name, failure: () => failure(one) };
  });
}
