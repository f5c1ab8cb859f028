import { join } from 'node:path';
import { OPT_OUT, OPT_OUT_LABEL } from '../../../src/api/names.ts';
import { type ControlPlane, startControlPlane } from '../../lab/control-plane.ts';
import { DEFAULT_CONTROLLERS } from '../../lab/controller-manager.ts';
import type { LabKubeClient } from '../../lab/kube-client.ts';
import { kubectlOk } from '../../lab/kubectl.ts';
import { KUSTOMIZE, type OverlayPatch, writeOverlay } from '../deploy/overlay.ts';
import { given, namespace, pod } from './pods.ts';

/** A namespace that the shipped binding selects, and one that has opted out. */
export const SELECTED = 'selected';
export const OPTED_OUT = 'opted-out';

/** Lets mistakes in expressions show: as shipped, the API server passes over them. */
export const FAIL: OverlayPatch = {
  kind: 'MutatingAdmissionPolicy',
  operations: [{ op: 'replace', path: '/spec/failurePolicy', value: 'Fail' }],
};

/** A cluster without the operator: the policy does not need it. */
export interface AdmissionLab {
  readonly controlPlane: ControlPlane;
  readonly admin: LabKubeClient;
  kubectl(...args: string[]): Promise<string>;
  /** Applies the component, patched, and waits until Pods in {@link SELECTED} are given `names`. */
  install(patches?: readonly OverlayPatch[], names?: readonly string[]): Promise<void>;
  /** Deletes the policy, however it came, and waits until it acts no more. */
  uninstall(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts it, with the controllers that make the Pods of Deployments, and the two namespaces. */
export async function startAdmissionLab(): Promise<AdmissionLab> {
  const controllers = [...DEFAULT_CONTROLLERS, 'deployment-controller', 'replicaset-controller'];
  const controlPlane = await startControlPlane({ controllers });
  try {
    const { admin } = controlPlane;
    await namespace(admin, SELECTED);
    await namespace(admin, OPTED_OUT, { [OPT_OUT_LABEL]: OPT_OUT });
    return labOn(controlPlane, await controlPlane.kubeconfig());
  } catch (error) {
    await controlPlane.stop();
    throw error;
  }
}

function labOn(controlPlane: ControlPlane, kubeconfig: string): AdmissionLab {
  const { admin, folder } = controlPlane;
  const overlay = join(folder, 'overlay');
  const kubectl = (...args: string[]): Promise<string> => kubectlOk(kubeconfig, args);
  return {
    controlPlane,
    admin,
    kubectl,
    async install(patches = [], names = ['ecr-pull']) {
      await writeOverlay(overlay, { base: false, components: ['admission'], patches });
      await kubectl('apply', '-k', overlay);
      await given(admin, pod(SELECTED), names);
    },
    async uninstall() {
      await kubectl('delete', '--ignore-not-found', '-k', join(KUSTOMIZE, 'components/admission'));
      await given(admin, pod(SELECTED), []);
    },
    stop: () => controlPlane.stop(),
  };
}
