import { FIELD_MANAGER, SERVICE_ACCOUNT_ANNOTATION } from '../../api/names.ts';
import type { PullSecretServiceAccounts } from '../../api/shared.generated.ts';
import type { JsonPatchOperation } from '../../runtime/kube-client.ts';
import { createRecent } from '../../runtime/recent.ts';
import type { KubeObject, ManagedFieldsEntry } from '../../runtime/resource.ts';

/** What is kept of a ServiceAccount. */
export interface ServiceAccountState {
  readonly name: string;
  readonly namespace: string;
  readonly resourceVersion: string;
  /** The names in `imagePullSecrets`, in order. */
  readonly pullSecrets: readonly string[];
  /** Those of them that we put there: names that a Secret can have, 16 at most, and never more than we wrote last. */
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
  return {
    name,
    namespace,
    resourceVersion,
    pullSecrets: shared(imagePullSecrets.map((reference) => reference.name)),
    ours: shared(marked(annotations?.[SERVICE_ACCOUNT_ANNOTATION])),
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

/** Who may write to a ServiceAccount can write anything there, and each name would cost a write of ours. */
const MOST_MARKED = 16;
const LONGEST_NAME = 253;
/** RFC 1123 subdomain. */
const SECRET_NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/** The names in our annotation; the last ones, because we add at the end. */
function marked(annotation = ''): readonly string[] {
  const longest = MOST_MARKED * (LONGEST_NAME + 1);
  const names = annotation.slice(-longest).split(',');
  // What is cut off in the middle would be another name.
  if (annotation.length > longest) names.shift();
  const valid = names.filter((name) => name.length <= LONGEST_NAME && SECRET_NAME.test(name));
  // Copied: a part of a text keeps all of it in memory.
  return JSON.parse(JSON.stringify(valid.slice(-MOST_MARKED))) as string[];
}

/** Thousands of ServiceAccounts have the same short lists: each is kept once. Long ones are nobody else's. */
const lists = createRecent<readonly string[]>({ entries: 1_000 });
const MOST_SHARED = { names: 8, characters: 1_024 };

function shared(list: readonly string[]): readonly string[] {
  if (list.length > MOST_SHARED.names) return list;
  // Not joined: nobody checks those names, which can be empty or hold anything.
  const key = JSON.stringify(list);
  if (key.length > MOST_SHARED.characters) return list;
  const known = lists.get(key);
  if (known) return known;
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
  const isOurs = state.ours.includes(secretName);
  if (wanted) {
    if (listed) return [];
    return guarded(state, [
      ...(state.untracked ? TRACKING : []),
      ...listAddition(state, secretName),
      ...mark(state, [...without(state.ours, [secretName]), secretName]),
    ]);
  }
  return isOurs ? withdrawal(state, [secretName]) : [];
}

/** Stands for the names of a namespace's entries that the operator has no right to write any more; no Secret has it. */
export const LEFTOVERS = '';

/** Those of the names that are ours and not `configured` any more: what is left of a configuration of before. */
export function leftovers({ ours }: ServiceAccountState, configured: readonly string[]): string[] {
  return ours.filter((name) => !configured.includes(name));
}

/** The one patch that takes out all {@link leftovers}; none where there are none (pure). */
export function leftoversPatch(
  state: ServiceAccountState,
  configured: readonly string[],
): JsonPatchOperation[] {
  const names = leftovers(state, configured);
  return names.length > 0 ? withdrawal(state, names) : [];
}

function withdrawal(state: ServiceAccountState, names: readonly string[]): JsonPatchOperation[] {
  const indices = new Set(names.map((name) => state.pullSecrets.indexOf(name)).filter((index) => index >= 0));
  // From the end: each removal moves what stands behind it.
  const removals = [...indices]
    .sort((a, b) => b - a)
    .map((index): JsonPatchOperation => ({ op: 'remove', path: `/imagePullSecrets/${index}` }));
  return guarded(state, [...removals, ...mark(state, without(state.ours, names))]);
}

/** The patch that leaves the entry and forgets that it is ours. */
export function releasePatch(state: ServiceAccountState, secretName: string): JsonPatchOperation[] {
  if (!state.ours.includes(secretName)) return [];
  return guarded(state, mark(state, without(state.ours, [secretName])));
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

function without(names: readonly string[], gone: readonly string[]): string[] {
  return names.filter((name) => !gone.includes(name));
}
