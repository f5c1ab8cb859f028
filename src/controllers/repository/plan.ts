import { CLASS_TAG, OWNER_TAG } from '../../api/names.ts';
import type { LiveRepository, NewRepository, TagMutability, Tags } from '../../ecr/ecr-api.ts';
import { sameSet } from '../../ecr/json-document.ts';
import { samePolicy } from '../../ecr/json-policy.ts';
import { sameLifecycle } from '../../ecr/lifecycle.ts';
import { mergedPolicy, type PolicyMerge } from '../../ecr/policy-statements.ts';
import { missingTags, ownerOf, staleTagKeys } from '../../ecr/tags.ts';
import { TerminalError } from '../../runtime/errors.ts';
import { comesFromClass, type DesiredRepository, NO_LIFECYCLE } from './desired.ts';
import type { ObservedRepository } from './observe.ts';

/** One write, named as the ECR operation that it is; or one that would be needed and cannot be done. */
export type RepositoryAction =
  | { readonly type: 'CreateRepository'; readonly repository: NewRepository }
  | TagAction
  | { readonly type: 'PutImageTagMutability'; readonly mutability: TagMutability }
  | { readonly type: 'PutImageScanningConfiguration'; readonly scanOnPush: boolean }
  | { readonly type: 'PutLifecyclePolicy'; readonly document: string }
  | { readonly type: 'DeleteLifecyclePolicy' }
  | { readonly type: 'SetRepositoryPolicy'; readonly document: string; readonly force: boolean }
  | { readonly type: 'DeleteRepositoryPolicy' }
  | Impossible;

export type TagAction =
  | { readonly type: 'TagResource'; readonly tags: Tags }
  | { readonly type: 'UntagResource'; readonly keys: readonly string[] };

export interface Impossible {
  readonly type: 'Impossible';
  readonly error: TerminalError;
  /** For people: what differs. */
  readonly difference: string;
  /** Nothing else is to be done either. */
  readonly essential: boolean;
}

/** What our own status says that we put earlier. */
export interface ManagedBefore {
  readonly tagKeys: readonly string[];
  /** Sids. */
  readonly statements: readonly string[];
}

/** We put nothing. */
export const NOTHING_MANAGED: ManagedBefore = { tagKeys: [], statements: [] };

/**
 * What has to be written so that ECR holds what is declared (pure). What cannot be, such as another encryption, stands
 * among it and keeps none of the others back; but a repository of another encryption is not taken over.
 */
export function planRepository(
  desired: DesiredRepository,
  observed: ObservedRepository,
  managed: ManagedBefore,
): RepositoryAction[] {
  const { live } = observed;
  return [
    ...(live ? encryptionDiff(desired, live, observed) : []),
    ...(live ? tagDiff(desired, observed, managed.tagKeys) : [creation(desired)]),
    ...(live ? mutabilityDiff(desired, live) : []),
    ...(live ? scanDiff(desired, live) : []),
    ...lifecycleDiff(desired, observed),
    ...policyDiff(desired, observed, managed.statements),
    // After the policy, since the tag is what shows that there may be grants of a class.
    ...(comesFromClass(desired, observed.tags)
      ? [{ type: 'UntagResource' as const, keys: [CLASS_TAG] }]
      : []),
  ];
}

function creation({
  name,
  tags,
  tagMutability,
  scanOnPush,
  encryption,
}: DesiredRepository): RepositoryAction {
  return {
    type: 'CreateRepository',
    repository: {
      name,
      tags,
      ...(tagMutability ? { tagMutability } : {}),
      ...(scanOnPush === undefined ? {} : { scanOnPush }),
      ...(encryption ? { encryption } : {}),
    },
  };
}

/** Whether an action makes the repository, or takes it for an object: nothing else is done where that fails (pure). */
export function makesOrClaims(action: { readonly type: string } | TagAction): boolean {
  return (
    action.type === 'CreateRepository' ||
    (action.type === 'TagResource' && 'tags' in action && OWNER_TAG in action.tags)
  );
}

/** What is to be written so that the tags are as declared; `managed` are the keys that we put earlier (pure). */
export function tagDiff(
  desired: { readonly tags: Tags },
  { tags: live }: { readonly tags: Tags },
  managed: readonly string[],
): TagAction[] {
  const tags = missingTags(desired.tags, live);
  const keys = staleTagKeys(desired.tags, live, managed);
  return [
    ...(Object.keys(tags).length > 0 ? [{ type: 'TagResource' as const, tags }] : []),
    ...(keys.length > 0 ? [{ type: 'UntagResource' as const, keys }] : []),
  ];
}

function mutabilityDiff(
  { tagMutability }: DesiredRepository,
  { tagMutability: live }: LiveRepository,
): RepositoryAction[] {
  if (!tagMutability || sameMutability(tagMutability, live)) return [];
  return [{ type: 'PutImageTagMutability', mutability: tagMutability }];
}

/** Whether two mean the same (pure). */
export function sameMutability(a: TagMutability, b: TagMutability): boolean {
  return a.mode === b.mode && sameSet(a.filters, b.filters);
}

function scanDiff({ scanOnPush }: DesiredRepository, live: LiveRepository): RepositoryAction[] {
  if (scanOnPush === undefined || scanOnPush === live.scanOnPush) return [];
  return [{ type: 'PutImageScanningConfiguration', scanOnPush }];
}

function lifecycleDiff(
  { lifecycle: document }: DesiredRepository,
  { lifecycle: live }: ObservedRepository,
): RepositoryAction[] {
  if (document === undefined) return [];
  if (document === NO_LIFECYCLE) return live ? [{ type: 'DeleteLifecyclePolicy' }] : [];
  if (live && sameLifecycle(document, live.document, 'spec.lifecycle.document')) return [];
  return [{ type: 'PutLifecyclePolicy', document }];
}

function policyDiff(
  desired: DesiredRepository,
  { policy: live, tags }: ObservedRepository,
  managedSids: readonly string[],
): RepositoryAction[] {
  const { policy } = desired;
  const statements = desired.statements ?? (comesFromClass(desired, tags) ? [] : undefined);
  if (policy) {
    if (live !== undefined && samePolicy(policy.document, live, 'spec.policy.document')) return [];
    return [{ type: 'SetRepositoryPolicy', ...policy }];
  }
  if (!statements) return [];
  const merged = mergeOf(live, statements, managedSids);
  if (merged instanceof TerminalError) {
    return [{ type: 'Impossible', error: merged, difference: merged.message, essential: false }];
  }
  if (merged === 'same') return [];
  if (merged === 'delete') return [{ type: 'DeleteRepositoryPolicy' }];
  return [{ type: 'SetRepositoryPolicy', document: merged.document, force: false }];
}

/** The merged policy, or why there can be none. */
function mergeOf(...input: Parameters<typeof mergedPolicy>): PolicyMerge | TerminalError {
  try {
    return mergedPolicy(...input);
  } catch (error) {
    if (error instanceof TerminalError) return error;
    throw error;
  }
}

function encryptionDiff(
  { encryption, encryptionAtCreation, name, owner }: DesiredRepository,
  { encryption: live }: LiveRepository,
  { tags }: ObservedRepository,
): RepositoryAction[] {
  if (!encryption || encryptionAtCreation) return [];
  const sameKey = !encryption.kmsKey || namesKey(encryption.kmsKey, live.kmsKey ?? '');
  if (encryption.type === live.type && sameKey) return [];
  const is = `${live.type}${live.kmsKey ? ` with ${live.kmsKey}` : ''}`;
  const wanted = `${encryption.type}${encryption.kmsKey ? ` with ${encryption.kmsKey}` : ''}`;
  const error = new TerminalError(
    'EncryptionImmutable',
    `ECR repository ${name} is encrypted by ${is}, spec.encryption says ${wanted}, and ECR cannot change it: put spec.encryption right, or make a new Repository and move the images`,
  );
  const difference = `encryption from ${is} to ${wanted}, which ECR cannot change`;
  return [{ type: 'Impossible', error, difference, essential: ownerOf(tags) !== owner }];
}

/** A key id names the ARN that ends with it. What an alias stands for only KMS knows, so it is taken at its word. */
function namesKey(wanted: string, liveArn: string): boolean {
  if (wanted.includes('alias/')) return true;
  return wanted === liveArn || liveArn.endsWith(`:key/${wanted}`);
}
