import type { TokenStore } from '../../ecr/token-store.ts';
import type { Key } from '../../runtime/key.ts';
import type { Lister } from '../../runtime/store.ts';
import type { World } from '../world.ts';
import type { DeliveryResults } from './delivery-results.ts';
import type { SecretState } from './secret-state.ts';
import type { ServiceAccountState } from './service-account.ts';

/** What the pull-secret controllers read. */
export interface PullWorld extends World {
  /** The names that we have the right to write; each has its own cache. */
  readonly secretNames: readonly string[];
  /** By `namespace/name`, over all those names. */
  secret(key: Key): SecretState | undefined;
  secrets(): Iterable<SecretState>;
  /** The `default` ServiceAccount of each namespace. */
  readonly serviceAccounts: Lister<ServiceAccountState>;
  readonly tokens: TokenStore;
  readonly results: DeliveryResults;
}

/** The one ServiceAccount of a namespace that is watched. */
export const SERVICE_ACCOUNT_NAME = 'default';
