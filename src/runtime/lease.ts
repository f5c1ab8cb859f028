import { microTimestamp } from './clock.ts';
import type { KubeObject, ResourceType } from './resource.ts';

export const LEASES: ResourceType = {
  group: 'coordination.k8s.io',
  version: 'v1',
  kind: 'Lease',
  plural: 'leases',
  namespaced: true,
};

/** A Lease as the API server gives it: nobody vouches for what others write into it. */
export interface Lease extends KubeObject {
  readonly spec?: LeaseSpec;
}

export interface LeaseSpec {
  readonly holderIdentity?: string;
  readonly leaseDurationSeconds?: number;
  readonly acquireTime?: string;
  readonly renewTime?: string;
  readonly leaseTransitions?: number;
}

/** What the Lease said when it last changed, and when that was seen, by our own monotonic time (ms). */
export interface Observed {
  /** '' where nobody holds it. */
  readonly holder: string;
  readonly renewTime: string;
  /** How long the holder may rest from `at` on (ms). */
  readonly durationMs: number;
  readonly at: number;
}

export type Decision =
  /** Nobody holds it, or whoever did has not renewed it in time. */
  | { readonly kind: 'acquire' }
  /** It is ours, or was when this container ran before. */
  | { readonly kind: 'renew' }
  /** Somebody else has it, for this long at least (ms). */
  | { readonly kind: 'wait'; readonly ms: number };

/** What somebody wrote by mistake is not waited for longer than this, which no setting exceeds. */
const LONGEST_DURATION_MS = 3_600_000;
/** The fields of a Lease are int32. */
const MOST_TRANSITIONS = 2 ** 31 - 2;

/**
 * What is known now that the Lease was read (pure). One that is not there says nothing: whoever held it goes on until
 * it is over, since a deleted Lease stops no leader.
 */
export function observe(
  before: Observed | undefined,
  lease: Lease | undefined,
  usualMs: number,
  now: number,
): Observed | undefined {
  if (!lease) return before;
  const { holderIdentity, renewTime = '', leaseDurationSeconds } = lease.spec ?? {};
  const seen = {
    holder: holderIdentity ?? '',
    renewTime,
    durationMs: durationOf(leaseDurationSeconds, usualMs),
  };
  const isSame =
    before?.holder === seen.holder && before.renewTime === renewTime && before.durationMs === seen.durationMs;
  return isSame ? before : { ...seen, at: now };
}

function durationOf(seconds: number | undefined, usualMs: number): number {
  if (!Number.isFinite(seconds) || !seconds || seconds < 0) return usualMs;
  return Math.min(seconds * 1_000, LONGEST_DURATION_MS);
}

/**
 * What to do at `now` (pure). Only the time since the last change that we saw ourselves counts: what the holder's clock
 * says, as `renewTime` does, may be wrong.
 */
export function decide(observed: Observed | undefined, identity: string, now: number): Decision {
  if (observed?.holder === identity) return { kind: 'renew' };
  if (!observed || observed.holder === '') return { kind: 'acquire' };
  const ms = observed.at + observed.durationMs - now;
  return ms > 0 ? { kind: 'wait', ms } : { kind: 'acquire' };
}

export interface Claim {
  readonly identity: string;
  readonly durationMs: number;
  /** Wall-clock time: only people read it. */
  readonly now: number;
}

/** The spec that says that it is ours from now on, or still. */
export function claimedSpec(before: LeaseSpec = {}, { identity, durationMs, now }: Claim): LeaseSpec {
  const renewTime = microTimestamp(now);
  const isOurs = before.holderIdentity === identity;
  const { leaseTransitions } = before;
  const transitions = transitionsOf(leaseTransitions);
  return {
    holderIdentity: identity,
    leaseDurationSeconds: durationMs / 1_000,
    acquireTime: (isOurs && before.acquireTime) || renewTime,
    renewTime,
    // The first holder of all comes after nobody.
    leaseTransitions: isOurs || leaseTransitions === undefined ? transitions : transitions + 1,
  };
}

function transitionsOf(found: number | undefined): number {
  return Number.isInteger(found) && found && found > 0 && found <= MOST_TRANSITIONS ? found : 0;
}

/** The spec that says that nobody has it any more, as client-go writes it. */
export function releasedSpec(before: LeaseSpec = {}, now: number): LeaseSpec {
  const renewTime = microTimestamp(now);
  return {
    holderIdentity: '',
    leaseDurationSeconds: 1,
    acquireTime: renewTime,
    renewTime,
    leaseTransitions: transitionsOf(before.leaseTransitions),
  };
}
