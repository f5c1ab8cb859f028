import { setTimeout as sleep } from 'node:timers/promises';
import { secretState } from '../../../src/controllers/pull-secret/secret-state.ts';
import { serviceAccountState } from '../../../src/controllers/pull-secret/service-account.ts';
import { SECRETS, SERVICE_ACCOUNTS } from '../../../src/runtime/resource.ts';
import { watchObjects } from '../../bench/object-watch.ts';
import type { Cluster } from '../../lab/cluster.ts';
import { createPod, failedPulls, running } from '../node/pods.ts';

/** What a load did, and how it went. */
export interface LoadReport {
  /** How long each namespace waited, from its creation until its ServiceAccount named the Secret, which was there (ms). */
  readonly delaysMs: readonly number[];
  /** Pods that were started from a private image, with a pull each. */
  readonly pulls: number;
  /** What kubelet said of pulls that failed, even if the next attempt did not. */
  readonly failedPulls: readonly string[];
}

export interface Load {
  /** Says which namespaces are made from now on: `name-0`, ... */
  phase(name: string): void;
  /** Resolves after so many more Pods have started. */
  pulled(count: number): Promise<void>;
  /** Makes no more; resolves when all that was made is served. Rejects where a namespace or a Pod never was. */
  end(): Promise<Readonly<Record<string, LoadReport>>>;
  /** Ends at once, whatever is under way. May be called again. */
  stop(): Promise<void>;
}

/** Between two namespaces, and between two Pods (ms). */
const PACE_MS = 250;
/** Namespaces that wait at the same time: a machine that cannot keep up must not be measured by its own queue. */
const MOST_WAITING = 40;

interface Phase {
  readonly name: string;
  readonly namespaces: { readonly name: string; readonly served: Promise<number> }[];
  pulls: number;
}

/**
 * Creates namespaces all the time, and Pods in those that are served, one after the other, each of which has to pull
 * its private image with the Secret that was delivered.
 */
export async function startLoad(cluster: Cluster, image: string): Promise<Load> {
  const deliveries = await watchDeliveries(cluster);
  const phases: Phase[] = [];
  let going = true;

  async function repeat(work: (phase: Phase) => Promise<void>): Promise<void> {
    while (going) {
      const phase = phases.at(-1);
      if (phase) await work(phase);
      await sleep(PACE_MS);
    }
  }

  const working = Promise.all([
    repeat((phase) => makeNamespace(cluster, deliveries, phase)),
    repeat((phase) => startPod(cluster, image, phase)),
  ]);
  working.catch(() => undefined);
  const pulls = () => phases.reduce((sum, phase) => sum + phase.pulls, 0);

  async function stop(): Promise<void> {
    going = false;
    await deliveries.stop();
  }
  return {
    stop,
    phase: (name) => void phases.push({ name, namespaces: [], pulls: 0 }),
    async pulled(count) {
      const wanted = pulls() + count;
      // A Pod that does not start ends the wait, too.
      while (pulls() < wanted) await Promise.race([sleep(50), working]);
    },
    async end() {
      going = false;
      await working;
      const report = async (phase: Phase) => [phase.name, await reportOf(cluster, phase)] as const;
      const reports = await Promise.all(phases.map(report));
      await stop();
      return Object.fromEntries(reports);
    },
  };
}

interface Deliveries {
  /** Resolves when the Secret is there and the ServiceAccount `default` names it, with the time (performance.now). */
  served(namespace: string): Promise<number>;
  /** How many of these have not yet resolved. */
  waiting(): number;
  stop(): Promise<void>;
}

async function watchDeliveries({ kubeconfig }: Cluster): Promise<Deliveries> {
  const name = 'ecr-pull';
  const secrets = await watchObjects({
    ...{ kubeconfig, resource: SECRETS, name },
    metadataOnly: true,
    project: secretState,
  });
  const accounts = await watchObjects({
    ...{ kubeconfig, resource: SERVICE_ACCOUNTS },
    project: serviceAccountState,
  });
  let waiting = 0;
  let stopped: Promise<unknown> | undefined;
  return {
    waiting: () => waiting,
    async served(namespace) {
      waiting += 1;
      const times = await Promise.all([
        secrets.until(1, (secret) => secret.namespace === namespace),
        accounts.until(1, (one) => one.namespace === namespace && one.pullSecrets.includes(name)),
      ]);
      waiting -= 1;
      return Math.max(...times);
    },
    async stop() {
      stopped ??= Promise.all([secrets.stop(), accounts.stop()]);
      await stopped;
    },
  };
}

async function makeNamespace({ admin }: Cluster, deliveries: Deliveries, phase: Phase): Promise<void> {
  if (deliveries.waiting() >= MOST_WAITING) return;
  const name = `${phase.name}-${phase.namespaces.length}`;
  const started = performance.now();
  const served = deliveries.served(name).then((time) => time - started);
  served.catch(() => undefined);
  phase.namespaces.push({ name, served });
  await admin.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
}

/** In the newest namespace; resolves when the Pod runs. */
async function startPod(cluster: Cluster, image: string, phase: Phase): Promise<void> {
  const { name: namespace, served } = phase.namespaces.at(-1) ?? {};
  if (!namespace) return;
  await served;
  const name = `web-${phase.pulls}`;
  const pod = { namespace, name, image, scheduled: true, pullPolicy: 'Always' } as const;
  await running(cluster, await createPod(cluster, pod));
  phase.pulls += 1;
  await cluster.admin.delete({ apiVersion: 'v1', kind: 'Pod', metadata: { namespace, name } });
}

async function reportOf(cluster: Cluster, { namespaces, pulls }: Phase): Promise<LoadReport> {
  const delaysMs = await Promise.all(namespaces.map(({ served }) => served));
  const failures = await Promise.all(namespaces.map(({ name }) => failedPulls(cluster, name)));
  return { delaysMs, pulls, failedPulls: failures.flat() };
}
