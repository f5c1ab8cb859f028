import type { Clock } from '../../runtime/clock.ts';
import { timestamp } from '../../runtime/clock.ts';
import { type Failure, RetryableError } from '../../runtime/errors.ts';
import type { JsonPatchOperation, KubeClient } from '../../runtime/kube-client.ts';
import { isInvalid, isNotFound } from '../../runtime/kube-errors.ts';
import { SERVICE_ACCOUNTS } from '../../runtime/resource.ts';
import type { Contests } from '../contests.ts';
import { type Claim, type Target, targetKey } from './claims.ts';
import type { AttachmentAction } from './decide.ts';
import {
  attachmentPatch,
  isWantedBy,
  LEFTOVERS,
  leftoversPatch,
  releasePatch,
  type ServiceAccountState,
} from './service-account.ts';

export interface Attachments {
  /** Under {@link LEFTOVERS}, all names that are not configured any more. */
  readonly target: Target;
  readonly holder: Claim | undefined;
  readonly action: AttachmentAction;
  readonly accounts: Iterable<ServiceAccountState>;
  /** The names that the operator has the right to write. */
  readonly configured: readonly string[];
}

/** What stands in the way of some ServiceAccounts, and when to look again (ms). */
export interface AttachmentResult {
  readonly failure?: Failure;
  readonly againMs?: number;
}

/**
 * Brings the ServiceAccounts of a namespace to name the Secret, or not to. One that cannot be written to harms no
 * other; the first error is thrown in the end. One that somebody keeps reverting is put right less and less often.
 */
export async function attach(
  client: KubeClient,
  clock: Clock,
  contests: Contests,
  attachments: Attachments,
): Promise<AttachmentResult> {
  const { target, holder, action, accounts } = attachments;
  const results: AttachmentResult[] = [];
  const errors: unknown[] = [];
  for (const account of action === 'keep' ? [] : accounts) {
    const wanted =
      action === 'attach' &&
      holder !== undefined &&
      isWantedBy(holder.object.spec.serviceAccounts, account.name);
    const operations = operationsOn(account, attachments, wanted);
    if (operations.length === 0) continue;
    const thing = `${targetKey(target)} ServiceAccount ${account.name}`;
    const waitMs = wanted ? contests.wait(thing) : 0;
    if (waitMs > 0) {
      results.push({
        failure: contested(account, target, contests.count(thing), clock.now() + waitMs),
        againMs: waitMs,
      });
      continue;
    }
    try {
      await patch(client, account, operations);
      if (wanted) contests.restored(thing);
      // What we took out ourselves is nobody's fight.
      else contests.forget(thing);
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw errors[0];
  const [first] = results;
  return first ? { ...first, againMs: Math.min(...results.map(({ againMs = 0 }) => againMs)) } : {};
}

function operationsOn(
  account: ServiceAccountState,
  { target: { secretName }, action, configured }: Attachments,
  wanted: boolean,
): readonly JsonPatchOperation[] {
  if (secretName === LEFTOVERS) return leftoversPatch(account, configured);
  if (action === 'release') return releasePatch(account, secretName);
  return attachmentPatch(account, secretName, wanted);
}

async function patch(
  client: KubeClient,
  { namespace, name }: ServiceAccountState,
  operations: readonly JsonPatchOperation[],
): Promise<void> {
  try {
    await client.jsonPatch(SERVICE_ACCOUNTS, { namespace, name }, operations);
  } catch (error) {
    if (isNotFound(error)) return;
    // Where the `test` of a JSON patch does not hold, the API server calls the patch invalid.
    if (!isInvalid(error)) throw error;
    throw new RetryableError('Conflict', `ServiceAccount ${name} changed meanwhile, trying again`, {
      cause: error,
    });
  }
}

function contested(
  { name, editor }: ServiceAccountState,
  { secretName }: Target,
  count: number,
  againAt: number,
): Failure {
  const who = editor ? ` (field manager ${editor})` : '';
  return {
    reason: 'ServiceAccountContested',
    message: `somebody${who} keeps taking ${secretName} out of imagePullSecrets of ServiceAccount ${name}, which was put back ${count - 1} times: tried again at ${timestamp(againAt)}; have that tool ignore the field or name ${secretName} itself, or write serviceAccounts.mode None`,
  };
}
