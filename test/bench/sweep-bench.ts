import { readFile } from 'node:fs/promises';
import { type Lab, startLab } from '../lab/lab.ts';
import type { OperatorProcess } from '../lab/operator.ts';
import { waitFor } from '../lab/wait-for.ts';
import { duration, largest, megabytes, percentile, type Report } from './figures.ts';
import { CONTROL_PLANE, stopOperator } from './fleet.ts';
import type { ObjectWatch } from './object-watch.ts';
import {
  beginSweep,
  type Crowd,
  createRepositories,
  crowdManifest,
  declareRegistry,
  NAMESPACE,
  OPERATOR_ENV,
  watchRepositories,
} from './repository-crowd.ts';

const LATENCY_MS = 20;
/** The heap that Node allows itself in a container of 512 MiB, as shipped; with more it collects less. */
const NODE_OPTIONS = '--expose-gc --max-old-space-size=256';
/** Of one sweep, and what each Repository needs read: its tags and its policy. */
const READS = ['ecr:DescribeRepositories', 'ecr:ListTagsForResource', 'ecr:GetRepositoryPolicy'] as const;
const NEWCOMERS = 10;
/** Repositories that were compared: some seconds. */
const UNDER_WAY = 200;

/** A drift sweep over a large registry in which nothing has changed, and who comes in the midst of it. */
export async function sweepBench(
  report: Report,
  { repositories }: { readonly repositories: number },
): Promise<void> {
  const lab = await startLab({ controlPlane: CONTROL_PLANE });
  try {
    report.part(`${repositories} Repositories (tags, policy) in one registry, ${LATENCY_MS} ms a call`);
    // Hundreds of thousands of calls; the counts are whole all the same.
    lab.aws.actions.keep(1_000);
    await declareRegistry(lab);
    const watch = await watchRepositories(lab);
    try {
      const operator = await lab.startOperator({ env: { ...OPERATOR_ENV, NODE_OPTIONS } });
      await make(lab, report, watch, repositories);
      await sweeps(lab, report, watch, operator, repositories);
      await stopOperator(operator);
    } finally {
      await watch.stop();
    }
  } finally {
    await lab.stop();
  }
}

async function make(lab: Lab, report: Report, watch: ObjectWatch<Crowd>, count: number): Promise<void> {
  const ready = watch.until(count, (one) => one.ready);
  const started = performance.now();
  await createRepositories(lab, count, false);
  report.row('from the first apply to the last Ready, no latency', duration((await ready) - started));
}

async function sweeps(
  lab: Lab,
  report: Report,
  watch: ObjectWatch<Crowd>,
  operator: OperatorProcess,
  count: number,
): Promise<void> {
  lab.aws.latencyMs = LATENCY_MS;
  const alone = await measured(lab, operator, async () => undefined);
  const floor = Math.ceil(count / 1_000) + 2 * count;
  report.check(alone.calls === floor, 'calls of a sweep', String(alone.calls), `the floor is ${floor}`);
  report.row(
    '  its duration',
    duration(alone.ms),
    `${((1_000 * alone.calls) / alone.ms).toFixed(0)} calls/s`,
  );
  report.row('  heap before, after it', megabytes(alone.heapBefore), megabytes(alone.heapAfter));
  report.row('  RSS before, at most', megabytes(alone.rssBefore), megabytes(alone.rssMost));
  const times: number[] = [];
  await measured(lab, operator, async () => {
    for (let index = 0; index < NEWCOMERS; index += 1) times.push(await newcomer(lab, watch, `new-${index}`));
  });
  const middle = percentile(times, 0.5);
  report.check(
    middle < 1_000,
    `${NEWCOMERS} new Repositories during a sweep, to Ready`,
    `median ${duration(middle)}`,
    `slowest ${duration(largest(times))}`,
  );
}

interface Measured {
  readonly calls: number;
  readonly ms: number;
  readonly heapBefore: number;
  readonly heapAfter: number;
  readonly rssBefore: number;
  readonly rssMost: number;
}

/** One sweep, with `meanwhile` in the midst of it. */
async function measured(
  lab: Lab,
  operator: OperatorProcess,
  meanwhile: () => Promise<void>,
): Promise<Measured> {
  const { heapUsed: heapBefore } = await operator.memory();
  const rssBefore = await rssOf(operator);
  lab.aws.actions.clear();
  let rssMost = rssBefore;
  const watching = setInterval(async () => {
    rssMost = Math.max(rssMost, await rssOf(operator).catch(() => 0));
  }, 250);
  try {
    const started = performance.now();
    const over = await beginSweep(lab);
    // Watches that hear nothing for hours, as after that leap, are opened anew, which takes a second.
    await waitFor(() => lab.aws.actions.count('ecr:ListTagsForResource'), {
      what: 'the sweep to be well under way',
      until: (calls) => calls >= UNDER_WAY,
      timeoutMs: 60_000,
    });
    await meanwhile();
    await over();
    const ms = performance.now() - started;
    const calls = READS.reduce((sum, read) => sum + lab.aws.actions.count(read), 0);
    const { heapUsed: heapAfter } = await operator.memory();
    return { calls, ms, heapBefore, heapAfter, rssBefore, rssMost };
  } finally {
    clearInterval(watching);
  }
}

/** From its apply to Ready (ms). */
async function newcomer({ admin }: Lab, watch: ObjectWatch<Crowd>, name: string): Promise<number> {
  const ready = watch.until(1, (one) => one.name === name && one.namespace === NAMESPACE && one.ready);
  const started = performance.now();
  await admin.create(crowdManifest(name, true) as never);
  return (await ready) - started;
}

/** By the operating system (Linux). */
async function rssOf({ pid }: OperatorProcess): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1_024;
}
