import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Lab } from '../lab/lab.ts';
import type { OperatorProcess } from '../lab/operator.ts';
import { waitFor } from '../lab/wait-for.ts';
import { megabytes, type Report } from './figures.ts';
import { REGISTRIES, stopOperator, type Watches } from './fleet.ts';
import { checkCost, RECOVERY_MS, type Round, rotate, TOKEN_CALL } from './rounds.ts';

/** What grows by more than this from the first rotation to the last is called a leak. */
const LEAK = 1.15;

/** Bytes. */
interface Use {
  /** V8's heap after a full garbage collection, as the operator says itself. */
  readonly heap: number;
  /** What the operating system says after that, and what it said before. */
  readonly rss: number;
  readonly rssBefore: number;
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
  report.row(`memory beside ${secrets.values().length} Secrets:`, ...columns('heap', 'RSS', 'before GC'));
  // A leak goes on; what the first rotations leave behind (pools, compiled code) does not.
  for (const index of new Set([0, 1, Math.ceil(rotations / 2), rotations])) show(report, index, uses[index]);
  const [start, first, last] = [uses[0], uses[1], uses.at(-1)];
  if (start && last) grown(report, 'last / after its start', ratios(start, last));
  if (first && last) grown(report, 'last / after 1 rotation', ratios(first, last), 'a LEAK');
  // The tokens of an operator that was just started come due at a time that stands in no Secret yet.
  checkCost(report, all.slice(1), secrets.values().length);
  await stopOperator(operator);
}

async function use(operator: OperatorProcess): Promise<Use> {
  const rssBefore = await rssOf(operator);
  const { heapUsed } = await operator.memory();
  return { heap: heapUsed, rss: await rssOf(operator), rssBefore };
}

/** By the operating system (Linux). */
async function rssOf({ pid }: OperatorProcess): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1_024;
}

function show(report: Report, rotations: number, found: Use | undefined): void {
  if (!found) return;
  const when =
    rotations === 0 ? 'after its start' : `after ${rotations} rotation${rotations === 1 ? '' : 's'}`;
  report.row(`  ${when}`, ...columns(...[found.heap, found.rss, found.rssBefore].map(megabytes)));
}

/** Growth is told, and is no reason to fail: one measurement on a busy machine proves no leak. */
function grown(report: Report, what: string, found: readonly number[], verdict = ''): void {
  const isLeak = found.some((ratio) => ratio > LEAK);
  report.row(`  ${what}`, ...columns(...found.map((ratio) => ratio.toFixed(2)), isLeak ? verdict : ''));
}

function ratios(before: Use, after: Use): number[] {
  return [after.heap / before.heap, after.rss / before.rss];
}

function columns(...figures: readonly string[]): string[] {
  return figures.map((figure) => figure.padEnd(8));
}
