import { getHeapStatistics } from 'node:v8';
import { afterEach, describe, expect, test } from '@jest/globals';
import { type Controller, createController, type Next } from '../../../src/runtime/controller.ts';
import { memoryLimit } from '../../../src/runtime/memory-limit.ts';
import { createMetrics, type Metrics } from '../../../src/runtime/metrics.ts';
import { NAMESPACES, SECRETS } from '../../../src/runtime/resource.ts';
import { ObjectStore } from '../../../src/runtime/store.ts';
import { createFakeClock, settled } from '../fake-clock.ts';
import { recordedLog } from './recorded-log.ts';

const controllers: Controller[] = [];

afterEach(async () => {
  await Promise.all(controllers.splice(0).map((controller) => controller.stop(0)));
});

function metrics(): Metrics {
  return createMetrics({ version: '1.2.3', leaseName: 'lease', apiServer: 'api:6443', ofProcess: false });
}

/** The lines of one metric, without comments. */
async function linesOf(of: Metrics, name: string): Promise<string[]> {
  return (await of.text()).split('\n').filter((line) => line.split(/[{ ]/)[0] === name);
}

function watched(of: Metrics, reconcile: (key: string) => Promise<Next>, groupOf?: (key: string) => string) {
  const clock = createFakeClock();
  const controller = createController({
    name: 'thing',
    sources: [],
    reconcile,
    workers: 2,
    clock,
    log: recordedLog(),
    ...(groupOf ? { groupOf } : {}),
  });
  controllers.push(controller);
  of.watchController(controller);
  return { clock, controller };
}

describe('a controller', () => {
  test('counts its passes by what came of them, and tells zeros before the first', async () => {
    const of = metrics();
    const answers: Record<string, Next | Error> = {
      fine: {},
      later: { requeueAfterMs: 60_000 },
      broken: new Error('no'),
      hopeless: { retry: { kind: 'after', ms: 60_000 } },
    };
    const { controller } = watched(of, async (key) => {
      const answer = answers[key];
      if (answer instanceof Error) throw answer;
      return answer ?? {};
    });
    const name = 'controller_runtime_reconcile_total';
    const results = (success: number, later: number, error: number) => [
      `${name}{controller="thing",result="success"} ${success}`,
      `${name}{controller="thing",result="requeue_after"} ${later}`,
      `${name}{controller="thing",result="error"} ${error}`,
    ];
    expect(await linesOf(of, name)).toEqual(results(0, 0, 0));
    expect(await linesOf(of, 'workqueue_work_duration_seconds_count')).toEqual([
      'workqueue_work_duration_seconds_count{name="thing"} 0',
    ]);
    for (const key of Object.keys(answers)) controller.enqueue(key);
    controller.start();
    await settled();
    expect(await linesOf(of, name)).toEqual(results(1, 1, 2));
    expect(await linesOf(of, 'controller_runtime_reconcile_errors_total')).toEqual([
      'controller_runtime_reconcile_errors_total{controller="thing"} 2',
    ]);
    expect(await linesOf(of, 'controller_runtime_terminal_reconcile_errors_total')).toEqual([
      'controller_runtime_terminal_reconcile_errors_total{controller="thing"} 1',
    ]);
    expect(await linesOf(of, 'workqueue_retries_total')).toEqual(['workqueue_retries_total{name="thing"} 1']);
    expect(await linesOf(of, 'controller_runtime_reconcile_time_seconds_count')).toEqual([
      'controller_runtime_reconcile_time_seconds_count{controller="thing"} 4',
    ]);
  });

  test('shows what waits, what is worked on and for how long, and how many could', async () => {
    const of = metrics();
    const { promise, resolve } = Promise.withResolvers<Next>();
    const { controller } = watched(of, () => promise);
    for (const key of ['a', 'b', 'c']) controller.enqueue(key);
    expect(await linesOf(of, 'workqueue_depth')).toEqual(['workqueue_depth{name="thing"} 3']);
    controller.start();
    await settled();
    // While it is worked on it waits once, however often it is added.
    controller.enqueue('a');
    controller.enqueue('a');
    expect(await linesOf(of, 'workqueue_depth')).toEqual(['workqueue_depth{name="thing"} 1']);
    expect(await linesOf(of, 'workqueue_adds_total')).toEqual(['workqueue_adds_total{name="thing"} 4']);
    const active = 'controller_runtime_active_workers';
    expect(await linesOf(of, active)).toEqual([`${active}{controller="thing"} 2`]);
    const most = 'controller_runtime_max_concurrent_reconciles';
    expect(await linesOf(of, most)).toEqual([`${most}{controller="thing"} 2`]);
    const longest = (await linesOf(of, 'workqueue_longest_running_processor_seconds'))[0] ?? '';
    expect(Number(longest.split(' ')[1])).toBeGreaterThan(0);
    resolve({});
    await settled();
    expect(await linesOf(of, active)).toEqual([`${active}{controller="thing"} 0`]);
    expect(await linesOf(of, 'workqueue_unfinished_work_seconds')).toEqual([
      'workqueue_unfinished_work_seconds{name="thing"} 0',
    ]);
    expect(await linesOf(of, 'workqueue_queue_duration_seconds_count')).toEqual([
      'workqueue_queue_duration_seconds_count{name="thing"} 4',
    ]);
    expect(await linesOf(of, 'workqueue_work_duration_seconds_count')).toEqual([
      'workqueue_work_duration_seconds_count{name="thing"} 4',
    ]);
  });

  test('has its workers for each group of keys that there is', async () => {
    const of = metrics();
    const { controller } = watched(
      of,
      async () => ({}),
      (key) => key,
    );
    for (const key of ['a', 'b', 'c']) controller.enqueue(key);
    expect(await linesOf(of, 'controller_runtime_max_concurrent_reconciles')).toEqual([
      'controller_runtime_max_concurrent_reconciles{controller="thing"} 6',
    ]);
  });
});

test('caches of one kind are told of together, with how often their watches began anew', async () => {
  const of = metrics();
  const informer = (resource: typeof SECRETS | typeof NAMESPACES, keys: string[], restarts?: number) => {
    const lister = new ObjectStore<unknown>(() => undefined);
    for (const key of keys) lister.set(key, key, '1');
    return { lister, resource, ...(restarts === undefined ? {} : { restarts: () => restarts }) };
  };
  of.watchInformers([
    informer(SECRETS, ['a', 'b'], 1),
    informer(SECRETS, ['c'], 2),
    informer(NAMESPACES, ['n']),
  ]);
  const expected = async (name: string, secrets: number, namespaces: number) =>
    expect(await linesOf(of, name)).toEqual([
      `${name}{kind="Secret"} ${secrets}`,
      `${name}{kind="Namespace"} ${namespaces}`,
    ]);
  for (let scrape = 0; scrape < 2; scrape += 1) {
    await expected('ecr_operator_informer_objects', 3, 1);
    await expected('ecr_operator_watch_restarts_total', 3, 0);
  }
});

test('requests to the API server are counted by code, method and host', async () => {
  const of = metrics();
  of.kubeRequest('GET', 200);
  of.kubeRequest('GET', 200);
  of.kubeRequest('PATCH', '<error>');
  expect(await linesOf(of, 'rest_client_requests_total')).toEqual([
    'rest_client_requests_total{code="200",method="GET",host="api:6443"} 2',
    'rest_client_requests_total{code="<error>",method="PATCH",host="api:6443"} 1',
  ]);
});

test('a replica stands by until it is told that it leads', async () => {
  const of = metrics();
  const status = () => linesOf(of, 'leader_election_master_status');
  expect([of.isLeader(), await status()]).toEqual([false, ['leader_election_master_status{name="lease"} 0']]);
  let leads = true;
  of.followLeader(() => leads);
  expect([of.isLeader(), await status()]).toEqual([true, ['leader_election_master_status{name="lease"} 1']]);
  leads = false;
  expect([of.isLeader(), await status()]).toEqual([false, ['leader_election_master_status{name="lease"} 0']]);
});

test('the memory limit is told as it is at each scrape, and not at all where there is none', async () => {
  let bytes: number | undefined;
  const limit = () => bytes;
  const of = createMetrics({ version: '1.2.3', leaseName: 'lease', apiServer: '', ofProcess: true, limit });
  const name = 'ecr_operator_memory_limit_bytes';
  expect(await linesOf(of, name)).toEqual([]);
  bytes = 536_870_912;
  expect(await linesOf(of, name)).toEqual([`${name} 536870912`]);
  bytes = undefined;
  expect(await linesOf(of, name)).toEqual([]);
});

test('the limit of the heap is told, which Node sets itself far below that of the memory', async () => {
  const of = createMetrics({ version: '1.2.3', leaseName: 'lease', apiServer: '', ofProcess: true });
  const name = 'ecr_operator_heap_limit_bytes';
  expect(await linesOf(of, name)).toEqual([`${name} ${getHeapStatistics().heap_size_limit}`]);
});

test.each([
  ['a limit', 536_870_912, 536_870_912],
  ['none, as macOS tells it', 0, undefined],
  ['none, as version 1 of control groups tells it', 2 ** 63 - 4_096, undefined],
  ['none, as version 2 of control groups tells it', 2 ** 64, undefined],
])('%s is understood', (_, told, limit) => {
  expect(memoryLimit(told, 16 * 1_024 ** 3)).toBe(limit);
});

test('the process is told of only where it is asked for', async () => {
  expect(await metrics().text()).not.toMatch(/nodejs_|process_/);
  const options = { version: '1.2.3', leaseName: 'lease', apiServer: '', ofProcess: true };
  const text = await createMetrics(options).text();
  expect(text).toMatch(/^process_resident_memory_bytes \d+/m);
  expect(text).toMatch(/^nodejs_eventloop_lag_seconds [\d.e-]+/m);
  expect(text).toMatch(/^ecr_operator_build_info\{version="1\.2\.3"\} 1/m);
});
