import { SERVICE_ACCOUNT_ANNOTATION } from '../../api/names.ts';
import type { JsonPatchOperation } from '../../runtime/kube-client.ts';
import type { KubeObject } from '../../runtime/resource.ts';

/** What is kept of a ServiceAccount. */
export interface ServiceAccountState {
  readonly name: string;
  readonly namespace: string;
  readonly resourceVersion: string;
  /** The names in `imagePullSecrets`, in order. */
  readonly pullSecrets: readonly string[];
  /** Those of them that we put there. */
  readonly ours: readonly string[];
  readonly annotated: boolean;
}

/** Reduces a ServiceAccount. */
export function serviceAccountState(object: KubeObject): ServiceAccountState {
  const { name, namespace = '', resourceVersion, annotations } = object.metadata;
  const { imagePullSecrets = [] } = object as {
    readonly imagePullSecrets?: readonly { readonly name: string }[];
  };
  const ours = annotations?.[SERVICE_ACCOUNT_ANNOTATION] ?? '';
  return {
    name,
    namespace,
    resourceVersion,
    pullSecrets: imagePullSecrets.map((reference) => reference.name),
    ours: ours.split(',').filter(Boolean),
    annotated: annotations !== undefined,
  };
}

/**
 * The patch that puts a name at the end of `imagePullSecrets`, or takes ours out; none where that is done (pure).
 * The list is atomic, so server-side apply would evict other people's entries: the patch names what it adds or
 * removes, and the resourceVersion that it was computed from.
 */
export function attachmentPatch(
  state: ServiceAccountState,
  secretName: string,
  wanted: boolean,
): JsonPatchOperation[] {
  const listed = state.pullSecrets.includes(secretName);
  const marked = state.ours.includes(secretName);
  if (wanted) {
    if (listed) return [];
    return guarded(state, [
      ...listAddition(state, secretName),
      ...mark(state, [...without(state.ours, secretName), secretName]),
    ]);
  }
  if (!marked) return [];
  const index = state.pullSecrets.indexOf(secretName);
  const removal: JsonPatchOperation[] = listed ? [{ op: 'remove', path: `/imagePullSecrets/${index}` }] : [];
  return guarded(state, [...removal, ...mark(state, without(state.ours, secretName))]);
}

/** The patch that leaves the entry and forgets that it is ours. */
export function releasePatch(state: ServiceAccountState, secretName: string): JsonPatchOperation[] {
  if (!state.ours.includes(secretName)) return [];
  return guarded(state, mark(state, without(state.ours, secretName)));
}

function guarded(
  state: ServiceAccountState,
  operations: readonly JsonPatchOperation[],
): JsonPatchOperation[] {
  return [{ op: 'test', path: '/metadata/resourceVersion', value: state.resourceVersion }, ...operations];
}

function listAddition({ pullSecrets }: ServiceAccountState, name: string): JsonPatchOperation[] {
  return pullSecrets.length === 0
    ? [{ op: 'add', path: '/imagePullSecrets', value: [{ name }] }]
    : [{ op: 'add', path: '/imagePullSecrets/-', value: { name } }];
}

/** `/` is `~1` in a JSON pointer. */
const ANNOTATION_PATH = `/metadata/annotations/${SERVICE_ACCOUNT_ANNOTATION.replaceAll('/', '~1')}`;

function mark({ annotated, ours }: ServiceAccountState, names: readonly string[]): JsonPatchOperation[] {
  const value = names.join(',');
  if (!annotated)
    return [{ op: 'add', path: '/metadata/annotations', value: { [SERVICE_ACCOUNT_ANNOTATION]: value } }];
  if (names.length > 0) return [{ op: 'add', path: ANNOTATION_PATH, value }];
  return ours.length > 0 ? [{ op: 'remove', path: ANNOTATION_PATH }] : [];
}

function without(names: readonly string[], name: string): string[] {
  return names.filter((other) => other !== name);
}
