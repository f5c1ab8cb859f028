import { type Clock, monotonic, NEVER, sleep, type Timer } from './clock.ts';
import { messageOf } from './errors.ts';
import { type Fence, NotLeadingError } from './fence.ts';
import { isConflict } from './kube-errors.ts';
import { claimedSpec, decide, type Lease, type Observed, observe } from './lease.ts';
import type { LeaseChange, LeaseClient } from './lease-client.ts';
import { giveBack } from './lease-release.ts';
import type { Log } from './log.ts';
import { createRenewals } from './renewals.ts';
import { withinTime } from './time-limit.ts';

export interface LeaderElectionOptions {
  readonly lease: LeaseClient;
  readonly clock: Clock;
  readonly log: Log;
  /** Told to others; the same after a restart, and nobody else's. */
  readonly identity: string;
  /** How long others leave a Lease to its holder that is not renewed (ms). */
  readonly durationMs: number;
  /** How long a leader may go on without a renewal (ms); shorter. */
  readonly renewDeadlineMs: number;
  /** Between two attempts (ms); shorter still. */
  readonly retryPeriodMs: number;
  /** Called once, when it led and may no longer: the process has to end, since nobody knows what is under way in it. */
  readonly onLost: (reason: string) => void;
}

/** Competes for a Lease, and holds it. */
export interface LeaderElection {
  /** Competes from now on, and renews what it won, until `signal` aborts, or it is released or lost. */
  run(signal: AbortSignal): Promise<void>;
  /** Resolves when this replica leads for the first time. */
  readonly won: Promise<void>;
  isLeading(): boolean;
  /** Throws a NotLeadingError unless it leads and has renewed the Lease within the deadline. */
  readonly fence: Fence;
  /** Gives the Lease back, so that somebody else has it at once; nothing may be written any more from now on. */
  release(): Promise<void>;
  /** Why it could not take over, as far as is known: it has never come as far as to read the Lease, and take a free one. */
  unready(): string | undefined;
  /** Why it has to be taken for dead, if so. */
  stuck(): string | undefined;
}

/** Of a leader whose Lease was changed between reading and writing (ms). */
const AFTER_CONFLICT_MS = 200;
/** Of a leader that got no answer, or a bad one: one connection that is dead must not cost the whole deadline (ms). */
const AFTER_FAILURE_MS = 1_000;

/** A {@link LeaderElection} that has not begun. */
export function createLeaderElection(options: LeaderElectionOptions): LeaderElection {
  const { lease, clock, log, identity, durationMs, renewDeadlineMs, retryPeriodMs } = options;
  const { promise: won, resolve: win } = Promise.withResolvers<void>();
  const ending = new AbortController();
  const renewals = createRenewals(clock);
  const { age } = renewals;
  let state: 'standby' | 'leading' | 'over' = 'standby';
  let observed: Observed | undefined;
  /** The resourceVersions of one kind are ordered numbers (KEP-5504). */
  let version = 0;
  let deadline: Timer | undefined;
  /** Undefined before it runs. */
  let attemptedAt: number | undefined;
  let isReady = false;
  let wake = (): void => undefined;
  let running: Promise<unknown> = Promise.resolve();

  function lose(reason: string): void {
    if (state !== 'leading') return;
    end();
    log.error({ replica: identity, reason }, 'leadership lost');
    options.onLost(reason);
  }

  function end(): void {
    state = 'over';
    deadline?.cancel();
    ending.abort();
  }

  function looksOverdue(): boolean {
    if (state !== 'leading' || age() < renewDeadlineMs) return false;
    lose(`the Lease was not renewed for ${Math.round(age() / 1_000)} s`);
    return true;
  }

  function armDeadline(): void {
    deadline?.cancel();
    deadline = clock.after(Math.max(renewDeadlineMs - age(), 1), () => {
      if (state === 'leading' && !looksOverdue()) armDeadline();
    });
  }

  /** Takes note of the Lease; whether somebody else has what we held. */
  function see(found: Lease | undefined): boolean {
    const before = observed?.holder;
    observed = observe(observed, found, durationMs, monotonic(clock));
    if (found) version = Number(found.metadata.resourceVersion);
    const { holder = '', renewTime = '' } = observed ?? {};
    if (state === 'standby' && holder !== before && holder !== '' && holder !== identity)
      log.info({ replica: identity, holder }, 'standing by');
    if (state !== 'leading' || !found || holder === '') return false;
    if (holder !== identity) lose(`${holder} holds the Lease`);
    else if (!renewals.confirm(renewTime)) lose('another process of the same name holds the Lease');
    return state !== 'leading';
  }

  /** One look, and a write if it is our turn; gives how long the next may wait (ms). */
  async function attempt(signal: AbortSignal): Promise<number> {
    const found = await lease.read(signal);
    if (see(found)) return 0;
    const decision = decide(observed, identity, monotonic(clock));
    if (state === 'standby' && decision.kind === 'wait') return Math.min(decision.ms, retryPeriodMs);
    const spec = claimedSpec(found?.spec, { identity, durationMs, now: clock.now() });
    const { renewTime = '' } = spec;
    // One that never wins tries for as long as it lives.
    if (state === 'standby') renewals.forget();
    const at = monotonic(clock);
    renewals.begin(renewTime);
    const { metadata } = await lease.write(found, spec, signal);
    if (state === 'over') return 0;
    version = Number(metadata.resourceVersion);
    renewals.confirm(renewTime);
    observed = { holder: identity, renewTime, durationMs, at };
    if (state === 'standby') lead(spec.leaseTransitions ?? 0);
    armDeadline();
    return retryPeriodMs;
  }

  function lead(transitions: number): void {
    state = 'leading';
    log.info({ replica: identity, transitions }, 'leading');
    win();
  }

  async function attemptInTime(signal: AbortSignal): Promise<number> {
    try {
      const pauseMs = await withinTime(clock, renewDeadlineMs / 2, signal, attempt);
      isReady = true;
      return pauseMs;
    } catch (error) {
      if (signal.aborted) return 0;
      const isRace = isConflict(error);
      const level = isRace && state === 'standby' ? 'debug' : 'warn';
      log[level]({ replica: identity, error: messageOf(error) }, 'lease not renewed');
      if (state !== 'leading') return retryPeriodMs;
      return Math.min(isRace ? AFTER_CONFLICT_MS : AFTER_FAILURE_MS, retryPeriodMs);
    } finally {
      attemptedAt = monotonic(clock);
    }
  }

  async function compete(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const woken = new AbortController();
      wake = () => woken.abort();
      const pauseMs = await attemptInTime(signal);
      // Before anything else is done where a process was stopped for long.
      if (looksOverdue()) return;
      await sleep(clock, pauseMs, AbortSignal.any([signal, woken.signal]));
    }
  }

  /** Renewals of others are noted and wake nobody; what may make it our turn, or end it, does. */
  function onChange({ lease: changed, isDeleted }: LeaseChange): void {
    // A watch may be late, and tell of who held it before us.
    if (Number(changed.metadata.resourceVersion) <= version) return;
    if (!isDeleted) see(changed);
    if (isDeleted || !changed.spec?.holderIdentity) wake();
  }

  return {
    won,
    isLeading: () => state === 'leading' && age() < renewDeadlineMs,
    async run(signal) {
      attemptedAt = monotonic(clock);
      const both = AbortSignal.any([signal, ending.signal]);
      running = Promise.all([compete(both), lease.follow(onChange, retryPeriodMs, both)]);
      await running;
    },
    fence() {
      if (state === 'leading' && !looksOverdue()) return;
      throw new NotLeadingError('this replica does not lead: nothing was written');
    },
    async release() {
      end();
      await running;
      // A claim that was under way may be done.
      if (!renewals.hasBegun) return;
      const options = { lease, clock, isOurs: renewals.isOurs };
      try {
        const isDone = await withinTime(clock, renewDeadlineMs / 2, NEVER, (late) => giveBack(options, late));
        if (isDone) log.info({ replica: identity }, 'lease released');
      } catch (error) {
        log.warn({ replica: identity, error: messageOf(error) }, 'lease not released');
      }
    },
    unready: () => (isReady ? undefined : 'the Lease was not read yet, or not taken in its turn'),
    stuck() {
      const now = monotonic(clock);
      const quietMs = now - (attemptedAt ?? now);
      if (state === 'over' || quietMs < durationMs + renewDeadlineMs) return undefined;
      return `the Lease was not looked at for ${Math.round(quietMs / 1_000)} s`;
    },
  };
}
