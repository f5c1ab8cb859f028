import { setTimeout as sleep } from 'node:timers/promises';
import type { SecretState } from '../../src/controllers/pull-secret/secret-state.ts';
import { timestamp } from '../../src/runtime/clock.ts';
import type { Tally } from '../lab/aws/action-record.ts';
import type { Lab } from '../lab/lab.ts';
import { largest, type Report } from './figures.ts';
import { REGISTRIES, settled } from './fleet.ts';
import { countWrites, type Writes, writesBetween } from './kube-writes.ts';
import type { ObjectWatch } from './object-watch.ts';

/** One rotation of all registries in all Secrets. */
export interface Round {
  /** From AWS's answer with the last of the tokens to the first and to the last Secret that a watch shows (ms). */
  readonly firstMs: number;
  readonly lastMs: number;
  /** What was asked of AWS. */
  readonly calls: readonly Tally[];
  readonly writes: Writes;
}

/** Time for watches to come back after a leap, and for all to become quiet: rounds must not weigh on each other. */
export const RECOVERY_MS = 3_000;
/** The leap ends so long before the tokens come due: the rest of the way is too short to cut watches off (ms). */
const LEAD_MS = 65_000;
/** The longest back-off of a watch that was cut off (ms). */
const BACKOFF_MS = 45_000;

export const TOKEN_CALL = 'ecr:GetAuthorizationToken';
/** The session behind a token that only pulls. */
const ROLE_CALL = 'sts:AssumeRole';

/** Moves time to the next rotation and follows it. */
export async function rotate(lab: Lab, secrets: ObjectWatch<SecretState>): Promise<Round> {
  const { aws } = lab;
  const now = secrets.values();
  const logins = now.flatMap((secret) => secret.logins);
  const before = largest(logins.map(({ issuedAt }) => issuedAt));
  const earliest = -largest(logins.map(({ rotateAt }) => -rotateAt));
  await lab.advance(Math.max(0, earliest - LEAD_MS - aws.clock.now().getTime()));
  await sleep(RECOVERY_MS / 2);
  await lab.advance(BACKOFF_MS);
  await sleep(RECOVERY_MS);

  const writes = await countWrites(lab);
  aws.actions.clear();
  let issued = 0;
  const forget = aws.actions.onAction(({ action }) => {
    if (action === TOKEN_CALL) issued = performance.now();
  });
  const isNew = (secret: SecretState): boolean =>
    secret.logins.length === REGISTRIES.length && secret.logins.every(({ issuedAt }) => issuedAt > before);
  const times = Promise.all([secrets.until(1, isNew), secrets.until(now.length, isNew)]);
  // The Registries are due together, or a tenth of their half life apart.
  await lab.advance(
    Math.max(0, largest(logins.map(({ rotateAt }) => rotateAt)) + 1_000 - aws.clock.now().getTime()),
  );
  const [first, last] = await times.finally(forget);
  await settled(
    lab,
    new Set(secrets.values().flatMap((secret) => secret.logins.map(({ issuedAt }) => timestamp(issuedAt)))),
  );
  await sleep(RECOVERY_MS);
  return {
    firstMs: first - issued,
    lastMs: last - issued,
    calls: aws.actions.tally(),
    writes: writesBetween(writes, await countWrites(lab)),
  };
}

/** Prints what rounds cost, and whether it is what it has to be. */
export function checkCost(report: Report, rounds: readonly Round[], secrets: number): void {
  report.row(`one rotation (each of ${rounds.length}):`);
  const calls = (action: string): string[] =>
    rounds.map((round) =>
      round.calls
        .filter((one) => one.action === action)
        .map((one) => one.calls)
        .join(' '),
    );
  const each = REGISTRIES.map(() => 1).join(' ');
  for (const action of [TOKEN_CALL, ROLE_CALL]) {
    const counts = calls(action);
    report.check(
      counts.every((count) => count === each),
      `  ${action} by registry`,
      shown(counts),
    );
  }
  const others = rounds.map((round) =>
    round.calls.filter(({ action }) => action !== TOKEN_CALL && action !== ROLE_CALL),
  );
  // Who we are is asked once in an hour.
  const names = [...new Set(others.flat().map(({ action }) => action))];
  if (names.length > 0) report.row('  beside them, hourly', names.join(', '));
  const written = (resource: string): number[] => rounds.map(({ writes }) => writes.get(resource) ?? 0);
  for (const [name, resource, wanted] of [
    [`  writes to ${secrets} Secrets`, 'secrets', secrets],
    ['  writes to ServiceAccounts', 'serviceaccounts', 0],
  ] as const) {
    const counts = written(resource);
    report.check(
      counts.every((count) => count === wanted),
      name,
      shown(counts),
    );
  }
  report.row('  writes to the status', shown(written('clusterpullsecrets/status')));
}

/** Once where all are the same. */
function shown(all: readonly (string | number)[]): string {
  return [...new Set(all)].join(' | ');
}
