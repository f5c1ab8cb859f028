import { isDeepStrictEqual } from 'node:util';
import type { LiveRepository, NewRepository, TagMutability, Tags } from '../../ecr/ecr-api.ts';
import { samePolicy } from '../../ecr/json-policy.ts';
import { sameLifecycle } from '../../ecr/lifecycle.ts';
import { mergedPolicy } from '../../ecr/policy-statements.ts';
import { missingTags, staleTagKeys } from '../../ecr/tags.ts';
import { TerminalError } from '../../runtime/errors.ts';
import { type DesiredRepository, NO_LIFECYCLE } from './desired.ts';
import type { ObservedRepository } from './observe.ts';

/** One write, named as the ECR operation that it is. */
export type RepositoryAction =
  | { readonly type: 'CreateRepository'; readonly repository: NewRepository }
  | { readonly type: 'TagResource'; readonly tags: Tags }
  | { readonly type: 'UntagResource'; readonly keys: readonly string[] }
  | { readonly type: 'PutImageTagMutability'; readonly mutability: TagMutability }
  | { readonly type: 'PutImageScanningConfiguration'; readonly scanOnPush: boolean }
  | { readonly type: 'PutLifecyclePolicy'; readonly document: string }
  | { readonly type: 'DeleteLifecyclePolicy' }
  | { readonly type: 'SetRepositoryPolicy'; readonly document: string; readonly force: boolean }
  | { readonly type: 'DeleteRepositoryPolicy' };

/** What our own status says that we put earlier. */
export interface ManagedBefore {
  readonly tagKeys: readonly string[];
  /** Sids. */
  readonly statements: readonly string[];
}

/** We put nothing. */
export const NOTHING_MANAGED: ManagedBefore = { tagKeys: [], statements: [] };

/**
 * What has to be written so that ECR holds what is declared (pure). An encryption that differs is a TerminalError: ECR
 * cannot change it.
 */
export function planRepository(
  desired: DesiredRepository,
  observed: ObservedRepository,
  managed: ManagedBefore,
): RepositoryAction[] {
  const { live } = observed;
  if (live) refuseOtherEncryption(desired, live);
  return [
    ...(live ? tagDiff(desired, observed, managed.tagKeys) : [creation(desired)]),
    ...(live ? mutabilityDiff(desired, live) : []),
    ...(live ? scanDiff(desired, live) : []),
    ...lifecycleDiff(desired, observed),
    ...policyDiff(desired, observed, managed.statements),
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

function tagDiff(
  desired: DesiredRepository,
  { tags: live }: ObservedRepository,
  managed: readonly string[],
): RepositoryAction[] {
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

function sameMutability(a: TagMutability, b: TagMutability): boolean {
  return a.mode === b.mode && isDeepStrictEqual([...a.filters].sort(), [...b.filters].sort());
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
  { policy, statements }: DesiredRepository,
  { policy: live }: ObservedRepository,
  managedSids: readonly string[],
): RepositoryAction[] {
  if (policy) {
    if (live !== undefined && samePolicy(policy.document, live, 'spec.policy.document')) return [];
    return [{ type: 'SetRepositoryPolicy', ...policy }];
  }
  if (!statements) return [];
  const merged = mergedPolicy(live, statements, managedSids);
  if (merged === 'same') return [];
  if (merged === 'delete') return [{ type: 'DeleteRepositoryPolicy' }];
  return [{ type: 'SetRepositoryPolicy', document: merged.document, force: false }];
}

function refuseOtherEncryption(
  { encryption, encryptionAtCreation, name }: DesiredRepository,
  { encryption: live }: LiveRepository,
): void {
  if (!encryption || encryptionAtCreation) return;
  const sameKey = !encryption.kmsKey || namesKey(encryption.kmsKey, live.kmsKey ?? '');
  if (encryption.type === live.type && sameKey) return;
  const is = `${live.type}${live.kmsKey ? ` with ${live.kmsKey}` : ''}`;
  const wanted = `${encryption.type}${encryption.kmsKey ? ` with ${encryption.kmsKey}` : ''}`;
  throw new TerminalError(
    'EncryptionImmutable',
    `ECR repository ${name} is encrypted by ${is}, spec.encryption says ${wanted}, and ECR cannot change it: put spec.encryption right, or make a new Repository and move the images`,
  );
}

/** A key id names the ARN that ends with it. What an alias stands for only KMS knows, so it is taken at its word. */
function namesKey(wanted: string, liveArn: string): boolean {
  if (wanted.includes('alias/')) return true;
  return wanted === liveArn || liveArn.endsWith(`:key/${wanted}`);
}
