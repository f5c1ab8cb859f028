import { TerminalError } from '../runtime/errors.ts';
import type { Happening, Incomplete, Outcome } from '../runtime/outcome.ts';
import type { ObjectMetadata } from '../runtime/resource.ts';
import { type BaseStatus, conditionOf } from '../runtime/status.ts';

/** Something at AWS that one object declares, ready to be compared. `Action` is tagged with the operation's name. */
export interface ExternalResource<Observed, Action extends { readonly type: string }, Fields> {
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
  status(observed: Observed): Fields;
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
  const { observed, done, failures } = await applyAll(resource, actions, first);
  const words = done.map((action) => resource.describe(action, first));
  const report = { status: resource.status(observed), happenings: happeningsOf(object, done, words) };
  if (failures.length > 0) return { ...report, failure: worstOf(failures) };
  return {
    ...report,
    conditions: [{ type: 'Synced', status: 'True', reason: 'Synced', message: 'ECR holds what is declared' }],
  };
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

/** What a retry may mend goes first: a terminal failure would put the retry off. */
function worstOf(failures: readonly unknown[]): unknown {
  return failures.find((failure) => !(failure instanceof TerminalError)) ?? failures[0];
}

function happeningsOf(
  object: Declared,
  actions: readonly { readonly type: string }[],
  words: readonly string[],
): Happening[] {
  if (actions.length === 0) return [];
  const message = words.join('; ');
  if (actions[0]?.type.startsWith('Create')) return [{ type: 'Normal', reason: 'Created', message }];
  const synced = conditionOf(object.status, 'Synced');
  const wasSynced = synced?.status === 'True' && synced.observedGeneration === object.metadata.generation;
  return [{ type: 'Normal', reason: wasSynced ? 'DriftMended' : 'Updated', message }];
}
