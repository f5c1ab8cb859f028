import type { KubeConfig } from '@kubernetes/client-node';
import { FIELD_MANAGER } from './api/names.ts';
import type { Config } from './config.ts';
import { systemClock } from './runtime/clock.ts';
import { createKubeClient } from './runtime/kube-client.ts';
import { createLeaderElection, type LeaderElection } from './runtime/leader-election.ts';
import { createLeaseClient } from './runtime/lease-client.ts';
import type { Log } from './runtime/log.ts';

export interface ElectionOptions {
  readonly config: Pick<Config, 'leaderElection' | 'namespace' | 'podName'>;
  readonly kubeConfig: KubeConfig;
  readonly log: Log;
  readonly onLost: (reason: string) => void;
}

export interface Election extends LeaderElection {
  close(): Promise<void>;
}

/**
 * The election for the Lease that the configuration names; undefined where there is no other replica. By real time, and
 * over connections of its own: a renewal waits for no other request.
 */
export function createElection({ config, kubeConfig, log, onLost }: ElectionOptions): Election | undefined {
  const { leaderElection, namespace, podName: identity } = config;
  if (!leaderElection) return undefined;
  const { leaseName: name } = leaderElection;
  const clock = systemClock;
  const client = createKubeClient({
    config: kubeConfig,
    clock,
    userAgent: FIELD_MANAGER,
    connections: 2,
    // A renewal belongs to no pass: each would be a trace of its own, every few seconds.
    isTraced: false,
  });
  const lease = createLeaseClient({ client, clock, namespace, name, identity });
  return {
    ...createLeaderElection({ ...leaderElection, identity, lease, clock, log, onLost }),
    close: () => client.close(),
  };
}
