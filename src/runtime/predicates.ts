import { isDeepStrictEqual } from 'node:util';
import type { KubeObject } from './resource.ts';

/** Whether a change is worth a reconciliation. `now` is absent after a deletion, `before` on an addition. */
export type Predicate<T> = (now: T | undefined, before: T | undefined) => boolean;

/** The spec, the deletion mark, annotations or labels changed: what people do, but not our status or finalizer. */
export const changedByPeople: Predicate<KubeObject> = (now, before) => {
  if (!now || !before) return true;
  const [a, b] = [now.metadata, before.metadata];
  return (
    a.uid !== b.uid ||
    a.generation !== b.generation ||
    a.deletionTimestamp !== b.deletionTimestamp ||
    !isDeepStrictEqual(a.annotations, b.annotations) ||
    !isDeepStrictEqual(a.labels, b.labels)
  );
};
