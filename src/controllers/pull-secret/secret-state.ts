import {
  FIELD_MANAGER,
  HAND_OVER_ANNOTATION,
  MANAGED_BY,
  MANAGED_BY_LABEL,
  SECRET_ANNOTATIONS,
} from '../../api/names.ts';
import type { PullSecretForeignEntries } from '../../api/shared.generated.ts';
import type { KubeObject, ManagedFieldsEntry } from '../../runtime/resource.ts';
import { type Login, readLogins } from './logins.ts';

export type { Login } from './logins.ts';

/** What is kept of a Secret: metadata only, never its data. Times in ms. */
export interface SecretState {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  readonly resourceVersion: string;
  /** Applied by us, and marked as ours by label or annotation. What is not is never written to. */
  readonly managed: boolean;
  /** Not ours, but its owner lets us have it. */
  readonly handedOver: boolean;
  /** `PullSecret/name` or `ClusterPullSecret/name`. */
  readonly holder: string;
  /** Whether the holder keeps what others wrote into it. */
  readonly foreignEntries: PullSecretForeignEntries;
  /** What it opens. */
  readonly logins: readonly Login[];
  /** Every field is as we applied it; false after anybody else's edit. */
  readonly intact: boolean;
  /** Being deleted, and held by somebody's finalizer. */
  readonly terminating: boolean;
}

/** Reduces a Secret's metadata. */
export function secretState({ metadata }: KubeObject): SecretState {
  const { name, namespace = '', uid, resourceVersion, labels = {}, annotations = {} } = metadata;
  const holder = annotations[SECRET_ANNOTATIONS.holder] ?? '';
  const logins = readLogins(annotations[SECRET_ANNOTATIONS.tokens]);
  const fields = appliedFields(metadata.managedFields ?? []);
  // One of the marks is enough, or taking the other away would make ours a stranger's. Without both it was released;
  // marks that we did not apply are those of somebody's copy.
  const marked = labels[MANAGED_BY_LABEL] === MANAGED_BY || holder !== '';
  const managed = marked && fields !== undefined;
  return {
    name,
    namespace,
    uid,
    resourceVersion,
    managed,
    handedOver: !managed && annotations[HAND_OVER_ANNOTATION] === 'true',
    holder,
    foreignEntries: annotations[SECRET_ANNOTATIONS.foreignEntries] === 'Keep' ? 'Keep' : 'Remove',
    logins: logins ?? [],
    // Field managers can be forged: what we would never write is an edit, whoever claims to have made it.
    intact: hasEverything(fields) && logins !== undefined,
    terminating: metadata.deletionTimestamp !== undefined,
  };
}

/** The fields that are as we applied them: whoever edits one takes it out of our entry. */
function appliedFields(entries: readonly ManagedFieldsEntry[]): object | undefined {
  const ours = ({ manager, operation }: ManagedFieldsEntry): boolean =>
    manager === FIELD_MANAGER && operation === 'Apply';
  return entries.find(ours)?.fieldsV1;
}

function hasEverything(fields: object | undefined): boolean {
  const paths = [
    ['f:data', 'f:.dockerconfigjson'],
    ['f:metadata', 'f:labels', `f:${MANAGED_BY_LABEL}`],
    ...Object.values(SECRET_ANNOTATIONS).map((key) => ['f:metadata', 'f:annotations', `f:${key}`]),
  ];
  return paths.every((path) => has(fields, path));
}

function has(fields: unknown, path: readonly string[]): boolean {
  let at = fields;
  for (const step of path) {
    if (typeof at !== 'object' || at === null || !(step in at)) return false;
    at = (at as Record<string, unknown>)[step];
  }
  return true;
}
