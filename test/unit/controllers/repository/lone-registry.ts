import { type RegistryAccess, registryAccess } from '../../../../src/controllers/registry-access.ts';
import type { World as CachedWorld } from '../../../../src/controllers/world.ts';
import type { Connection, Connections } from '../../../../src/ecr/connection.ts';
import type { EcrApi } from '../../../../src/ecr/ecr-api.ts';
import { createIdentity } from '../../../lab/aws/identity.ts';
import { type RegistryHandle, registryHandle } from '../../../lab/aws/registry-handle.ts';
import { createRegistry, type Repository } from '../../../lab/aws/registry-state.ts';
import { createSecretLedger } from '../../../lab/aws/secret-ledger.ts';
import { type SteppedClock, steppedClock } from '../../../lab/aws/simulator-clock.ts';
import type { World } from '../../../lab/aws/world.ts';
import { directEcr } from './direct-ecr.ts';

export interface LoneRegistry extends RegistryHandle {
  readonly ecr: EcrApi;
  /** Names of the operations that were called, in order. */
  readonly calls: string[];
  /** Calls that change something. */
  writes(): string[];
  readonly clock: SteppedClock;
  /** From now on this account has no users and roles. */
  addAccount(accountId: string): void;
  /** The state of a repository that is there. */
  held(name: string): Repository;
}

const READ = /^(Describe|Get|List|BatchGet)/;

/** The simulated registry of one account in one region, and our port to it; nothing listens and nothing is sent. */
export function loneRegistry(start?: number): LoneRegistry {
  const clock = steppedClock(start === undefined ? undefined : new Date(start));
  const registry = createRegistry('123456789012', 'us-east-1', clock);
  const identity = createIdentity(clock, createSecretLedger(undefined));
  const world = {
    clock,
    identity,
    registry: () => registry,
    registries: () => [registry],
  } as unknown as World;
  const handle = registryHandle(world, registry.accountId, registry.region);
  const { ecr, calls } = directEcr(handle);
  return {
    ...handle,
    ecr,
    calls,
    clock,
    addAccount: identity.addAccount,
    writes: () => calls.filter((name) => !READ.test(name)),
    held(name) {
      const found = handle.repository(name);
      if (!found) throw new Error(`there is no repository ${name}`);
      return found;
    },
  };
}

/** The way to AWS of Registries in these caches: each leads to `ecr`; `asked` is told which lane was taken. */
export function accessTo(
  ecr: EcrApi,
  world: Pick<CachedWorld, 'registries' | 'namespaces'>,
  asked: (lane: string) => void = () => undefined,
): RegistryAccess {
  const lane = (name: string): EcrApi => {
    asked(name);
    return ecr;
  };
  const connection = {
    verify: async () => undefined,
    lane,
    get ecr() {
      return lane('user');
    },
  } as unknown as Connection;
  const connections = { to: () => connection } as unknown as Connections;
  return registryAccess({ ...world, connections });
}
