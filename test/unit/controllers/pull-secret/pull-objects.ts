import type { Claim } from '../../../../src/controllers/pull-secret/claims.ts';
import { demandOf } from '../../../../src/controllers/pull-secret/demand.ts';
import type { Login } from '../../../../src/controllers/pull-secret/logins.ts';
import type { PullWorld } from '../../../../src/controllers/pull-secret/pull-world.ts';
import type { SecretState } from '../../../../src/controllers/pull-secret/secret-state.ts';
import type { ServiceAccountState } from '../../../../src/controllers/pull-secret/service-account.ts';
import type { RegistryToken } from '../../../../src/controllers/pull-secret/token-store.ts';
import { targetsIn } from '../../../../src/controllers/pull-secret/wake.ts';
import type { TokenWant } from '../../../../src/controllers/pull-secret/wants.ts';
import { splitKey } from '../../../../src/runtime/key.ts';
import { clusterPullSecret, HOST, HOUR, NOW, pullSecret } from '../objects.ts';

/** A claim in a namespace. */
export function own(...parameters: Parameters<typeof pullSecret>): Claim {
  return { kind: 'PullSecret', object: pullSecret(...parameters) };
}

/** A claim in all of the cluster. */
export function cluster(...parameters: Parameters<typeof clusterPullSecret>): Claim {
  return { kind: 'ClusterPullSecret', object: clusterPullSecret(...parameters) };
}

/** The want of all of a Registry. */
export function want(registry = 'default', more: Partial<TokenWant> = {}): TokenWant {
  return { id: `${registry}|`, login: registry, registry, scope: { kind: 'Registry' }, ...more };
}

/** Of all of {@link registry}; issued at {@link NOW}, for twelve hours. */
export function token(more: Partial<RegistryToken> = {}): RegistryToken {
  return {
    id: 'default|',
    hosts: [HOST],
    scope: 'PullOnly',
    // Literal: to compute it would load the AWS SDK.
    connection: '["123456789012","us-east-1","Manage",null,null,null]',
    password: 'hush',
    issuedAt: NOW,
    expiresAt: NOW + 12 * HOUR,
    rotateAt: NOW + 6 * HOUR,
    replacesAll: true,
    ...more,
  };
}

/** What {@link token} is in a Secret. */
export function login(more: Partial<Login> = {}): Login {
  return {
    login: 'default',
    id: 'default|',
    scope: 'PullOnly',
    hosts: [HOST],
    issuedAt: NOW,
    expiresAt: NOW + 12 * HOUR,
    rotateAt: NOW + 6 * HOUR,
    ...more,
  };
}

/** A Secret of ours in `team` that {@link clusterPullSecret} holds, with {@link login}. */
export function secret(more: Partial<SecretState> = {}): SecretState {
  return {
    name: 'ecr-pull',
    namespace: 'team',
    uid: 'uid-of-secret',
    resourceVersion: '7',
    managed: true,
    handedOver: false,
    holder: 'ClusterPullSecret/all',
    foreignEntries: 'Remove',
    logins: [login()],
    intact: true,
    terminating: false,
    ...more,
  };
}

/** The `default` ServiceAccount of `team`, without pull Secrets. */
export function serviceAccount(more: Partial<ServiceAccountState> = {}): ServiceAccountState {
  return {
    name: 'default',
    namespace: 'team',
    resourceVersion: '3',
    pullSecrets: [],
    ours: [],
    annotated: false,
    editor: undefined,
    attachedAt: undefined,
    ...more,
  };
}

/** {@link serviceAccount}, with the Secret that we put there. */
export const ATTACHED = serviceAccount({ pullSecrets: ['ecr-pull'], ours: ['ecr-pull'], annotated: true });

/** The same world once the demand of every target is known. */
export function demanded(world: PullWorld): PullWorld {
  for (const key of targetsIn(world, world.namespaces.keys())) {
    const { namespace: where, name } = splitKey(key);
    world.demand.set(key, demandOf(world, { namespace: where, secretName: name }));
  }
  return world;
}
