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

/** Longer than the back-off of the watches that a leap in time cuts off: rounds must not weigh on each other. */
export const RECOVERY_MS = 3_000;
/** The leap ends so long before the tokens come due; the rest of the way is too short to cut watches off (ms). */
const LEAD_MS = 30_000;

export const TOKEN_CALL = 'ecr:GetAuthorizationToken';

/** Moves time to the next rotation and follows it. */
export async function rotate(lab: Lab, secrets: ObjectWatch<SecretState>): Promise<Round> {
  const { aws } = lab;
  const now = secrets.values();
  const logins = now.flatMap((secret) => secret.logins);
  const before = largest(logins.map(({ issuedAt }) => issuedAt));
  const earliest = -largest(logins.map(({ rotateAt }) => -rotateAt));
  console.error('spread', largest(logins.map(({rotateAt})=>rotateAt)) - earliest, 'until', earliest - aws.clock.now().getTime(), new Set(now.map(x=>JSON.stringify(x.logins.map(l=>[l.login,l.issuedAt-before,l.rotateAt-before])))));
  await lab.advance(earliest - LEAD_MS - aws.clock.now().getTime());
  await sleep(RECOVERY_MS);

  const writes = await countWrites(lab);
  aws.actions.clear();
  console.error('lab now', aws.clock.now().toISOString(), 'largest', new Date(largest(logins.map(({rotateAt})=>rotateAt))).toISOString());
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
  console.error(JSON.stringify([...writesBetween(writes, await countWrites(lab))]), JSON.stringify(aws.actions.all().map(a=>[a.time.toISOString().slice(14), a.action,a.region,a.result])));
  console.error((await lab.operatorLog()).split('\n').slice(-14).join('\n'));
  return {
    firstMs: first - issued,
    lastMs: last - issued,
    calls: aws.actions.tally(),
    writes: writesBetween(writes, await countWrites(lab)),
  };
}

/** Prints what rounds cost, and whether it is what it has to be. */
export function checkCost(report: Report, rounds: readonly Round[], secrets: number): void {
  const tokens = rounds.map(({ calls }) =>
    calls.filter(({ action }) => action === TOKEN_CALL).map((one) => one.calls),
  );
  const each = REGISTRIES.map(() => 1).join(' ');
  report.check(
    tokens.every((round) => round.join(' ') === each),
    '  GetAuthorizationToken for each registry',
    shown(tokens.map((round) => round.join(' '))),
  );
  const others = (round: Round): number =>
    round.calls.reduce((sum, { action, calls }) => (action === TOKEN_CALL ? sum : sum + calls), 0);
  report.row('  other calls of AWS (AssumeRole)', shown(rounds.map((round) => String(others(round)))));
  const written = (resource: string): number[] => rounds.map(({ writes }) => writes.get(resource) ?? 0);
  for (const [name, resource, wanted] of [
    [`  writes to ${secrets} Secrets`, 'secrets', secrets],
    ['  writes to ServiceAccounts', 'serviceaccounts', 0],
  ] as const) {
    const counts = written(resource);
    report.check(
      counts.every((count) => count === wanted),
      name,
      shown(counts.map(String)),
    );
  }
  report.row('  writes to the status', shown(written('clusterpullsecrets/status').map(String)));
}

/** Once where all are the same. */
function shown(all: readonly string[]): string {
  return [...new Set(all)].join(' | ');
}
