import type { Clock } from '../../../runtime/clock.ts';
import { type Key, keyOf } from '../../../runtime/key.ts';
import { ADMISSION_LAG_MS } from './decide-repair.ts';
import type { PodState } from './pod-state.ts';

/** What is remembered of Pods that are, or were, to be deleted. Times in ms. */
export interface Repairs {
  /** When a Pod may be deleted; the first answer holds until it is cancelled. */
  dueAt(pod: PodState): number;
  /** The Pod is left alone after all. */
  cancel(pod: PodState): void;
  /** The Pod was deleted for the Secret, which the watch may have yet to tell; `others` were in its namespace then. */
  done(pod: PodState, secretName: string, others: Iterable<PodState>): void;
  isDone(pod: PodState): boolean;
  /** There is no such Pod any more. */
  forget(pod: Key): void;
  /** A Pod is there: if it has a Secret, its controller's Pods do take what their ServiceAccount has. */
  see(pod: PodState): void;
  /** See `Remedy.triedUntil`. */
  triedUntil(pod: PodState, secretName: string): number | undefined;
}

/**
 * So that what comes back is told for sure from what was there, times being whole seconds. Those are the API server's,
 * whatever clock counts these.
 */
const SETTLE_MS = ADMISSION_LAG_MS + 1_000;
/** kube-controller-manager makes new ones no faster unless told: 20 requests per second. */
const SPACING_MS = 50;
/** Remembered at most; the oldest are forgotten first. */
const MOST_CONTROLLERS = 10_000;

interface Entry {
  readonly uid: string;
  readonly givenAt: number;
  readonly dueAt: number;
  readonly isDone: boolean;
}

/** No {@link Repairs} yet. */
export function createRepairs({ now }: Pick<Clock, 'now'>): Repairs {
  const pods = new Map<Key, Entry>();
  const tried = new Map<string, number>();
  let last = { givenAt: 0, dueAt: 0 };

  /** A clock that was set back must not hold anything up for as long. */
  function isOfThePast({ givenAt }: Pick<Entry, 'givenAt'>): boolean {
    return givenAt <= now();
  }

  function slot(): Pick<Entry, 'givenAt' | 'dueAt'> {
    const givenAt = now();
    const free = isOfThePast(last) ? last.dueAt + SPACING_MS : 0;
    last = { givenAt, dueAt: Math.max(givenAt + SETTLE_MS, free) };
    return last;
  }

  function entryOf(pod: PodState): Entry | undefined {
    const entry = pods.get(keyOf(pod));
    return entry?.uid === pod.uid ? entry : undefined;
  }

  return {
    dueAt(pod) {
      const known = entryOf(pod);
      const entry =
        known && isOfThePast(known) ? known : { uid: pod.uid, ...slot(), isDone: known?.isDone ?? false };
      pods.set(keyOf(pod), entry);
      return entry.dueAt;
    },
    cancel(pod) {
      if (!entryOf(pod)?.isDone) pods.delete(keyOf(pod));
    },
    done(pod, secretName, others) {
      pods.set(keyOf(pod), { uid: pod.uid, givenAt: now(), dueAt: now(), isDone: true });
      const key = triedKey(pod, secretName);
      // The first time counts: later ones may have what came back among them.
      if (tried.has(key)) return;
      const [oldest] = tried.keys();
      if (tried.size >= MOST_CONTROLLERS && oldest !== undefined) tried.delete(oldest);
      tried.set(key, newest(pod, secretName, others));
    },
    isDone: (pod) => entryOf(pod)?.isDone === true,
    forget: (key) => void pods.delete(key),
    see(pod) {
      for (const name of pod.pullSecrets) tried.delete(triedKey(pod, name));
    },
    triedUntil: (pod, secretName) => tried.get(triedKey(pod, secretName)),
  };
}

function triedKey({ controller }: PodState, secretName: string): string {
  return `${controller?.uid} ${secretName}`;
}

function newest(pod: PodState, secretName: string, others: Iterable<PodState>): number {
  let found = pod.createdAt;
  for (const { controller, pullSecrets, createdAt } of others) {
    const isSibling = controller?.uid === pod.controller?.uid;
    if (isSibling && !pullSecrets.includes(secretName)) found = Math.max(found, createdAt);
  }
  return found;
}
