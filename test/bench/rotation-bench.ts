import type { SecretState } from '../../src/controllers/pull-secret/secret-state.ts';
import { type Lab, startLab } from '../lab/lab.ts';
import { type RawWrites, rawRotation, rawWrites } from './ceiling.ts';
import { countConnections } from './connections.ts';
import { duration, percentile, type Report } from './figures.ts';
import {
  CONTROL_PLANE,
  firstDelivery,
  makeNamespaces,
  REGISTRIES,
  stopOperator,
  type Watches,
  watchFleet,
} from './fleet.ts';
import { countWrites, writesBetween } from './kube-writes.ts';
import { checkCost, type Round, rotate } from './rounds.ts';

export interface RotationSizes {
  readonly namespaces: number;
  readonly rounds: number;
}

const ACCOUNTS_EACH = 3;
const CONCURRENCIES = [8, 16, 32, 64];

/** What a rotation of three registries in every namespace costs, and how long it takes beside the bare PATCHes. */
export async function rotationBench(report: Report, sizes: RotationSizes): Promise<void> {
  const lab = await startLab({ controlPlane: CONTROL_PLANE });
  try {
    report.part(
      `${sizes.namespaces} namespaces x ${REGISTRIES.length} registries (tokens PullOnly), ` +
        `All of ${ACCOUNTS_EACH} ServiceAccounts`,
    );
    await makeNamespaces(lab, sizes.namespaces, ACCOUNTS_EACH);
    const watches = await watchFleet(lab);
    let all: readonly Round[];
    let targets: readonly SecretState[];
    try {
      all = await rotations(lab, report, watches, sizes);
      targets = watches.secrets.values();
    } finally {
      // It would weigh on the ceiling.
      await watches.stop();
    }
    const raw = await rawWrites(lab, targets);
    const lasted = times(report, all, raw);
    const ceiling = await ceilings(lab, report, raw, sizes.rounds);
    report.row('rotation / ceiling', `${(lasted.whole / ceiling).toFixed(2)} times`);
    report.row('  first to last Secret / ceiling', `${(lasted.writing / ceiling).toFixed(2)} times`);
  } finally {
    await lab.stop();
  }
}

async function rotations(
  lab: Lab,
  report: Report,
  watches: Watches,
  { namespaces, rounds }: RotationSizes,
): Promise<readonly Round[]> {
  const operator = await lab.startOperator({ env: { ECR_OPERATOR_LOG_LEVEL: 'info' } });
  const connections = countConnections(operator.pid, Number(new URL(lab.controlPlane.url).port));
  try {
    const before = await countWrites(lab);
    const first = await firstDelivery(lab, watches, namespaces, ACCOUNTS_EACH);
    report.row('first delivery, ServiceAccounts included', duration(first));
    const writes = writesBetween(before, await countWrites(lab));
    for (const [resource, kind, count] of [
      ['secrets', 'Secrets', namespaces],
      ['serviceaccounts', 'ServiceAccounts', namespaces * ACCOUNTS_EACH],
    ] as const) {
      report.row(`  writes to ${count} ${kind}`, String(writes.get(resource) ?? 0));
    }
    const all: Round[] = [];
    while (all.length < rounds) all.push(await rotate(lab, watches.secrets));
    checkCost(report, all, namespaces);
    report.row('TLS connections opened in all of this', String(connections.seen()));
    await stopOperator(operator);
    return all;
  } finally {
    connections.stop();
  }
}

/** Medians, in ms. */
interface Times {
  readonly whole: number;
  readonly writing: number;
}

function times(report: Report, rounds: readonly Round[], { targets, length }: RawWrites): Times {
  const whole = percentile(
    rounds.map(({ lastMs }) => lastMs),
    0.5,
  );
  const writing = percentile(
    rounds.map(({ firstMs, lastMs }) => lastMs - firstMs),
    0.5,
  );
  report.row(`${targets.length} Secrets of ${(length / 1_000).toFixed(1)} kB (medians):`);
  report.row('  last token to last Secret', duration(whole));
  report.row('  first to last Secret', duration(writing), `${(writing / targets.length).toFixed(2)} ms each`);
  return { whole, writing };
}

async function ceilings(lab: Lab, report: Report, raw: RawWrites, rounds: number): Promise<number> {
  const medians: number[] = [];
  for (const concurrency of CONCURRENCIES) {
    const samples: number[] = [];
    while (samples.length < rounds) samples.push(await rawRotation(lab, raw, concurrency));
    const middle = percentile(samples, 0.5);
    medians.push(middle);
    report.row(
      `  the same PATCHes, bare, ${concurrency} connections`,
      duration(middle),
      `${(middle / raw.targets.length).toFixed(2)} ms each`,
    );
  }
  return Math.min(...medians);
}
