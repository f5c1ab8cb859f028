import type {
  RegistryScanning,
  RegistrySettingsApi,
  ReplicationBackfill,
  ReplicationDestination,
  ReplicationRule,
  SigningRule,
} from '../../../../src/ecr/registry-settings-api.ts';

/** What the registry of a {@link fakeSettingsApi} holds; tests write to it. */
export interface HeldSettings {
  replication: readonly ReplicationRule[];
  scanning: RegistryScanning;
  policy: string | undefined;
  signing: readonly SigningRule[];
  readonly accountSettings: Map<string, string>;
  readonly exclusions: Set<string>;
  readonly backfills: Map<string, ReplicationBackfill>;
}

export interface FakeSettings {
  readonly api: RegistrySettingsApi;
  readonly held: HeldSettings;
  /** The calls that were made, in order. */
  readonly calls: string[];
  /** What the call of that name throws, until it is taken out; a function gives it from the arguments. */
  readonly failures: Map<keyof RegistrySettingsApi, unknown>;
}

/** A registry in memory, with nothing set. */
export function fakeSettingsApi(): FakeSettings {
  const held: HeldSettings = {
    replication: [],
    scanning: { scanType: 'BASIC', rules: [] },
    policy: undefined,
    signing: [],
    accountSettings: new Map(),
    exclusions: new Set(),
    backfills: new Map(),
  };
  const calls: string[] = [];
  const failures = new Map<keyof RegistrySettingsApi, unknown>();
  const bare: RegistrySettingsApi = {
    replication: async () => held.replication,
    putReplication: async (rules) => void Object.assign(held, { replication: rules }),
    scanning: async () => held.scanning,
    putScanning: async (scanning) => void Object.assign(held, { scanning }),
    policy: async () => held.policy,
    putPolicy: async (document) => void Object.assign(held, { policy: document }),
    deletePolicy: async () => void Object.assign(held, { policy: undefined }),
    accountSetting: async (name) => held.accountSettings.get(name),
    putAccountSetting: async (name, value) => void held.accountSettings.set(name, value),
    signing: async () => held.signing,
    putSigning: async (rules) => void Object.assign(held, { signing: rules }),
    deleteSigning: async () => void Object.assign(held, { signing: [] }),
    exclusions: async () => [...held.exclusions],
    registerExclusion: async (arn) => void held.exclusions.add(arn),
    deregisterExclusion: async (arn) => void held.exclusions.delete(arn),
    startBackfill: async (destination) => started(held, destination),
    stopBackfill: async (id) => {
      const found = held.backfills.get(id);
      if (found) held.backfills.set(id, { ...found, status: 'STOPPED', endedAt: '2026-01-01T13:00:00Z' });
    },
    runningBackfills: async () => [...held.backfills.values()].filter(({ endedAt }) => !endedAt),
    backfill: async (id) => held.backfills.get(id),
    backfillFailures: async () => [{ repository: 'prod/web', image: 'v1', code: 'KMS_ERROR' }],
  };
  const names = Object.keys(bare) as (keyof RegistrySettingsApi)[];
  const api = Object.fromEntries(
    names.map((name) => [
      name,
      async (...args: readonly unknown[]) => {
        calls.push(name);
        const failure = failures.get(name);
        const error = typeof failure === 'function' ? failure(...args) : failure;
        if (error !== undefined) throw error;
        return (bare[name] as (...args: readonly unknown[]) => unknown)(...args);
      },
    ]),
  ) as unknown as RegistrySettingsApi;
  return { api, held, calls, failures };
}

function started({ backfills }: HeldSettings, destination: ReplicationDestination): ReplicationBackfill {
  const id = `backfill-${backfills.size + 1}`;
  const made = { id, destination, status: 'PREPARING', startedAt: '2026-01-01T12:00:00Z' } as const;
  backfills.set(id, made);
  return made;
}
