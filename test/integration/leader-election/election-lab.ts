import { type ApiProxy, startApiProxy } from '../../lab/api-proxy.ts';
import type { KubeObject } from '../../lab/kube-client.ts';
import { ACCOUNT, type Lab, OPERATOR_NAMESPACE, startLab } from '../../lab/lab.ts';
import type { OperatorProcess } from '../../lab/operator.ts';
import { waitFor } from '../../lab/wait-for.ts';
import { clusterPullSecret, core, registry } from '../pull-secret/pull-objects.ts';

/** As short as a busy machine allows. */
export const TIMES = { durationMs: 8_000, renewDeadlineMs: 6_000, retryPeriodMs: 1_000 };
/** What a busy machine may be late by (ms); less than the time of another Lease. */
export const MARGIN_MS = 6_000;

export const LEASE = {
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  metadata: { name: 'ecr-operator', namespace: OPERATOR_NAMESPACE },
};

export interface Replica {
  /** Under which it is known: no other test has it. */
  readonly name: string;
  readonly process: OperatorProcess;
  /** Its own way to the API server. */
  readonly proxy: ApiProxy;
  /** What it asked of AWS. */
  actions(): readonly string[];
  /** Resolves when its caches are filled and it knows who leads. */
  standsBy(): Promise<void>;
  /** Sends a signal to the process itself. */
  signal(signal: 'SIGSTOP' | 'SIGCONT' | 'SIGKILL' | 'SIGTERM'): void;
  /** What it changed in the cluster, the Lease excepted. */
  writes(): readonly string[];
}

/** Several operators of one installation, each a process of its own. */
export interface ElectionLab {
  readonly lab: Lab;
  /** Starts one; the same name in one test is the same replica again. */
  replica(name: string, env?: Readonly<Record<string, string>>): Promise<Replica>;
  /** Who the Lease says it is, '' for nobody. */
  holder(): Promise<string>;
  /** How often the Lease went to another one. */
  transitions(): Promise<number | undefined>;
  /** Makes a namespace and returns its name. */
  namespace(): Promise<string>;
  /** Resolves when the namespace has its pull Secret. */
  served(name: string): Promise<void>;
  /** Ends all replicas, and forgets who led. */
  clear(): Promise<void>;
  stop(): Promise<void>;
}

interface LeaseObject extends KubeObject {
  readonly spec?: { readonly holderIdentity?: string; readonly leaseTransitions?: number };
}

/** Starts the cluster and AWS, with all that pull Secrets need in every namespace; no operator runs yet. */
export async function startElectionLab(): Promise<ElectionLab> {
  const lab = await startLab();
  await lab.admin.create(registry('main', { accountId: ACCOUNT, region: 'us-east-1' }));
  await lab.admin.create(clusterPullSecret('everywhere', { registries: [{ name: 'main' }] }));
  const proxies: ApiProxy[] = [];
  const running: OperatorProcess[] = [];
  let tests = 0;
  let namespaces = 0;

  async function replica(nameInTest: string, env: Readonly<Record<string, string>> = {}): Promise<Replica> {
    const name = `${nameInTest}-${tests}`;
    const proxy = await startApiProxy(lab.controlPlane);
    proxies.push(proxy);
    const arn = `arn:aws:iam::${ACCOUNT}:user/${name}`;
    const { accessKeyId, secretAccessKey } = lab.aws.addUser({ arn });
    const process = await lab.spawnOperator({
      server: proxy.url,
      env: {
        AWS_ACCESS_KEY_ID: accessKeyId,
        AWS_SECRET_ACCESS_KEY: secretAccessKey,
        ECR_OPERATOR_LEADER_ELECT: 'true',
        ECR_OPERATOR_POD_NAME: name,
        ECR_OPERATOR_LEASE_DURATION_SECONDS: String(TIMES.durationMs / 1_000),
        ECR_OPERATOR_LEASE_RENEW_DEADLINE_SECONDS: String(TIMES.renewDeadlineMs / 1_000),
        ECR_OPERATOR_LEASE_RETRY_PERIOD_SECONDS: String(TIMES.retryPeriodMs / 1_000),
        ...env,
      },
    });
    running.push(process);
    const made: Replica = {
      name,
      process,
      proxy,
      actions: () =>
        lab.aws.actions
          .all()
          .filter(({ principalArn }) => principalArn === arn)
          .map(({ action }) => action),
      signal: (signal) => void globalThis.process.kill(process.pid, signal),
      writes: () =>
        proxy
          .mutations({ where: ({ path }) => !path.includes('/leases/') })
          .map(({ method, path }) => `${method} ${path}`),
      async standsBy() {
        await waitFor(() => saidAt(lab, 'standing by', made), {
          what: `${name} to stand by`,
          timeoutMs: 30_000,
        });
      },
    };
    return made;
  }

  return {
    lab,
    replica,
    holder: async () => (await lab.admin.get<LeaseObject>(LEASE))?.spec?.holderIdentity ?? '',
    transitions: async () => (await lab.admin.get<LeaseObject>(LEASE))?.spec?.leaseTransitions,
    async namespace() {
      namespaces += 1;
      const name = `team-${namespaces}`;
      await lab.admin.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
      return name;
    },
    async served(name) {
      await waitFor(() => lab.admin.get(core('Secret', 'ecr-pull', name)), {
        what: `the pull Secret of ${name}`,
      });
    },
    async clear() {
      await Promise.all(running.splice(0).map((process) => process.kill()));
      await lab.admin.delete(LEASE);
      tests += 1;
    },
    async stop() {
      await lab.stop().finally(() => Promise.all(proxies.map((proxy) => proxy.stop())));
    },
  };
}

/** When a replica first said these words, by its own clock (ms); undefined where it did not. */
export async function saidAt(lab: Lab, words: string, { name }: Replica): Promise<number | undefined> {
  const lines = (await lab.operatorLog()).split('\n').filter((line) => line.includes(`"${words}"`));
  const line = lines.map((text) => JSON.parse(text) as LogLine).find(({ replica }) => replica === name);
  return line && Date.parse(line.time);
}

interface LogLine {
  readonly time: string;
  readonly replica?: string;
}
