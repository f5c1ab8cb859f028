import { covers } from '../../../ecr/pull-scope.ts';
import { type Claim, holderOf } from '../claims.ts';
import type { Demand } from '../demand.ts';
import type { SecretState } from '../secret-state.ts';
import { isWantedBy, type ServiceAccountState } from '../service-account.ts';
import type { TokenWant } from '../wants.ts';
import type { ImageName } from './image-name.ts';
import type { PodState } from './pod-state.ts';

/** A Secret that we put into the ServiceAccount of a Pod. Times in ms. */
export interface Remedy {
  readonly secretName: string;
  readonly demand: Demand | undefined;
  readonly secret: SecretState | undefined;
  /**
   * The creation of the last of the Pods that lacked the Secret when the first of this controller was deleted, unless
   * one came back with it: what was created later has come back the same, and would again.
   */
  readonly triedUntil: number | undefined;
}

/** Everything that the fate of a Pod depends on. */
export interface RepairInput {
  readonly pod: PodState;
  /** The Pod's. */
  readonly account: ServiceAccountState | undefined;
  readonly remedies: readonly Remedy[];
  readonly now: number;
}

/** Why a Pod is deleted. */
export interface Repair {
  readonly secretName: string;
  readonly holder: Claim;
  /** When its ServiceAccount got the Secret (ms), as far as that is known. */
  readonly attachedAt: number | undefined;
  /** One that the Secret opens and the Pod could not pull. */
  readonly image: ImageName;
}

/**
 * So long the API server may give Pods an older list than the ServiceAccount has (ms): its admission plug-in has a
 * cache of its own.
 */
export const ADMISSION_LAG_MS = 2_000;

/** Why a Pod is left alone; for tests and readers. */
export type LeaveReason =
  | 'NoController'
  | 'OwnedByNode'
  | 'Terminating'
  | 'NothingUnpulled'
  | 'NoRemedy'
  | 'ListOfItsOwn'
  | 'HasSecret'
  | 'AttachmentUnknown'
  | 'CreatedAfter'
  | 'CameBackTheSame'
  | 'NotHeld'
  | 'NotAskedFor'
  | 'Suspended'
  | 'NotAttached'
  | 'SecretNotReady'
  | 'NoLogin';

export type RepairDecision = { readonly repair: Repair } | { readonly leave: LeaveReason };

/** Whether a Pod is deleted so that it comes back with a Secret that it was created too early for (pure). */
export function decideRepair(input: RepairInput): RepairDecision {
  const { pod, account, remedies } = input;
  const leave = hopeless(pod);
  if (leave || !account) return { leave: leave ?? 'NoRemedy' };
  if (!takesList(pod, account)) return { leave: 'ListOfItsOwn' };
  const decisions = remedies.map((remedy) => byRemedy(input, account, remedy));
  return decisions.find((decision) => 'repair' in decision) ?? decisions[0] ?? { leave: 'NoRemedy' };
}

function hopeless({ controller, terminating, unpulled }: PodState): LeaveReason | undefined {
  if (!controller) return 'NoController';
  // Static Pods: kubelet has them from its own files, and shows the API server a mirror only.
  if (controller.kind === 'Node') return 'OwnedByNode';
  if (terminating) return 'Terminating';
  return unpulled.length === 0 ? 'NothingUnpulled' : undefined;
}

/**
 * Whether the Pod has its list from its ServiceAccount, and a new one would have the present list: the API server
 * copies it into Pods that come without any. A list that the Pod's template has comes back the same.
 */
function takesList({ pullSecrets }: PodState, account: ServiceAccountState): boolean {
  const others = (names: readonly string[]): string =>
    names.filter((name) => !account.ours.includes(name)).join();
  return pullSecrets.length === 0 || others(pullSecrets) === others(account.pullSecrets);
}

function byRemedy(
  { pod, now }: RepairInput,
  account: ServiceAccountState,
  { secretName, demand, secret, triedUntil }: Remedy,
): RepairDecision {
  if (!account.pullSecrets.includes(secretName)) return { leave: 'NotAttached' };
  if (pod.pullSecrets.includes(secretName)) return { leave: 'HasSecret' };
  if (triedUntil !== undefined && pod.createdAt > triedUntil) return { leave: 'CameBackTheSame' };
  const holder = demand?.holder;
  if (!holder) return { leave: 'NotHeld' };
  const leave = late(pod, account) ?? unwilling(holder, account.name);
  if (leave) return { leave };
  if (!secret || !isReady(secret, holder)) return { leave: 'SecretNotReady' };
  const image = pod.unpulled.find((one) => isOpen(one, demand.wants, secret, now));
  return image
    ? { repair: { secretName, holder, attachedAt: account.attachedAt, image } }
    : { leave: 'NoLogin' };
}

/**
 * Whether the Pod was created when its ServiceAccount had the Secret already. Of one that was made without any field,
 * as `default` is, the API server does not say since when it has it (source: apimachinery, SkipNonAppliedManager); but
 * a Pod that has no list at all was given none.
 */
function late(
  { pullSecrets, createdAt }: PodState,
  { attachedAt }: ServiceAccountState,
): LeaveReason | undefined {
  if (attachedAt === undefined) return pullSecrets.length === 0 ? undefined : 'AttachmentUnknown';
  // In whole seconds: a Pod of the same second that lacks the Secret was created before.
  return createdAt <= attachedAt + ADMISSION_LAG_MS ? undefined : 'CreatedAfter';
}

function unwilling({ object: { spec } }: Claim, account: string): LeaveReason | undefined {
  if (!spec.repairPods) return 'NotAskedFor';
  if (spec.suspend) return 'Suspended';
  // Another mode, or other names: our entry is about to be taken away.
  return isWantedBy(spec.serviceAccounts, account) ? undefined : 'NotAttached';
}

function isReady({ managed, intact, terminating, holder }: SecretState, claim: Claim): boolean {
  return managed && intact && !terminating && holder === holderOf(claim);
}

/** Whether the Secret has a login for the image, good now and wide enough. */
function isOpen(
  { host, repository }: ImageName,
  wants: readonly TokenWant[],
  { logins }: SecretState,
  now: number,
): boolean {
  return logins.some(
    ({ id, hosts, expiresAt }) =>
      expiresAt > now &&
      hosts.includes(host) &&
      wants.some(
        (want) =>
          want.id === id && (want.scope.kind !== 'Repositories' || covers(want.scope.patterns, repository)),
      ),
  );
}
