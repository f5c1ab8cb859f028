import type { Registry, RegistrySpec } from '../../../../src/api/registry.generated.ts';
import { createContests } from '../../../../src/controllers/contests.ts';
import { reconcileSettings } from '../../../../src/controllers/registry-settings/reconcile-settings.ts';
import { createSettingsResults } from '../../../../src/controllers/registry-settings/settings-results.ts';
import { settingsStatus } from '../../../../src/controllers/registry-settings/settings-status.ts';
import { FREE_MENDS } from '../../../../src/controllers/registry-settings/settle-setting.ts';
import type { Connection } from '../../../../src/ecr/connection.ts';
import type { Next } from '../../../../src/runtime/controller.ts';
import { createFakeClock } from '../../fake-clock.ts';
import { NOW, registry, stored } from '../objects.ts';
import { fakeSettingsApi } from './fake-settings-api.ts';

export const ENHANCED = { scanning: { scanType: 'ENHANCED' } } as const;

/** Passes over Registries against a registry in memory, with a clock that the test steps. */
export function settingsTrial(...registries: readonly Registry[]) {
  const clock = createFakeClock(NOW);
  const { api, held, calls, failures } = fakeSettingsApi();
  const results = createSettingsResults();
  const store = stored(registries, ({ metadata }) => metadata.name);
  const told: string[] = [];
  const woken: string[] = [];
  let refusal: unknown;
  results.changed.source((key) => void woken.push(key), new AbortController().signal);
  const reconcile = reconcileSettings({
    registries: store,
    access: {
      async connect() {
        if (refusal !== undefined) throw refusal;
        return { settings: api } as unknown as Connection;
      },
    },
    results,
    contests: createContests(clock, FREE_MENDS),
    now: clock.now,
    record: ({ metadata }, { reason, message }) => void told.push(`${metadata.name} ${reason}: ${message}`),
  });
  let version = 1;
  const now = (name: string): Registry => store.get(name) as Registry;
  return {
    clock,
    held,
    failures,
    results,
    woken,
    now,
    /** Writes, in order; forgets them. */
    writes: () => calls.splice(0).filter((name) => /^(put|delete|register|deregister|start|stop)/.test(name)),
    calls: () => calls.splice(0),
    /** Events, in order; forgets them. */
    told: () => told.splice(0),
    pass: (name = 'default'): Promise<Next> => reconcile(name),
    put(one: Registry): void {
      version += 1;
      store.set(one.metadata.name, one, String(version));
    },
    /** Another spec, as a person writes it. */
    declare(spec: Partial<RegistrySpec>, name = 'default', meta: object = {}): void {
      const { metadata, status } = now(name);
      const generation = (metadata.generation ?? 1) + 1;
      version += 1;
      const changed = registry(name, spec, { ...metadata, generation, ...meta });
      store.set(name, { ...changed, ...(status ? { status } : {}) }, String(version));
    },
    /** There is no way to AWS any more, for that reason. */
    refuse(error: unknown): void {
      refusal = error;
    },
    remove: (name: string) => store.remove(name),
    /** What the status would say of each setting: `scanning Synced`. */
    states: (name = 'default') =>
      (results.of(now(name))?.settings ?? []).map((one) => `${one.name} ${one.state}`),
    status: (name = 'default') => settingsStatus(now(name), results.of(now(name))),
  };
}
