import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RegistrySpec } from '../../../src/api/registry.generated.ts';
import { ACCOUNT, type Lab, REGION } from '../../lab/lab.ts';
import type { OperatorProcess } from '../../lab/operator.ts';
import { type PullObject, pullSecret, registry } from '../pull-secret/pull-objects.ts';
import { NAMESPACED, startModeLab } from './mode-lab.ts';

/** A cluster with the overlay for some namespaces, whose operators read a file of the test. */
export interface NamespacedLab extends Lab {
  /** Of Registries. */
  readonly file: string;
  /** Each is of the lab's own account and region unless told. */
  writeRegistries(specs: Readonly<Record<string, Partial<RegistrySpec>>>): Promise<void>;
  /** With the settings of the overlay, but for the names and the path. */
  start(namespaces: readonly string[], env?: Readonly<Record<string, string>>): Promise<OperatorProcess>;
  /** A PullSecret `images` of the Registry `default`, unless told. */
  claim(namespace: string, settings?: Parameters<typeof pullSecret>[2], name?: string): Promise<PullObject>;
  /** Past the time after which what is closed is tried again, and namespaces are read again. */
  lookAgain(): Promise<void>;
}

/** Starts it; no operator runs yet, and there is no file. */
export async function startNamespacedLab(): Promise<NamespacedLab> {
  const lab = await startModeLab(NAMESPACED);
  const file = join(lab.controlPlane.folder, 'registries.yaml');
  return {
    ...lab,
    file,
    writeRegistries(specs) {
      const manifests = Object.entries(specs).map(([name, spec]) =>
        // JSON is YAML.
        JSON.stringify(registry(name, { accountId: ACCOUNT, region: REGION, ...spec })),
      );
      return writeFile(file, manifests.join('\n---\n'));
    },
    start: (namespaces, env = {}) =>
      lab.startOperator({
        env: {
          ECR_OPERATOR_CONTROLLERS: 'pull-secrets',
          ECR_OPERATOR_WATCH_NAMESPACES: namespaces.join(','),
          ECR_OPERATOR_REGISTRIES_FILE: file,
          ...env,
        },
      }),
    claim: (namespace, settings = {}, name = 'images') =>
      lab.admin.apply<PullObject>(
        pullSecret(namespace, name, { registries: [{ name: 'default' }], ...settings }),
      ),
    lookAgain: () => lab.advance(45_000),
  };
}
