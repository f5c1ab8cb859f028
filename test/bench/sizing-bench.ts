import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { bundle, PROJECT } from '../../scripts/build-bundle.ts';
import { startLab } from '../lab/lab.ts';
import type { OperatorProcess } from '../lab/operator.ts';
import { temporaryFolder } from '../lab/temporary-folder.ts';
import { duration, megabytes, type Report } from './figures.ts';
import {
  CONTROL_PLANE,
  firstDelivery,
  makeNamespaces,
  REGISTRIES,
  stopOperator,
  watchFleet,
} from './fleet.ts';
import { limitedGroup } from './limited-group.ts';
import { RECOVERY_MS, rotate } from './rounds.ts';

/** What the chart allows. */
const LIMIT = 512 * 2 ** 20;
/** The kernel counts CPU in these (ms). */
const TICK_MS = 10;
/** For what idle costs (ms). */
const IDLE_MS = 20_000;

/**
 * What one replica needs beside so many namespaces, with one Secret each: the bundle, as in the image, in a control
 * group with the memory that the chart allows. Linux and root only.
 */
export async function sizingBench(report: Report, sizes: readonly number[]): Promise<void> {
  const folder = await temporaryFolder('sizing');
  try {
    const program = join(folder.path, 'operator-child.js');
    await bundle(PROJECT, program, 'test/lab/operator-child.ts');
    for (const size of sizes) await sized(report, program, size);
  } finally {
    await folder.remove();
  }
}

async function sized(report: Report, program: string, namespaces: number): Promise<void> {
  const lab = await startLab({ controlPlane: CONTROL_PLANE });
  const group = await limitedGroup(LIMIT);
  try {
    report.part(`${namespaces} namespaces, ${REGISTRIES.length} registries, at most ${megabytes(LIMIT)}`);
    await makeNamespaces(lab, namespaces, 1);
    const watches = await watchFleet(lab);
    try {
      const operator = await lab.startOperator({
        env: { ECR_OPERATOR_LOG_LEVEL: 'info' },
        launch: { program, controlGroup: group.folder },
      });
      const first = await firstDelivery(lab, watches, namespaces, 1);
      report.row('first delivery', duration(first), ...rate(namespaces, first), ...(await peak(operator)));
      await sleep(RECOVERY_MS);
      const idle = await cpu(operator);
      await sleep(IDLE_MS);
      const share = ((await cpu(operator)) - idle) / IDLE_MS;
      report.row(
        'idle',
        `RSS ${megabytes(await memory(operator, 'VmRSS'))}`,
        `${(share * 100).toFixed(1)} % of a CPU`,
      );
      await forgetPeak(operator);
      const before = await cpu(operator);
      const { firstMs, lastMs } = await rotate(lab, watches.secrets);
      const spent = (await cpu(operator)) - before;
      const took = lastMs - firstMs;
      report.row('rotation', duration(took), ...rate(namespaces, took), ...(await peak(operator)));
      report.row('  CPU, with the watches that begin anew', duration(spent));
      const used = await group.peak();
      report.check(used < LIMIT, 'the container, at most', megabytes(used));
      await stopOperator(operator);
    } finally {
      await watches.stop();
    }
  } finally {
    await lab.stop();
    await group.remove();
  }
}

function rate(secrets: number, ms: number): readonly string[] {
  return [`${((secrets / ms) * 1_000).toFixed(0)} Secrets/s`];
}

async function peak(operator: OperatorProcess): Promise<readonly string[]> {
  return [`RSS at most ${megabytes(await memory(operator, 'VmHWM'))}`];
}

/** In bytes. */
async function memory({ pid }: OperatorProcess, field: 'VmRSS' | 'VmHWM'): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]) * 1_024;
}

/** VmHWM begins anew from what it is now. */
async function forgetPeak({ pid }: OperatorProcess): Promise<void> {
  await writeFile(`/proc/${pid}/clear_refs`, '5');
}

/** What it has used since its start (ms). */
async function cpu({ pid }: OperatorProcess): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  // The name, in parentheses, may have spaces; user and system time are fields 14 and 15.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}
