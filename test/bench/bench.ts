import { setTimeout as sleep } from 'node:timers/promises';
import { type SecretState, secretState } from '../../src/controllers/pull-secret/secret-state.ts';
import {
  type ServiceAccountState,
  serviceAccountState,
} from '../../src/controllers/pull-secret/service-account.ts';
import { timestamp } from '../../src/runtime/clock.ts';
import { SECRETS, SERVICE_ACCOUNTS } from '../../src/runtime/resource.ts';
import { ACCOUNT, REGION, startLab } from '../lab/lab.ts';
import type { OperatorProcess } from '../lab/operator.ts';
import { waitFor } from '../lab/wait-for.ts';
import { rawRotation } from './ceiling.ts';
import { countConnections } from './connections.ts';
import { duration, percentile, row } from './figures.ts';
import { type ObjectWatch, watchObjects } from './object-watch.ts';

/** Namespaces that are there, and namespaces that are made one after the other. */
const NAMESPACES = Number(process.env['BENCH_NAMESPACES'] ?? 1_000);
const NEW_NAMESPACES = 100;
const ROUNDS = 5;
const CONCURRENCIES = [8, 16, 32, 64];
/** Longer than the back-off of the watches that a leap in time cuts off: rounds must not weigh on each other. */
const RECOVERY_MS = 3_000;
const HALF_LIFE_MS = 6 * 3_600_000;

const lab = await startLab();
try {
  await bench();
} finally {
  await lab.stop();
}

async function bench(): Promise<void> {
  await makeNamespaces('bench', NAMESPACES);
  const { kubeconfig } = lab;
  const secrets = await watchObjects({
    kubeconfig,
    resource: SECRETS,
    name: 'ecr-pull',
    metadataOnly: true,
    project: secretState,
  });
  const accounts = await watchObjects({
    kubeconfig,
    resource: SERVICE_ACCOUNTS,
    name: 'default',
    project: serviceAccountState,
  });
  await accounts.until(NAMESPACES, () => true);
  const operator = await lab.startOperator({ env: { ECR_OPERATOR_LOG_LEVEL: 'info' } });
  const connections = countConnections(operator.pid, Number(new URL(lab.controlPlane.url).port));
  await firstDelivery(secrets, accounts);
  const rotation = await rotations(secrets);
  const rotated = secrets.values();
  await newNamespaces(secrets, accounts);
  await accounts.stop();
  row('TLS connections opened in all of this', String(connections.seen()));
  connections.stop();
  await stopOperator(operator);
  const ceiling = await ceilings(rotated);
  row('rotation / ceiling', `${(rotation / ceiling).toFixed(2)} times`);
  await secrets.stop();
}

async function makeNamespaces(prefix: string, count: number): Promise<void> {
  const names = Array.from({ length: count }, (_, index) => `${prefix}-${index}`);
  const worker = async (): Promise<void> => {
    for (let name = names.pop(); name; name = names.pop()) {
      await lab.admin.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    }
  };
  await Promise.all(Array.from({ length: 16 }, worker));
}

async function firstDelivery(
  secrets: ObjectWatch<SecretState>,
  accounts: ObjectWatch<ServiceAccountState>,
): Promise<void> {
  const api = 'ecr-operator.io/v1alpha1';
  const all = Promise.all([
    secrets.until(NAMESPACES, ({ managed }) => managed),
    accounts.until(NAMESPACES, ({ pullSecrets }) => pullSecrets.includes('ecr-pull')),
  ]);
  const registry = {
    apiVersion: api,
    kind: 'Registry',
    metadata: { name: 'default' },
    spec: { accountId: ACCOUNT, region: REGION },
  };
  const pullSecret = { apiVersion: api, kind: 'ClusterPullSecret', metadata: { name: 'all' }, spec: {} };
  const started = performance.now();
  await lab.admin.create(registry);
  await lab.admin.create(pullSecret);
  row(`first delivery, ${NAMESPACES} namespaces`, duration(Math.max(...(await all)) - started));
  await lab.kubectl('wait', '--for=condition=Ready', 'ecrcps/all', '--timeout=120s');
}

/** From the answer to the namespace's creation until watches show the Secret, and its name in the ServiceAccount. */
async function newNamespaces(
  secrets: ObjectWatch<SecretState>,
  accounts: ObjectWatch<ServiceAccountState>,
): Promise<void> {
  const samples = { account: [] as number[], secret: [] as number[], attached: [] as number[] };
  for (let index = 0; index < NEW_NAMESPACES; index += 1) {
    const name = `late-${index}`;
    const here = ({ namespace }: { readonly namespace: string }): boolean => namespace === name;
    const account = accounts.until(1, here);
    const secret = secrets.until(1, here);
    const attached = accounts.until(1, (object) => here(object) && object.pullSecrets.includes('ecr-pull'));
    await lab.admin.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    const started = performance.now();
    samples.account.push((await account) - started);
    samples.secret.push((await secret) - started);
    samples.attached.push((await attached) - started);
  }
  const figures = (times: readonly number[]): string[] => [
    `p50 ${duration(percentile(times, 0.5))}`,
    `p99 ${duration(percentile(times, 0.99))}`,
  ];
  row(`a namespace beside ${NAMESPACES}: Secret`, ...figures(samples.secret));
  row('  its ServiceAccount made (not by us)', ...figures(samples.account));
  row('  its ServiceAccount names the Secret', ...figures(samples.attached));
}

async function rotations(secrets: ObjectWatch<SecretState>): Promise<number> {
  const count = secrets.values().length;
  const samples: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const before = Math.max(...secrets.values().map(({ issuedAt }) => issuedAt));
    const last = secrets.until(count, ({ issuedAt }) => issuedAt > before);
    let issued = 0;
    const forget = lab.aws.actions.onAction(({ action }) => {
      if (action === 'ecr:GetAuthorizationToken') issued = performance.now();
    });
    await lab.advance(HALF_LIFE_MS);
    samples.push((await last) - issued);
    forget();
    await settled(Math.max(...secrets.values().map(({ issuedAt }) => issuedAt)));
  }
  const middle = percentile(samples, 0.5);
  row(
    `rotation, ${count} namespaces (median of ${ROUNDS})`,
    duration(middle),
    `${(middle / count).toFixed(2)} ms each`,
  );
  return middle;
}

/** The status tells of the round, and all is quiet again. */
async function settled(issuedAt: number): Promise<void> {
  const expected = timestamp(issuedAt);
  await waitFor(() => lab.kubectl('get', 'ecrcps/all', '-o', 'jsonpath={.status.tokens[0].issuedAt}'), {
    what: 'the status of the rotation',
    until: (shown) => shown === expected,
  });
  await sleep(RECOVERY_MS);
}

/** What is left over from it would weigh on the ceiling. */
async function stopOperator(operator: OperatorProcess): Promise<void> {
  if (!(await operator.stop())) throw new Error('the operator did not stop cleanly');
}

async function ceilings(targets: readonly SecretState[]): Promise<number> {
  const medians: number[] = [];
  for (const concurrency of CONCURRENCIES) {
    const samples: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      samples.push(await rawRotation(lab.controlPlane, targets, concurrency));
    }
    const middle = percentile(samples, 0.5);
    medians.push(middle);
    row(
      `  the same PATCHes, bare, ${concurrency} connections`,
      duration(middle),
      `${(middle / targets.length).toFixed(2)} ms each`,
    );
  }
  return Math.min(...medians);
}
