import type { Key } from '../../runtime/key.ts';
import type { World } from '../world.ts';
import type { DeliveryResults } from './delivery-results.ts';
import type { DemandStore } from './demand.ts';
import type { RotationRequests } from './requests.ts';
import type { SecretState } from './secret-state.ts';
import type { ServiceAccountState } from './service-account.ts';
import type { TokenStore } from './token-store.ts';

/** What the pull-secret controllers read. */
export interface PullWorld extends World {
  /** The names that we have the right to write; each has its own cache. */
  readonly secretNames: readonly string[];
  /** By `namespace/name`, over all those names. */
  secret(key: Key): SecretState | undefined;
  /** Those that we may write to, which is all of them unless an installation names some. */
  serviceAccountsIn(namespace: string): Iterable<ServiceAccountState>;
  readonly demand: DemandStore;
  readonly tokens: TokenStore;
  readonly requests: RotationRequests;
  readonly results: DeliveryResults;
}
