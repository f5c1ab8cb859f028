import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { KubeRef } from '../../lab/kube-client.ts';
import { OPERATOR_NAMESPACE } from '../../lab/lab.ts';
import { waitFor } from '../../lab/wait-for.ts';
import { namespace, REGISTRY } from './incident-objects.ts';
import { heal, type Trouble } from './trouble.ts';

/** More namespaces than there are workers. */
const NEW_NAMESPACES = 20;
/** How long a replica gets no CPU at a time, and then some (ms): what it notes of that are gaps of this length. */
const [STARVED_MS, FED_MS] = [350, 50];
/** Longer than the alert waits. */
const LATE_MINUTES = 12;

/** What goes wrong in the cluster, and with the operator itself. */
export const CLUSTER_TROUBLES: readonly Trouble[] = [
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
    name: 'a replica gets its CPU in gulps, as with a limit that is too low',
    alerts: ['EcrOperatorEventLoopSlow'],
    async run(lab, mark) {
      // Where a minute takes long, two gaps may be less than a hundredth of what is noted in it.
      for (let minute = 0, late = 0; minute < 60 && late < LATE_MINUTES; minute += 1) {
        for (let gap = 0; gap < 2; gap += 1) {
          await lab.starve('a:8080', STARVED_MS);
          await sleep(FED_MS);
        }
        await lab.minutes(1);
        const lag = /^nodejs_eventloop_lag_p99_seconds (\S+)$/m.exec(lab.record.last('a:8080'))?.[1];
        late = Number(lag) > 0.25 ? late + 1 : 0;
      }
      mark();
      await lab.minutes(5);
    },
  },
  {
    name: 'a second replica takes itself for the leader',
    alerts: ['EcrOperatorTwoLeaders'],
    async run(lab, mark) {
      const second = await lab.replica('b:8080');
      await lab.until('b:8080', /^leader_election_master_status\{[^}]*\} 1$/m);
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
  {
    name: 'an operator for some namespaces has a wrong file of Registries, and lacks a namespace',
    alerts: ['EcrOperatorRegistriesFileRefused', 'EcrOperatorWatchedNamespaceClosed'],
    async run(lab, mark) {
      await lab.stopReplica('c:8080');
      const file = join(lab.controlPlane.folder, 'registries.yaml');
      await writeFile(file, JSON.stringify(REGISTRY));
      await lab.replica('d:8080', {
        ECR_OPERATOR_CONTROLLERS: 'pull-secrets',
        ECR_OPERATOR_WATCH_NAMESPACES: 'later',
        ECR_OPERATOR_REGISTRIES_FILE: file,
      });
      await writeFile(file, 'wrong');
      await lab.until('d:8080', /^ecr_operator_registries_file_refused 1$/m);
      await lab.until('d:8080', /^ecr_operator_watched_namespaces_closed 1$/m);
      await lab.minutes(17);
      mark();
      await writeFile(file, JSON.stringify(REGISTRY));
      await lab.admin.create(namespace('later'));
      await lab.until('d:8080', /^ecr_operator_registries_file_refused 0$/m);
      await lab.until('d:8080', /^ecr_operator_watched_namespaces_closed 0$/m);
      await lab.minutes(2);
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
