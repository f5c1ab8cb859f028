import type { RegistrySpec } from '../../../src/api/registry.generated.ts';
import type { Network } from '../../../src/ecr/client-settings.ts';
import { type Clock, systemClock } from '../../../src/runtime/clock.ts';
import { STAND_IN_HOST } from '../../lab/aws/http-listener.ts';

/** That Registries are of unless a test says another. */
export const ACCOUNT = '123456789012';

/** Where the stand-ins of AWS may be named as endpoints. */
export const STAND_INS: Network = { endpointHosts: [STAND_IN_HOST] };

/** A Registry whose account is the simulator's, with keys out of a Secret. */
export function specAt(
  { ecrUrl, stsUrl }: { readonly ecrUrl: string; readonly stsUrl: string },
  more: Partial<RegistrySpec> = {},
): RegistrySpec {
  return {
    accountId: ACCOUNT,
    region: 'us-east-1',
    access: 'Manage',
    credentials: { secretRef: { name: 'keys' } },
    endpoint: { ecr: ecrUrl, sts: stsUrl },
    ...more,
  };
}

/** The time of day, with delays that pass fifty times as fast: nobody waits between attempts. */
export const hurriedClock: Clock = {
  now: systemClock.now,
  after: (ms, task) => systemClock.after(ms / 50, task),
};
