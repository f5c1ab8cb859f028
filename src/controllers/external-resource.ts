import { type Failure, TerminalError } from '../runtime/errors.ts';
import type { Happening, Incomplete, Outcome } from '../runtime/outcome.ts';
import type { ObjectMetadata } from '../runtime/resource.ts';
import { type BaseStatus, conditionOf } from '../runtime/status.ts';

/** Something at AWS that one object declares, ready to be compared. `Action` is tagged with the operation's name. */
export interface ExternalResource<Observed, Action extends { readonly type: string }, Fields> {
  /** Nothing is ever written: what differs is told. */
  readonly observeOnly?: boolean;
  /** Something else is declared than at the last pass, although the object may be the same: nobody else changed it. */
  readonly redeclared?: boolean;
  /** What AWS holds now. Reads only. */
  observe(): Promise<Observed>;
  /** What is to be done so that it matches; empty when it does (pure). */
  plan(observed: Observed): readonly Action[];
  /** Whether nothing else is to be done where this fails: to make the thing, or to claim it. */
  essential(action: Action): boolean;
  /** Does one thing; gives what AWS holds after it. */
  apply(action: Action, observed: Observed): Promise<Observed>;
  /** For an Event: what the action changes, from what to what. */
  describe(action: Action, observed: Observed): string;
  status(observed: Observed, changes: Changes): Fields;
}

/** Thrown by `apply`: nothing is wrong, and the action is to be tried again after a while. */
export class Waiting extends Error {
  readonly reason: string;
  readonly againMs: number;

  constructor({ reason, message }: Failure, againMs: number) {
    super(message);
    this.name = 'Waiting';
    this.reason = reason;
    this.againMs = againMs;
  }
}

/** What a pass wrote, or, where it only observes, would have. */
export interface Changes {
  /** Why: `DriftMended` where somebody else had changed what was as declared. */
  readonly reason: 'Created' | 'Updated' | 'DriftMended' | 'DriftObserved';
  /** One for each action, for people. */
  readonly words: readonly string[];
}

interface Declared {
  readonly metadata: ObjectMetadata;
  readonly status?: BaseStatus;
}

/** Ready of an external resource is: AWS holds what is declared. */
export const EXTERNAL_DEPENDENTS = ['Synced'] as const;

/** Observe, plan, apply, report: the one reconciliation of every kind that stands for something at AWS. */
export async function reconcileExternal<O, A extends { readonly type: string }, F>(
  object: Declared,
  resource: ExternalResource<O, A, F>,
): Promise<Outcome<F> | Incomplete<F>> {
  const first = await resource.observe();
  const actions = resource.plan(first);
  if (resource.observeOnly) return observation(resource, actions, first);
  const { observed, done, failures } = await applyAll(resource, actions, first);
  const words = done.map((action) => resource.describe(action, first));
  const changes = { reason: reasonOf(object, resource, done), words };
  const report = { status: resource.status(observed, changes), happenings: happeningsOf(changes) };
  const worst = worstOf(failures);
  if (worst instanceof Waiting) {
    const { reason, message, againMs } = worst;
    const pending = { type: 'Synced', status: 'Unknown', reason, message } as const;
    return { ...report, conditions: [pending], requeueAfterMs: againMs };
  }
  if (failures.length > 0) return { ...report, failure: worst };
  return {
    ...report,
    conditions: [{ type: 'Synced', status: 'True', reason: 'Synced', message: 'ECR holds what is declared' }],
  };
}

function observation<O, A extends { readonly type: string }, F>(
  resource: ExternalResource<O, A, F>,
  actions: readonly A[],
  observed: O,
): Outcome<F> {
  const reason = 'DriftObserved';
  const words = actions.map((action) => resource.describe(action, observed));
  const status = resource.status(observed, { reason, words });
  const type = 'Synced';
  if (words.length === 0) {
    const message = 'ECR holds what is declared, and mode: Observe writes nothing';
    return { status, conditions: [{ type, status: 'True', reason: 'Synced', message }] };
  }
  const message = `ECR differs, and mode: Observe writes nothing: ${words.join('; ')}`;
  return { status, conditions: [{ type, status: 'False', reason, message }], stalled: true };
}

interface Applied<O, A> {
  readonly observed: O;
  readonly done: readonly A[];
  readonly failures: readonly unknown[];
}

/** Settings do not depend on each other: one that AWS refuses keeps none of the others back. */
async function applyAll<O, A extends { readonly type: string }, F>(
  resource: ExternalResource<O, A, F>,
  actions: readonly A[],
  first: O,
): Promise<Applied<O, A>> {
  const failures: unknown[] = [];
  const done: A[] = [];
  let observed = first;
  for (const action of actions) {
    try {
      observed = await resource.apply(action, observed);
      done.push(action);
    } catch (error) {
      if (resource.essential(action)) throw error;
      failures.push(error);
    }
  }
  return { observed, done, failures };
}

/**
 * The failure to tell of several: one that a retry may mend, then a terminal one, then what only waits. A terminal one
 * puts nothing off: it is looked at again as soon as any of the others asks for.
 */
export function worstOf(failures: readonly unknown[]): unknown {
  const isWaiting = (failure: unknown) => failure instanceof Waiting;
  const retryable = failures.find((failure) => !(failure instanceof TerminalError || isWaiting(failure)));
  if (retryable !== undefined) return retryable;
  const waiting = failures.filter(isWaiting).sort((a, b) => a.againMs - b.againMs)[0];
  const terminal = failures.filter((failure) => failure instanceof TerminalError);
  const [first] = terminal;
  if (!first) return waiting;
  const { reason, message, occurrence } = first;
  const rechecks = terminal.map(({ recheckAfterMs }) => recheckAfterMs);
  const soonest = Math.min(...rechecks, ...(waiting ? [waiting.againMs] : []));
  if (soonest === first.recheckAfterMs) return first;
  return new TerminalError(reason, message, { cause: first, occurrence, recheckAfterMs: soonest });
}

function reasonOf(
  object: Declared,
  { redeclared }: { readonly redeclared?: boolean },
  actions: readonly { readonly type: string }[],
): Changes['reason'] {
  if (actions[0]?.type.startsWith('Create')) return 'Created';
  const synced = conditionOf(object.status, 'Synced');
  const wasSynced = synced?.status === 'True' && synced.observedGeneration === object.metadata.generation;
  return wasSynced && !redeclared ? 'DriftMended' : 'Updated';
}

function happeningsOf({ reason, words }: Changes): Happening[] {
  return words.length === 0 ? [] : [{ type: 'Normal', reason, message: words.join('; ') }];
}
