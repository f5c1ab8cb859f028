import type { Clock } from '../../../src/runtime/clock.ts';
import { createLeaderElection, type LeaderElection } from '../../../src/runtime/leader-election.ts';
import { createFakeClock, type FakeClock, settled } from '../fake-clock.ts';
import { type FakeLease, type FakeLeaseClient, fakeLease } from './fake-lease.ts';
import { type RecordedLog, recordedLog } from './recorded-log.ts';

/** Of every replica (ms). */
export const TIMES = { durationMs: 30_000, renewDeadlineMs: 20_000, retryPeriodMs: 5_000 };

/** One of several operators that compete for a Lease. */
export interface Replica {
  readonly election: LeaderElection;
  readonly client: FakeLeaseClient;
  readonly log: RecordedLog;
  readonly lost: string[];
  /** As SIGKILL: nothing more is done, and nothing said. */
  kill(): void;
}

const killers: (() => void)[] = [];

/** Kills every replica that still runs: `afterEach` of a file that starts some. */
export function killAll(): void {
  for (const kill of killers.splice(0)) kill();
}

/** A replica that has begun to compete. */
export function replica(
  lease: FakeLease,
  clock: Clock,
  identity: string,
  mode: FakeLeaseClient['mode'] = 'works',
): Replica {
  const client = Object.assign(lease.client(), { mode });
  const log = recordedLog();
  const lost: string[] = [];
  const dead = new AbortController();
  const election = createLeaderElection({
    lease: client,
    clock,
    log,
    identity,
    ...TIMES,
    onLost: (reason) => void lost.push(reason),
  });
  void election.run(dead.signal);
  const kill = (): void => dead.abort();
  killers.push(kill);
  return { election, client, log, lost, kill };
}

/** Two that begin at once. */
export function two() {
  const clock = createFakeClock();
  const lease = fakeLease();
  return { clock, lease, a: replica(lease, clock, 'a'), b: replica(lease, clock, 'b') };
}

/** `a` leads, `b` stands by. */
export async function leaderAndStandby() {
  const clock = createFakeClock();
  const lease = fakeLease();
  const a = replica(lease, clock, 'a');
  await settled();
  const b = replica(lease, clock, 'b');
  await settled();
  return { clock, lease, a, b };
}

/** Of each, whether it leads. */
export const leaders = (...replicas: readonly Replica[]) =>
  replicas.map(({ election }) => election.isLeading());

/** How long until a replica leads (ms); it fails after two durations. */
export async function timeTo(clock: FakeClock, { election }: Replica): Promise<number> {
  const from = clock.now();
  while (!election.isLeading()) {
    if (clock.now() - from > 2 * TIMES.durationMs) throw new Error('it never leads');
    await clock.elapse(100);
  }
  return clock.now() - from;
}
