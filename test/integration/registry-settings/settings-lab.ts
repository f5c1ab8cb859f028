import type { RegistryStatusSettingName } from '../../../src/api/registry.generated.ts';
import type { RecordedAction } from '../../lab/aws/action-record.ts';
import type { RegistryHandle } from '../../lab/aws/registry-handle.ts';
import { ACCOUNT } from '../../lab/lab.ts';
import { waitFor } from '../../lab/wait-for.ts';
import {
  conditionOf,
  type EcrLab,
  type RegistryObject,
  type RegistrySettings,
  startEcrLab,
} from '../repository/ecr-lab.ts';

/** In any test, only what it says is compared with ECR when it says so. */
const NEVER = '0 0 1 1 *';

export const OTHER_ACCOUNT = '210987654321';

/** A lab for registry-wide settings: each test has a region, and so a registry, of its own. */
export interface SettingsLab extends EcrLab {
  at(region: string): RegistryHandle;
  /** Has the settings of a Registry compared with ECR, and waits until that is over. */
  look(name: string, region: string): Promise<void>;
  now(name: string): Promise<RegistryObject>;
  /** The Registry after its first drift check, which comes on its own and has the settings looked at, too. */
  checked(name: string): Promise<RegistryObject>;
  /** The Registry, once its status says this of the setting. */
  stated(name: string, setting: RegistryStatusSettingName, state: string): Promise<RegistryObject>;
  /** Calls in a region, in order, those about who we are and drift checks left out. */
  calls(region: string): readonly RecordedAction[];
  writes(region: string): string[];
}

/** Starts it. */
export async function startSettingsLab(): Promise<SettingsLab> {
  const env = { ECR_OPERATOR_DRIFT_SCHEDULE: NEVER, ECR_OPERATOR_IMAGE_SCHEDULE: NEVER };
  const lab = await startEcrLab({ env });
  const now = async (name: string): Promise<RegistryObject> => {
    const found = await lab.admin.get<RegistryObject>(reference(name));
    if (!found) throw new Error(`no Registry ${name}`);
    return found;
  };
  const calls = (region: string) =>
    lab.aws.actions
      .all()
      .filter((one) => one.region === region && one.action.startsWith('ecr:'))
      .filter(({ action }) => action !== 'ecr:DescribeRepositories');
  let looks = 0;
  return {
    ...lab,
    now,
    calls,
    checked: (name) =>
      waitFor(() => now(name), {
        what: `the first drift check of ${name}`,
        until: ({ status }) => status?.lastDriftCheck !== undefined,
      }),
    at: (region) => lab.aws.as(ACCOUNT, region),
    writes: (region) =>
      lab.aws.actions
        .writes()
        .filter((one) => one.region === region)
        .map(({ action }) => action.replace('ecr:', '')),
    stated: (name, setting, state) =>
      waitFor(() => now(name), {
        what: `${setting} of ${name} to be ${state}`,
        until: (found) => stateOf(found, setting)?.state === state,
      }),
    async look(name, region) {
      // When the second pass begins the first is over.
      for (const _ of [1, 2]) {
        const before = calls(region).length;
        looks += 1;
        const annotations = { 'ecr-operator.io/reconcile-at': String(looks) };
        await lab.admin.patch(reference(name), { metadata: { annotations } });
        await waitFor(() => calls(region).length > before, { what: `a pass over ${name}` });
      }
    },
  };
}

/** A reference to a Registry. */
export function reference(name: string) {
  return { apiVersion: 'ecr-operator.io/v1alpha1', kind: 'Registry', metadata: { name } };
}

/** What the status says of a setting. */
export function stateOf(registry: RegistryObject, setting: RegistryStatusSettingName) {
  return registry.status?.settings?.find(({ name }) => name === setting);
}

/** Status, reason and message of the condition about all settings. */
export function syncedOf(registry: RegistryObject | undefined) {
  const { status, reason, message = '' } = conditionOf(registry, 'SettingsSynced') ?? {};
  return { status, reason, message };
}

/** A registry policy that lets an account replicate into this registry. */
export function registryPolicy(region: string, from = OTHER_ACCOUNT): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'replicate',
        Effect: 'Allow',
        Principal: { AWS: from },
        Action: ['ecr:ReplicateImage', 'ecr:CreateRepository'],
        Resource: `arn:aws:ecr:${region}:${ACCOUNT}:repository/*`,
      },
    ],
  });
}

export type { RegistrySettings };
