import { startLab } from '../lab/lab.ts';
import type { OperatorProcess } from '../lab/operator.ts';
import { rawRotation, rawWrites } from './ceiling.ts';
import { countConnections } from './connections.ts';
import { duration, percentile, type Report } from './figures.ts';
import { CONTROL_PLANE, declare, makeNamespaces, names, REGISTRIES, settled, type Watches, watchFleet } from './fleet.ts';
import { countWrites, writesBetween } from './kube-writes.ts';
import { checkCost, RECOVERY_MS, type Round, rotate, TOKEN_CALL } from './rounds.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Lab } from '../lab/lab.ts';

export interface RotationSizes {
  readonly namespaces: number;
  readonly rounds: number;
}

const ACCOUNTS_EACH = 3;
const CONCURRENCIES = [8, 16, 32, 64];

/** What a rotation of three registries in every namespace costs, and how long it takes beside the bare PATCHes. */
export async function rotationBench(report: Report, { namespaces, rounds }: RotationSizes): Promise<void> {
  const lab = await startLab({ controlPlane: CONTROL_PLANE });
  try {
    report.part(
      `${namespaces} namespaces x ${REGISTRIES.length} registries, All of ${ACCOUNTS_EACH} ServiceAccounts, tokens PullOnly`,
    );
    await makeNamespaces(lab, namespaces, ACCOUNTS_EACH);
    const watches = await watchFleet(lab);
    // Those of the system's namespaces are served, too.
    const accounts = namespaces * ACCOUNTS_EACH;
    await watches.accounts.until(accounts, () => true);
    const operator = await lab.startOperator({ env: { ECR_OPERATOR_LOG_LEVEL: 'info' } });
    const connections = countConnections(operator.pid, Number(new URL(lab.controlPlane.url).port));
    await firstDelivery(lab, report, watches);
    const all: Round[] = [];
    while (all.length < rounds) all.push(await rotate(lab, watches.secrets));
    const targets = watches.secrets.values();
    const raw = await rawWrites(lab, targets);
    report.row('TLS connections opened in all of this', String(connections.seen()));
    connections.stop();
    // What they do would weigh on the ceiling.
    await stopOperator(operator);
    await watches.stop();
    const lasted = rotated(report, all, targets.length, raw.length);
    const ceiling = await ceilings(lab, report, raw, rounds);
    report.row('rotation / ceiling', `${(lasted.whole / ceiling).toFixed(2)} times`);
    report.row('  without the wait', `${(lasted.writing / ceiling).toFixed(2)} times`);
  } finally {
    await lab.stop();
  }
}
