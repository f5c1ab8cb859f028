import { OWNER_TAG } from '../../api/names.ts';
import type { RepositoryStatus, RepositoryStatusDrift } from '../../api/repository.generated.ts';
import type { LiveRepository } from '../../ecr/ecr-api.ts';
import { ownSids } from '../../ecr/policy-statements.ts';
import { managedKeys } from '../../ecr/tags.ts';
import { timestamp, wholeSeconds } from '../../runtime/clock.ts';
import { cutText } from '../../runtime/cut-text.ts';
import type { BaseStatus } from '../../runtime/status.ts';
import type { Changes } from '../external-resource.ts';
import type { ImageFields } from '../images/image-fields.ts';
import { type DesiredRepository, declaredHash } from './desired.ts';
import type { ObservedRepository } from './observe.ts';

/** What the status says of ECR, images excepted: they have a controller of their own. */
export type RepositoryFields = Omit<RepositoryStatus, keyof BaseStatus | keyof ImageFields>;

export interface FieldsInput {
  readonly previous: RepositoryStatus | undefined;
  readonly desired: DesiredRepository;
  readonly observed: ObservedRepository;
  readonly className: string | undefined;
  readonly preview: RepositoryStatus['preview'];
  /** A policy that AWS does not take yet. */
  readonly refusedPolicy?: RepositoryStatus['refusedPolicy'];
  readonly changes: Changes;
  readonly now: number;
}

/** The status after a pass (pure). */
export function repositoryFields(input: FieldsInput): RepositoryFields {
  const { previous, desired, observed, className, preview, refusedPolicy, changes, now } = input;
  const { live, tags } = observed;
  const statements = managedStatements(desired, observed, previous?.managedStatements ?? []);
  const drift = driftAfter(previous?.drift ?? [], changes, now);
  return {
    ...(live
      ? { arn: live.arn, uri: live.uri, registryId: live.registryId, createdAt: wholeSeconds(live.createdAt) }
      : {}),
    managedTagKeys:
      changes.reason === 'DriftObserved'
        ? [...(previous?.managedTagKeys ?? [])]
        : managedKeys(desired.tags, tags, previous?.managedTagKeys ?? []),
    ...(statements.length > 0 ? { managedStatements: statements } : {}),
    ...(className === undefined ? {} : { className }),
    ...(preview ? { preview } : {}),
    ...(refusedPolicy ? { refusedPolicy } : {}),
    ...(drift.length > 0 ? { drift } : {}),
    ...(changes.reason === 'DriftObserved' ? {} : { declaredHash: declaredHash(desired) }),
  };
}

/**
 * We had this very repository, and not one that was made anew under its name: our status speaks of it, and of our owner
 * tag on it. Who has only observed it had nothing.
 */
export function heldBefore(
  status: Pick<RepositoryStatus, 'managedTagKeys' | 'arn' | 'createdAt'> | undefined,
  { live }: { readonly live?: Pick<LiveRepository, 'arn' | 'createdAt'> | undefined },
): boolean {
  if (!live || !status?.managedTagKeys?.includes(OWNER_TAG)) return false;
  return status.arn === live.arn && status.createdAt === wholeSeconds(live.createdAt);
}

/** Those that we, or a class, put and that are there; where the policy was not looked at, what was known. */
function managedStatements(
  { statements, policy }: DesiredRepository,
  observed: ObservedRepository,
  before: readonly string[],
): readonly string[] {
  if (policy) return [];
  if (!statements) return [...new Set([...before, ...ownSids(observed.policy ?? '{}')])];
  const sids = new Set([...before, ...statements.map(({ Sid }) => Sid)]);
  return [...sids].filter((sid) => observed.policy?.includes(`"${sid}"`)).sort();
}

const MOST_DRIFT = 10;
const LONGEST_DRIFT = 1_024;

/** What others changed, the newest first; what is only observed stands as long as it lasts. */
export function driftAfter(
  before: readonly RepositoryStatusDrift[],
  { reason, words }: Changes,
  now: number,
): RepositoryStatusDrift[] {
  const mended = before.filter((one) => one.mended);
  const whats = words.map((what) => cutText(what, LONGEST_DRIFT));
  const at = timestamp(now);
  if (reason === 'DriftObserved') {
    const known = (what: string) => before.find((one) => !one.mended && one.what === what);
    const open = whats.map((what) => known(what) ?? { at, what, mended: false });
    return [...open, ...mended].slice(0, MOST_DRIFT);
  }
  const found = reason === 'DriftMended' ? whats.map((what) => ({ at, what, mended: true })) : [];
  return [...found, ...mended].slice(0, MOST_DRIFT);
}
