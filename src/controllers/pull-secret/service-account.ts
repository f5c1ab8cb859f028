import { FIELD_MANAGER, SERVICE_ACCOUNT_ANNOTATION } from '../../api/names.ts';
import type { PullSecretServiceAccounts } from '../../api/shared.generated.ts';
import type { JsonPatchOperation } from '../../runtime/kube-client.ts';
import type { KubeObject, ManagedFieldsEntry } from '../../runtime/resource.ts';

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
  /** Who else wrote the list last, as far as the API server says: a field manager. */
  readonly editor: string | undefined;
  /** When we wrote last (ms, whole seconds); undefined where nothing of ours is left. */
  readonly attachedAt: number | undefined;
  /** The API server does not write down who writes to it, as with one that was made without any field. */
  readonly untracked?: true;
}

/** Reduces a ServiceAccount. */
export function serviceAccountState(object: KubeObject): ServiceAccountState {
  const { name, namespace = '', resourceVersion, annotations, managedFields = [] } = object.metadata;
  const { imagePullSecrets = [] } = object as {
    readonly imagePullSecrets?: readonly { readonly name: string }[];
  };
  const ours = annotations?.[SERVICE_ACCOUNT_ANNOTATION] ?? '';
  return {
    name,
    namespace,
    resourceVersion,
    pullSecrets: shared(imagePullSecrets.map((reference) => reference.name)),
    ours: shared(ours.split(',').filter(Boolean)),
    annotated: annotations !== undefined,
    editor: managedFields.find((entry) => entry.manager !== FIELD_MANAGER && hasList(entry))?.manager,
    attachedAt: timeOf(managedFields.find(({ manager }) => manager === FIELD_MANAGER)),
    ...(managedFields.length === 0 ? { untracked: true } : {}),
  };
}

function hasList({ fieldsV1 = {} }: ManagedFieldsEntry): boolean {
  return 'f:imagePullSecrets' in fieldsV1;
}

function timeOf(entry: ManagedFieldsEntry | undefined): number | undefined {
  return entry?.time === undefined ? undefined : Date.parse(entry.time);
}

/** Thousands of ServiceAccounts have the same short lists: each is kept once. */
const lists = new Map<string, readonly string[]>();
const MOST_LISTS = 1_000;

function shared(list: readonly string[]): readonly string[] {
  // Not joined: nobody checks those names, which can be empty or hold anything.
  const key = JSON.stringify(list);
  const known = lists.get(key);
  if (known) return known;
  if (lists.size >= MOST_LISTS) lists.clear();
  lists.set(key, list);
  return list;
}

/** Whether a pull secret wants to be named by the ServiceAccount of that name. */
export function isWantedBy({ mode, names = [] }: PullSecretServiceAccounts, name: string): boolean {
  if (mode === 'Default') return name === DEFAULT_ACCOUNT;
  return mode === 'All' || (mode === 'Named' && names.includes(name));
}

/** The one that Pods have which name none; it is in every namespace. */
export const DEFAULT_ACCOUNT = 'default';

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
      ...(state.untracked ? TRACKING : []),
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

/**
 * Most ServiceAccounts `default` are made without any field, and the API server begins to track managers at an apply
 * only, or here. From then on it says when this was done, and who undid it.
 */
const TRACKING: readonly JsonPatchOperation[] = [
  {
    op: 'add',
    path: '/metadata/managedFields',
    value: [
      { manager: FIELD_MANAGER, operation: 'Update', apiVersion: 'v1', fieldsType: 'FieldsV1', fieldsV1: {} },
    ],
  },
];

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
