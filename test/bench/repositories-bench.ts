import { type Lab, startLab } from '../lab/lab.ts';
import { startMoto } from '../lab/moto.ts';
import { waitFor } from '../lab/wait-for.ts';
import { type CountingProxy, startCountingProxy } from './counting-proxy.ts';
import { duration, type Report } from './figures.ts';
import { CONTROL_PLANE, stopOperator } from './fleet.ts';
import {
  beginSweep,
  createRepositories,
  declareRegistry,
  OPERATOR_ENV,
  watchRepositories,
} from './repository-crowd.ts';

const LATENCY_MS = 20;
/**
 * Five is the aim, four what ECR's API needs: to look, to make it with its tags, lifecycle, policy. The fifth asks when
 * the lifecycle policy was last applied.
 */
const MOST_CALLS = 5;

/** Repositories with lifecycle, policy and tags, from apply to Ready, on the simulator and on moto. */
export async function repositoriesBench(
  report: Report,
  { repositories }: { readonly repositories: number },
): Promise<void> {
  await on('the simulator', report, repositories, async ({ aws }) => aws.endpoint);
  const moto = await startMoto();
  try {
    await on('moto', report, repositories, async () => moto.url);
  } finally {
    await moto.stop();
  }
}

async function on(
  name: string,
  report: Report,
  count: number,
  endpointOf: (lab: Lab) => Promise<string>,
): Promise<void> {
  const lab = await startLab({ controlPlane: CONTROL_PLANE });
  try {
    const proxy = await startCountingProxy(await endpointOf(lab), LATENCY_MS);
    try {
      report.part(`${count} Repositories (lifecycle, policy, tags) on ${name}, ${LATENCY_MS} ms a call`);
      await measure(lab, report, count, proxy);
    } finally {
      await proxy.stop();
    }
  } finally {
    await lab.stop();
  }
}

async function measure(lab: Lab, report: Report, count: number, proxy: CountingProxy): Promise<void> {
  await declareRegistry(lab);
  const watch = await watchRepositories(lab);
  try {
    const operator = await lab.startOperator({ env: { ...OPERATOR_ENV, AWS_ENDPOINT_URL: proxy.url } });
    await waitFor(() => proxy.counts()['DescribeRepositories'], { what: 'the list of the empty registry' });
    proxy.clear();
    const ready = watch.until(count, (one) => one.ready);
    const started = performance.now();
    await createRepositories(lab, count, true);
    report.row('from the first apply to the last Ready', duration((await ready) - started));
    // The state of images is read once after the first Ready, by calls of its own.
    await waitFor(() => proxy.counts(), {
      what: 'the state of all images',
      until: ({ DescribeImages: images = 0, GetLifecyclePolicy: times = 0 }) =>
        images >= count && times >= count,
      timeoutMs: 120_000,
    });
    check(report, 'calls for each', proxy.counts(), count, MOST_CALLS);
    proxy.clear();
    const over = await beginSweep(lab);
    await over();
    const floor = (Math.ceil(count / 1_000) + 3 * count) / count;
    check(report, 'calls for each in a pass without change', proxy.counts(), count, floor);
    await stopOperator(operator);
  } finally {
    await watch.stop();
  }
}

/** Those of images come on a schedule of their own, and those of STS with the hour. */
const ELSEWHERE = /Image|GetCallerIdentity|Assume|Scan|other/;

function check(
  report: Report,
  name: string,
  counts: Readonly<Record<string, number>>,
  repositories: number,
  most: number,
): void {
  const own = Object.entries(counts).filter(([operation]) => !ELSEWHERE.test(operation));
  const calls = own.reduce((sum, [, number]) => sum + number, 0);
  const each = calls / repositories;
  report.check(each <= most, name, each.toFixed(2), `at most ${most.toFixed(2)}`);
  for (const [operation, number] of own) report.row(`  ${operation}`, String(number));
}
