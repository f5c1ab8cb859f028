import type { ResourceType } from '../../runtime/resource.ts';
import { type BaseStatus, conditionOf } from '../../runtime/status.ts';

/** Objects of a kind by how it stands with them. */
export interface ObjectRow {
  readonly kind: string;
  readonly ready: Readonly<Record<ReadyState, number>>;
  /** Of those that are not Ready, by the reason of Ready; suspended ones excepted. */
  readonly reasons: ReadonlyMap<string, number>;
}

export const READY_STATES = ['True', 'False', 'Unknown', 'Suspended'] as const;

type ReadyState = (typeof READY_STATES)[number];

export interface ObjectsOfKind {
  readonly resource: Pick<ResourceType, 'kind'>;
  readonly lister: { values(): Iterable<unknown> };
}

interface Declared {
  readonly spec?: { readonly suspend?: boolean };
  readonly status?: BaseStatus;
}

/** Counts the objects of each kind by their condition Ready; one that has none yet is Unknown. */
export function objectRows(kinds: readonly ObjectsOfKind[]): ObjectRow[] {
  return kinds.map(({ resource, lister }) => {
    const ready = { True: 0, False: 0, Unknown: 0, Suspended: 0 };
    const reasons = new Map<string, number>();
    for (const object of lister.values() as Iterable<Declared>) {
      const condition = conditionOf(object.status, 'Ready');
      const state = object.spec?.suspend ? 'Suspended' : (condition?.status ?? 'Unknown');
      ready[state] += 1;
      if (state !== 'False' || !condition) continue;
      reasons.set(condition.reason, (reasons.get(condition.reason) ?? 0) + 1);
    }
    return { kind: resource.kind, ready, reasons };
  });
}
