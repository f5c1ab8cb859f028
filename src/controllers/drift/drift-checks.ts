import type { Key } from '../../runtime/key.ts';
import { createTrigger, type Trigger } from '../../runtime/sources.ts';

/** What the last comparison of a Registry's Repositories came to; it is told in the Registry's status. */
export interface DriftCheck {
  /** When it was over (ms). */
  readonly at: number;
  /** How many ECR repositories there are, declared or not; absent where listing them is not allowed. */
  readonly total?: number;
  /** What kept it from being done; absent when it was. */
  readonly failure?: unknown;
}

/** What drift sweeps have found, and whom that wakes. */
export interface DriftChecks {
  /** Of a Registry, by name; undefined until the first since the operator's start is over. */
  get(registry: string): DriftCheck | undefined;
  /** A comparison is over: wakes who waits for that. */
  set(registry: string, check: DriftCheck): void;
  delete(registry: string): void;
  /** Wakes Repositories that differ from what ECR holds. */
  readonly found: Trigger;
  /** Wakes Registries whose comparison is over. */
  readonly checked: Trigger;
  /**
   * Tells by the Registry's name that AWS answered a comparison, or may answer now: what else is declared there is to be
   * compared as well. Of one without an answer it does not tell, since that is begun anew every minute.
   */
  readonly answered: Trigger;
}

/** Nothing was compared yet. */
export function createDriftChecks(): DriftChecks {
  const checks = new Map<Key, DriftCheck>();
  const [checked, answered] = [createTrigger(), createTrigger()];
  return {
    get: (registry) => checks.get(registry),
    set(registry, check) {
      checks.set(registry, check);
      checked.fire(registry, { priority: 'refresh' });
      if (check.failure === undefined) answered.fire(registry, { priority: 'refresh' });
    },
    delete: (registry) => void checks.delete(registry),
    found: createTrigger(),
    checked,
    answered,
  };
}
