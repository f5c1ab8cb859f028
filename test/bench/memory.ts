import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Lab } from '../lab/lab.ts';
import type { OperatorProcess } from '../lab/operator.ts';
import { waitFor } from '../lab/wait-for.ts';
import { largest, megabytes, type Report } from './figures.ts';
import { REGISTRIES, stopOperator, type Watches } from './fleet.ts';
import { checkCost, RECOVERY_MS, type Round, rotate, TOKEN_CALL } from './rounds.ts';

/** What grows by more than this is called a leak. */
const LEAK = 1.15;

/** Bytes. */
interface Use {
  /** V8's heap after a full garbage collection, as the operator says itself. */
  readonly heap: number;
  /** What the operating system says, after that. */
  readonly rss: number;
  readonly peak: number;
}

/** Starts the operator beside everything, and prints its memory then and after so many rotations. */
export async function memory(
  lab: Lab,
  report: Report,
  { secrets }: Watches,
  rotations: number,
): Promise<void> {
  lab.aws.actions.clear();
  const operator = await lab.startOperator({
    env: { ECR_OPERATOR_LOG_LEVEL: 'info', NODE_OPTIONS: '--expose-gc' },
  });
  await waitFor(() => lab.aws.actions.count(TOKEN_CALL), {
    what: 'the tokens of the operator that was started anew',
    until: (count) => count >= REGISTRIES.length,
    timeoutMs: 60_000,
  });
  await sleep(RECOVERY_MS);
  const uses: Use[] = [await use(operator)];
  const all: Round[] = [];
  while (all.length < rotations) {
    all.push(await rotate(lab, secrets));
    uses.push(await use(operator));
  }
  report.row(`memory beside ${secrets.values().length} Secrets:`, 'heap after GC   RSS');
  for (const index of new Set([0, 1, rotations])) show(report, index, uses[index]);
  report.row('  the most RSS of all that time', megabytes(largest(uses.map(({ peak }) => peak))));
  const [first, last] = [uses[0], uses.at(-1)];
  if (first && last) grown(report, first, last);
  checkCost(report, all, secrets.values().length);
  await stopOperator(operator);
}

async function use(operator: OperatorProcess): Promise<Use> {
  const { heapUsed } = await operator.memory();
  const status = await readFile(`/proc/${operator.pid}/status`, 'utf8');
  const field = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]) * 1_024;
  return { heap: heapUsed, rss: field('VmRSS'), peak: field('VmHWM') };
}

function show(report: Report, rotations: number, found: Use | undefined): void {
  if (!found) return;
  const when =
    rotations === 0 ? 'after its start' : `after ${rotations} rotation${rotations === 1 ? '' : 's'}`;
  report.row(`  ${when}`, megabytes(found.heap).padEnd(13), megabytes(found.rss));
}

/** Growth is told, and is no reason to fail: a small part of it is what the first work of a process leaves behind. */
function grown(report: Report, first: Use, last: Use): void {
  const ratios = [last.heap / first.heap, last.rss / first.rss];
  const leak = ratios.some((ratio) => ratio > LEAK);
  const [heap = '', rss = ''] = ratios.map((ratio) => `${ratio.toFixed(2)} times`);
  report.row('  last / first', heap.padEnd(13), rss, ...(leak ? ['LEAK'] : []));
}
