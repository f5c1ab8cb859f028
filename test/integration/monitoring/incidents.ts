import type { Fault } from '../../lab/aws/faults.ts';
import type { KubeRef } from '../../lab/kube-client.ts';
import { OPERATOR_NAMESPACE } from '../../lab/lab.ts';
import { waitFor } from '../../lab/wait-for.ts';
import { core } from '../repository/ecr-lab.ts';
import type { IncidentLab } from './incident-lab.ts';
import {
  change,
  isObserved,
  manifest,
  namespace,
  poke,
  pushImage,
  REGISTRY,
  repository,
  TEAM,
} from './incident-objects.ts';

/** One trouble that the operator was in; numbers are scrapes of the record. */
export interface Incident {
  readonly name: string;
  /** What fires at the end of it, and no more some time after. */
  readonly alerts: readonly string[];
  /** The last scrape of the trouble, and the last of the time after it. */
  readonly troubled: number;
  readonly over: number;
}

/** Something that goes wrong and is put right again, with the time that both take. */
interface Trouble {
  readonly name: string;
  readonly alerts: readonly string[];
  /** Calls `mark` when everything has gone wrong for long enough. */
  readonly run: (lab: IncidentLab, mark: () => void) => Promise<void>;
}

/** AWS does not know the keys any more. */
const KEYS_REFUSED: Fault = {
  kind: 'error',
  name: 'UnrecognizedClientException',
  message: 'The security token included in the request is invalid.',
};
/** More than are forgiven in an hour. */
const MANY_CHANGES = 14;
/** More namespaces than there are workers. */
const NEW_NAMESPACES = 20;

/** What is there before anything goes wrong: one replica, a Registry, a pull Secret, two Repositories. */
export async function settle(lab: IncidentLab): Promise<void> {
  const { admin } = lab;
  await lab.replica('a:8080');
  await admin.create(namespace(TEAM));
  for (const object of [
    REGISTRY,
    manifest('ClusterPullSecret', 'all', {}),
    repository('web'),
    repository('watched'),
  ])
    await admin.apply(object);
  const isThere = async (): Promise<boolean> =>
    ['web', 'watched'].every((name) => lab.ecr.repository(name)) &&
    (await admin.get(core('Secret', 'ecr-pull', TEAM))) !== undefined;
  await waitFor(isThere, { what: 'repositories and pull Secret', timeoutMs: 60_000 });
  for (const [index, name] of ['web', 'watched'].entries()) pushImage(lab, name, index + 1);
  await lab.minutes(10);
}

/** Goes through all troubles, one after the other. */
export async function goThrough(lab: IncidentLab): Promise<readonly Incident[]> {
  const incidents: Incident[] = [];
  for (const { name, alerts, run } of TROUBLES) {
    let troubled = 0;
    const mark = (): void => {
      troubled = lab.record.length - 1;
    };
    await run(lab, mark);
    incidents.push({ name, alerts, troubled, over: lab.record.length - 1 });
  }
  return incidents;
}

const TROUBLES: readonly Trouble[] = [
  {
    name: 'somebody keeps changing a repository',
    alerts: ['EcrOperatorDriftFought'],
    async run(lab, mark) {
      // It takes a minute or a few until each change is seen; all have to be within an hour.
      for (let minute = 0, changes = 0; changes < MANY_CHANGES && minute < 55; minute += 1) {
        if (change(lab, 'web')) changes += 1;
        await poke(lab, repository('web'), minute);
        await lab.minutes(1);
      }
      mark();
      await lab.minutes(65);
    },
  },
  {
    name: 'AWS throttles all of ECR',
    alerts: [
      'EcrOperatorThrottled',
      'EcrOperatorRotationFailing',
      'EcrOperatorTokenOverdue',
      'EcrOperatorTokenExpiring',
      'EcrOperatorDriftCheckFailing',
    ],
    run: (lab, mark) => withFault(lab, mark, { action: 'ecr:*', fault: { kind: 'throttle' }, minutes: 75 }),
  },
  {
    name: 'AWS refuses the keys',
    alerts: ['EcrOperatorCredentialsRefused', 'EcrOperatorRegistryNotReady'],
    async run(lab, mark) {
      lab.aws.faults.add({ match: { action: '*' }, fault: KEYS_REFUSED });
      await lab.minutes(7);
      await poke(lab, REGISTRY, 1);
      await lab.until('a:8080', /^ecr_operator_registry_ready\{.*\} 0$/m);
      await lab.until('a:8080', /^ecr_operator_tokens_failing\{.*CredentialsRefused.*\} 1$/m);
      await lab.minutes(20);
      mark();
      await heal(lab);
    },
  },
  {
    name: 'ECR does not answer',
    alerts: ['EcrOperatorAwsUnreachable'],
    run: (lab, mark) =>
      withFault(lab, mark, { action: 'ecr:*', fault: { kind: 'server-error' }, minutes: 40 }),
  },
  {
    name: 'a right is missing, a name is taken, and ECR differs',
    alerts: [
      'EcrOperatorAccessDenied',
      'EcrOperatorObjectNotReady',
      'EcrOperatorReconcileErrors',
      'EcrOperatorNamespaceFailing',
      'EcrOperatorDriftNotMended',
    ],
    async run(lab, mark) {
      const { admin } = lab;
      lab.aws.faults.add({ match: { action: 'ecr:CreateRepository' }, fault: { kind: 'access-denied' } });
      for (const name of ['new-1', 'new-2', 'new-3']) await admin.apply(repository(name));
      await admin.create(namespace('taken', { 'ecr-operator.io/pull-secrets': 'disabled' }));
      await admin.create(core('Secret', 'ecr-pull', 'taken'));
      await admin.apply(namespace('taken', { 'ecr-operator.io/pull-secrets': 'enabled' }));
      await admin.apply(repository('watched', { mode: 'Observe' }));
      // Or the change would still be mended.
      while (!(await isObserved(lab, repository('watched')))) await lab.minutes(1);
      change(lab, 'watched');
      await poke(lab, repository('watched'), 1);
      await lab.until('a:8080', /^ecr_operator_objects_not_ready\{.*DriftObserved.*\} 1$/m);
      await lab.until('a:8080', /^ecr_operator_objects_not_ready\{.*AccessDenied.*\} 3$/m);
      await lab.until('a:8080', /^ecr_operator_pull_secret_namespaces\{.*failed.*\} 1$/m);
      await lab.minutes(40);
      mark();
      await admin.delete(core('Secret', 'ecr-pull', 'taken'));
      await admin.apply(repository('watched', { mode: 'Enforce' }));
      await heal(lab);
    },
  },
  {
    name: 'writes of Secrets hang',
    alerts: ['EcrOperatorQueueStuck', 'EcrOperatorNamespacePending'],
    async run(lab, mark) {
      const { promise: until, resolve: goOn } = Promise.withResolvers<void>();
      const match = { method: 'PATCH', path: /\/secrets\// };
      lab.proxy.addFault({ match, fault: { kind: 'slow', until } });
      for (let index = 0; index < NEW_NAMESPACES; index += 1)
        await lab.admin.create(namespace(`new-${index}`));
      await lab.until('a:8080', /^ecr_operator_pull_secret_namespaces\{.*pending.*\} [1-9]/m);
      await lab.until('a:8080', /^workqueue_depth\{name="delivery"\} [1-9]/m);
      await lab.minutes(30);
      mark();
      goOn();
      await heal(lab);
    },
  },
  {
    name: 'the API server fails',
    alerts: ['EcrOperatorApiErrors', 'EcrOperatorWatchRestarts'],
    async run(lab, mark) {
      lab.proxy.addFault({ match: {}, fault: { kind: 'respond', status: 500 } });
      for (let minute = 0; minute < 30; minute += 1) {
        lab.proxy.resetWatches();
        await lab.minutes(1);
      }
      mark();
      await heal(lab);
    },
  },
  {
    name: 'a second replica takes itself for the leader',
    alerts: ['EcrOperatorTwoLeaders'],
    async run(lab, mark) {
      const second = await lab.replica('b:8080');
      await lab.minutes(6);
      mark();
      await second.kill();
      await lab.minutes(3);
    },
  },
  {
    name: 'no replica runs',
    alerts: ['EcrOperatorDown'],
    async run(lab, mark) {
      await lab.stopReplica('a:8080');
      await lab.minutes(8);
      mark();
      await lab.admin.apply(LEASE_OF_NOBODY);
      await lab.replica('c:8080', { ECR_OPERATOR_LEADER_ELECT: 'true' });
      await lab.minutes(2);
    },
  },
  {
    name: 'the one replica that runs waits for a Lease',
    alerts: ['EcrOperatorNoLeader'],
    async run(lab, mark) {
      await lab.minutes(4);
      mark();
      // As a leader leaves it that stops; a Lease that is deleted says nothing of who held it.
      await lab.admin.patch(LEASE_OF_NOBODY, { spec: { holderIdentity: '' } });
      const leads = async (): Promise<boolean> =>
        /^leader_election_master_status\{[^}]*\} 1$/m.test(await lab.metricsOf('c:8080'));
      await waitFor(leads, { what: 'the replica to lead', timeoutMs: 60_000 });
      await lab.minutes(3);
    },
  },
];

/** Held by a replica that there is not. */
const LEASE_OF_NOBODY = {
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  metadata: { name: 'ecr-operator', namespace: OPERATOR_NAMESPACE },
  spec: { holderIdentity: 'nobody', leaseDurationSeconds: 3_600, renewTime: '2030-01-01T00:00:00.000000Z' },
} as unknown as KubeRef;

interface AwsTrouble {
  readonly action: string;
  readonly fault: Fault;
  readonly minutes: number;
}

async function withFault(
  lab: IncidentLab,
  mark: () => void,
  { action, fault, minutes }: AwsTrouble,
): Promise<void> {
  lab.aws.faults.add({ match: { action }, fault });
  await lab.minutes(minutes);
  mark();
  await heal(lab);
}

/** Longer than an object's back-off and the longest window of an alert together. */
const HEALING_MINUTES = 35;

async function heal(lab: IncidentLab): Promise<void> {
  lab.aws.faults.clear();
  lab.proxy.heal();
  await lab.minutes(HEALING_MINUTES);
}
