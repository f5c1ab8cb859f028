import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { scriptOf } from '../../integration/docs/commands.ts';
import type { Cluster } from '../../lab/cluster.ts';
import { waitFor } from '../../lab/wait-for.ts';
import { readPage, sectionsOf } from '../../unit/docs/markdown.ts';
import { describeOnNode, START_TIMEOUT_MS } from '../node/describe-on-node.ts';
import { tracesOf } from '../node/traces.ts';
import { servedAfter } from './delivery.ts';
import { measured, ms } from './measured.ts';
import { type OperatorCluster, startOperatorCluster } from './operator-cluster.ts';
import {
  ask,
  goneAfter,
  isReady,
  leader,
  logOf,
  type OperatorPod,
  operatorPods,
  processOf,
  startOf,
  usageOf,
} from './operator-pods.ts';

const sections = sectionsOf(await readPage('docs/production.md'));

/** What the chart sets. */
const LIMIT = 512 * 1_024 ** 2;

describeOnNode('the chart on a whole cluster, by the commands of docs/production.md', () => {
  let whole: OperatorCluster;
  let cluster: Cluster;

  beforeAll(async () => {
    whole = await startOperatorCluster();
    cluster = whole.cluster;
    await whole.push('team-a/web', '1');
  }, START_TIMEOUT_MS);

  afterAll(async () => {
    await whole?.stop();
  }, 60_000);

  /** Runs all commands of a section of the page, and returns what they printed. */
  async function section(name: string): Promise<string> {
    const blocks = sections.get(name) ?? [];
    expect(blocks).not.toEqual([]);
    let printed = '';
    for (const block of blocks) printed += await whole.shell.run(scriptOf(block));
    return printed;
  }

  async function bothReady(): Promise<readonly OperatorPod[]> {
    return waitFor(() => operatorPods(cluster), {
      what: 'two replicas to be ready',
      until: (pods) => pods.length === 2 && pods.every(isReady),
      timeoutMs: 120_000,
    });
  }

  async function leadingPod(): Promise<OperatorPod> {
    const name = await leader(cluster);
    const pod = (await bothReady()).find(({ metadata }) => metadata.name === name);
    if (!pod) throw new Error(`the leader ${name} is no Pod`);
    return pod;
  }

  test('both replicas become ready, and one of them leads', async () => {
    const started = performance.now();
    const printed = await section('Install');
    const pods = await bothReady();
    measured(`helm install to two ready replicas: ${Math.round(performance.now() - started)} ms`);
    const names = pods.map(({ metadata }) => metadata.name);
    expect(names).toContain(await leader(cluster));
    for (const name of names) expect(printed).toContain(name);
    expect(pods.map(({ status }) => status?.containerStatuses?.[0]?.restartCount)).toEqual([0, 0]);
  }, 180_000);

  test('the main job is done from inside the Pod: kubelet pulls a private image with the Secret', async () => {
    const printed = await section('The first pull secret');
    expect(printed).toContain('pod/web condition met');
    const events = await cluster.kubectl('-n', 'team-a', 'get', 'events', '--field-selector=reason=Pulled');
    expect(events).toContain('Successfully pulled image');
  }, 180_000);

  test('its log is JSON, its metrics are scraped, and both replicas answer their probes', async () => {
    const printed = await section('Watch it');
    expect(printed).toContain('# HELP');
    for (const pod of await bothReady()) {
      const lines = await logOf(cluster, pod);
      expect(lines.filter((line) => !('level' in line && 'time' in line && 'msg' in line))).toEqual([]);
      await cluster.refuseLeaks(printed, JSON.stringify(lines));
      for (const path of ['/healthz', '/readyz'])
        expect(await ask(cluster, pod, 8081, path)).toMatchObject({ status: 200 });
      const metrics = await ask(cluster, pod, 8080, '/metrics');
      expect(metrics).toMatchObject({
        status: 200,
        body: expect.stringContaining('process_cpu_seconds_total'),
      });
    }
  }, 60_000);

  test('the caches of each were filled soon after the process began', async () => {
    for (const pod of await bothReady()) {
      const filled = (await logOf(cluster, pod)).find(
        ({ msg }) => msg === 'leading' || msg === 'standing by',
      );
      const took = Date.parse(filled?.time ?? '') - (await startOf(pod));
      measured(`${pod.metadata.name}: start to ${filled?.msg}: ${ms(took)}`);
      // A second on a quiet machine.
      expect(took).toBeLessThan(60_000);
    }
  });

  test('idle, each replica needs less than half of the memory that the chart allows', async () => {
    for (const pod of await bothReady()) {
      const usage = await usageOf(pod);
      const figures = Object.entries(usage).map(
        ([name, bytes]) => `${name} ${Math.round(bytes / 1_024 ** 2)} MiB`,
      );
      measured(`${pod.metadata.name} idle: ${figures.join(', ')}`);
      expect(usage.rss).toBeLessThan(LIMIT / 2);
    }
  });

  test('when the leader is deleted, the standby takes over at once, and the Pod is gone within its grace', async () => {
    const { metadata } = await leadingPod();
    const started = performance.now();
    await cluster.admin.delete({ apiVersion: 'v1', kind: 'Pod', metadata });
    const [takeover, gone] = await Promise.all([
      leader(cluster, metadata.name).then(() => performance.now() - started),
      goneAfter(cluster, metadata.name, started),
    ]);
    const served = await servedAfter(cluster, 'after-deletion');
    measured(
      `leader deleted: takeover ${ms(takeover)}, its Pod gone ${ms(gone)}, next namespace served ${ms(served)}`,
    );
    // The Lease was given back: its end is 25 s away at the least. And the grace of 45 s is not used up.
    expect(takeover).toBeLessThan(25_000);
    expect(gone).toBeLessThan(40_000);
  }, 180_000);

  test('when the process of the leader is killed, its restarted container or the standby goes on', async () => {
    const pod = await leadingPod();
    process.kill(await processOf(pod), 'SIGKILL');
    const served = await servedAfter(cluster, 'after-kill');
    const now = await leader(cluster);
    const who = now === pod.metadata.name ? 'the same Pod' : 'the standby';
    measured(`leader killed: next namespace served by ${who} after ${ms(served)}`);
    const again = await bothReady();
    expect(again.map(({ metadata }) => metadata.name)).toContain(pod.metadata.name);
  }, 300_000);

  test('an upgrade to the same is nothing, and uninstalling leaves the CRDs alone', async () => {
    const before = (await bothReady()).map(({ metadata }) => metadata.uid).sort();
    await section('Upgrade');
    expect((await bothReady()).map(({ metadata }) => metadata.uid).sort()).toEqual(before);
    await section('Uninstall');
    const kinds = 'all,clusterrole,clusterrolebinding,lease,pdb,namespace';
    const left = async () => (await cluster.kubectl('get', kinds, '-A', '-o', 'name')).split('\n');
    // The Pods go after their Deployment.
    await waitFor(async () => (await left()).filter((name) => name.includes('ecr-operator')), {
      what: 'nothing of the operator to be left',
      until: (names) => names.length === 0,
      timeoutMs: 120_000,
    });
    expect(await cluster.kubectl('get', 'crd', '-o', 'name')).toContain('registries.ecr-operator.io');
    const secrets = await cluster.kubectl('get', 'secrets', '-A', '--field-selector=metadata.name=ecr-pull');
    expect(secrets.trim()).toBe('');
  }, 300_000);

  test('when the cluster is stopped, nothing of the node and of its Pods is left', async () => {
    const traces = await tracesOf(cluster.node.folder);
    expect(traces.processes).toEqual(expect.arrayContaining(['containerd', 'kubelet', 'program']));
    await cluster.node.stop();
    await waitFor(() => traces.left(), {
      what: 'nothing of the node to be left',
      until: (left) => left.length === 0,
      timeoutMs: 60_000,
    });
  }, 120_000);
});
