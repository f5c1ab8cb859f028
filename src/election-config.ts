import type { SettingReader } from './setting-reader.ts';

/** How replicas agree on the one that works; times in ms. */
export interface LeaderElectionConfig {
  readonly leaseName: string;
  /** A Lease that nobody renewed for so long may be taken. */
  readonly durationMs: number;
  /** A leader that could not renew for so long ends; shorter than the duration. */
  readonly renewDeadlineMs: number;
  /** Between two attempts; shorter than the deadline. */
  readonly retryPeriodMs: number;
}

/** Undefined where there is but one replica. */
export function readLeaderElection(reader: SettingReader): LeaderElectionConfig | undefined {
  const { check, text, count, yes } = reader;
  const isOn = yes('leaderElect');
  const leaseName = reader.name('leaseName', 'a Lease');
  const durationMs = count('leaseDurationSeconds', 3_600) * 1_000;
  const renewDeadlineMs = count('leaseRenewDeadlineSeconds', 3_600) * 1_000;
  const retryPeriodMs = count('leaseRetryPeriodSeconds', 3_600) * 1_000;
  check(
    'leaseRenewDeadlineSeconds',
    undefined,
    // What is no number has been told of.
    !(renewDeadlineMs >= durationMs),
    `write less than --lease-duration-seconds, which is ${text('leaseDurationSeconds')}`,
  );
  check(
    'leaseRetryPeriodSeconds',
    undefined,
    !(retryPeriodMs >= renewDeadlineMs),
    `write less than --lease-renew-deadline-seconds, which is ${text('leaseRenewDeadlineSeconds')}`,
  );
  return isOn ? Object.freeze({ leaseName, durationMs, renewDeadlineMs, retryPeriodMs }) : undefined;
}
