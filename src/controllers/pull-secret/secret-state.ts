import { FIELD_MANAGER, MANAGED_BY, MANAGED_BY_LABEL, SECRET_ANNOTATIONS } from '../../api/names.ts';
import type { KubeObject, ManagedFieldsEntry } from '../../runtime/resource.ts';

/** What is kept of a Secret: metadata only, never its data. Times in ms. */
export interface SecretState {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  readonly resourceVersion: string;
  /** Applied by us, and marked as ours by label or annotation. What is not is never written to. */
  readonly managed: boolean;
  /** `PullSecret/name` or `ClusterPullSecret/name`. */
  readonly holder: string;
  readonly registry: string;
  readonly issuedAt: number;
  readonly expiresAt: number;
  readonly rotateAt: number;
  /** Every field is as we applied it; false after anybody else's edit. */
  readonly intact: boolean;
  /** Being deleted, and held by somebody's finalizer. */
  readonly terminating: boolean;
}

/** Reduces a Secret's metadata. Times that cannot be read are 0, so such a Secret is due. */
export function secretState({ metadata }: KubeObject): SecretState {
  const { name, namespace = '', uid, resourceVersion, labels = {}, annotations = {} } = metadata;
  const text = (key: keyof typeof SECRET_ANNOTATIONS): string => annotations[SECRET_ANNOTATIONS[key]] ?? '';
  const [issuedAt, rotateAt, expiresAt] = [
    timeOf(text('issuedAt')),
    timeOf(text('rotateAt')),
    timeOf(text('expiresAt')),
  ];
  const fields = appliedFields(metadata.managedFields ?? []);
  // One of the marks is enough, or taking the other away would make ours a stranger's. Without both it was released;
  // marks that we did not apply are those of somebody's copy.
  const marked = labels[MANAGED_BY_LABEL] === MANAGED_BY || text('holder') !== '';
  return {
    name,
    namespace,
    uid,
    resourceVersion,
    managed: marked && fields !== undefined,
    holder: text('holder'),
    registry: text('registry'),
    issuedAt,
    expiresAt,
    rotateAt,
    // Field managers can be forged: times that we would never write are an edit, whoever claims to have made it.
    intact: hasEverything(fields) && 0 < issuedAt && issuedAt <= rotateAt && rotateAt <= expiresAt,
    terminating: metadata.deletionTimestamp !== undefined,
  };
}

/** Only as we write it: Date.parse takes years that the API server refuses in a status. */
function timeOf(text: string): number {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(text) ? Date.parse(text) || 0 : 0;
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
