import type { KubeObject, ObjectMetadata } from './resource.ts';

/** Where `kubectl apply` leaves a copy of the whole object, as far as annotations have room (256 KiB in all). */
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** Metadata without what nobody reads and what may be most of an object (pure): not to be written back. */
export function keptMetadata({ metadata }: KubeObject): ObjectMetadata {
  const { managedFields: _, annotations, ...kept } = metadata;
  if (!annotations) return kept;
  const { [LAST_APPLIED]: __, ...others } = annotations;
  return { ...kept, annotations: others };
}
