import { type SecretState, secretState } from '../../src/controllers/pull-secret/secret-state.ts';
import {
  type ServiceAccountState,
  serviceAccountState,
} from '../../src/controllers/pull-secret/service-account.ts';
import { SECRETS, SERVICE_ACCOUNTS } from '../../src/runtime/resource.ts';
import { ACCOUNT, type Lab, REGION } from '../lab/lab.ts';
import type { OperatorProcess } from '../lab/operator.ts';
import { waitFor } from '../lab/wait-for.ts';
import { type ObjectWatch, watchObjects } from './object-watch.ts';

export const API_VERSION = 'ecr-operator.io/v1alpha1';
/** What pull Secrets are called. */
export const SECRET_NAME = 'ecr-pull';

/** Two accounts, and one of them in two regions; no two in one region, so that calls tell which is meant. */
export const REGISTRIES = [
  { name: 'home', accountId: ACCOUNT, region: REGION },
  { name: 'abroad', accountId: ACCOUNT, region: 'us-west-2' },
  { name: 'partner', accountId: '210987654321', region: 'eu-central-1' },
] as const;

/** kube-controller-manager without the limits that it has by default: it is not what is measured. */
export const CONTROL_PLANE = {
  controllerManagerArgs: ['--kube-api-qps=2000', '--kube-api-burst=4000'],
} as const;

/** Works on all of `items`, sixteen at a time. */
async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<void> {
  const queue = [...items];
  const worker = async (): Promise<void> => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: 16 }, worker));
}

/** Not those of the system: the figures are to be whole numbers. */
const LABELS = { 'lab.test/bench': 'yes' } as const;

/** Makes one namespace that the Secret is for. */
export async function makeNamespace({ admin }: Lab, name: string): Promise<void> {
  await admin.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: LABELS } } as never);
}

/**
 * Makes so many namespaces, with so many ServiceAccounts each (`default`, and some of our own), and waits until
 * `default` is there everywhere.
 */
export async function makeNamespaces(lab: Lab, count: number, accounts: number): Promise<void> {
  const { admin, kubeconfig } = lab;
  const all = await watchObjects({ kubeconfig, resource: SERVICE_ACCOUNTS, project: serviceAccountState });
  const spaces = Array.from({ length: count }, (_, index) => `bench-${index}`);
  try {
    await inParallel(spaces, async (namespace) => {
      await makeNamespace(lab, namespace);
      for (let index = 1; index < accounts; index += 1) {
        const metadata = { namespace, name: `app-${index}` };
        await admin.create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata });
      }
    });
    await all.until(count * accounts, ({ namespace }) => namespace.startsWith('bench-'));
  } finally {
    await all.stop();
  }
}

/** A role that the operator may assume, in that account; its ARN. */
export function roleFor({ aws }: Lab, name: string, accountId: string = ACCOUNT): string {
  const arn = `arn:aws:iam::${accountId}:role/${name}`;
  aws.addRole({ arn, trusts: [`arn:aws:iam::${ACCOUNT}:user/ecr-operator`] });
  return arn;
}

/** The Registries, each with a role that narrows its tokens to pulling, and one Secret for all in every namespace. */
async function declare(lab: Lab): Promise<void> {
  for (const { name, accountId, region } of REGISTRIES) {
    const pullRoleArn = roleFor(lab, name, accountId);
    const spec = { accountId, region, access: 'PullOnly', pullRoleArn };
    await lab.admin.create(object('Registry', name, spec));
  }
  const spec = {
    registries: REGISTRIES.map(({ name }) => ({ name })),
    namespaceSelector: { matchLabels: LABELS },
    serviceAccounts: { mode: 'All' },
  };
  await lab.admin.create(object('ClusterPullSecret', 'all', spec));
}

/**
 * Declares all, and resolves when so many Secrets are there, so many ServiceAccounts name them, and the status says
 * so; gives how long the Secrets and their names took (ms).
 */
export async function firstDelivery(
  lab: Lab,
  { secrets, accounts }: Watches,
  count: number,
  accountsEach: number,
): Promise<number> {
  const all = Promise.all([
    secrets.until(count, ({ logins }) => logins.length === REGISTRIES.length),
    accounts.until(count * accountsEach, names),
  ]);
  const started = performance.now();
  const [times] = await Promise.all([all, declare(lab)]);
  await settled(lab);
  return Math.max(...times) - started;
}

/** An object of ours without a namespace. */
export function object(kind: string, name: string, spec: object) {
  return { apiVersion: API_VERSION, kind, metadata: { name }, spec };
}

/** Pull Secrets and ServiceAccounts as watches show them. */
export interface Watches {
  readonly secrets: ObjectWatch<SecretState>;
  readonly accounts: ObjectWatch<ServiceAccountState>;
  stop(): Promise<void>;
}

/** Begins to watch both. */
export async function watchFleet({ kubeconfig }: Lab): Promise<Watches> {
  const secrets = await watchObjects({
    kubeconfig,
    resource: SECRETS,
    name: SECRET_NAME,
    metadataOnly: true,
    project: secretState,
  });
  const accounts = await watchObjects({
    kubeconfig,
    resource: SERVICE_ACCOUNTS,
    project: serviceAccountState,
  });
  return { secrets, accounts, stop: async () => void (await Promise.all([secrets.stop(), accounts.stop()])) };
}

/** Whether a ServiceAccount names the Secret. */
export function names({ pullSecrets }: ServiceAccountState): boolean {
  return pullSecrets.includes(SECRET_NAME);
}

/** Resolves when the status of `all` says that every namespace is ready, and tells these times of its tokens. */
export async function settled(lab: Lab, issuedAt?: ReadonlySet<string>): Promise<void> {
  const ref = { apiVersion: API_VERSION, kind: 'ClusterPullSecret', metadata: { name: 'all' } };
  const read = async (): Promise<Status | undefined> =>
    (await lab.admin.get<typeof ref & { status?: Status }>(ref))?.status;
  await waitFor(read, {
    what: 'the status of the ClusterPullSecret',
    until: (status) => isSettled(status, issuedAt),
    timeoutMs: 120_000,
    intervalMs: 200,
  });
}

/** It has to end in order: what is left over from it would weigh on what comes next. */
export async function stopOperator(operator: OperatorProcess): Promise<void> {
  if (!(await operator.stop())) throw new Error('the operator did not stop cleanly');
}

interface Status {
  readonly namespaces?: { readonly matched: number; readonly ready: number };
  readonly tokens?: readonly { readonly issuedAt?: string }[];
}

function isSettled(status: Status | undefined, issuedAt: ReadonlySet<string> | undefined): boolean {
  const { namespaces, tokens = [] } = status ?? {};
  if (!namespaces || namespaces.matched === 0 || namespaces.ready !== namespaces.matched) return false;
  return !issuedAt || tokens.every((token) => issuedAt.has(token.issuedAt ?? ''));
}
