import { join } from 'node:path';
import { kubectlOk } from './kubectl.ts';

const SHIPPED = join(import.meta.dirname, '../../deploy/kustomize');

/** Installs a folder for `kubectl apply -k`, `deploy/kustomize` unless told, as an administrator does. */
export async function applyFolder(kubeconfig: string, folder = SHIPPED): Promise<void> {
  await kubectlOk(kubeconfig, ['apply', '-k', folder]);
}

/** Installs the operator, in another way where `installWith` has one; resolves when its kinds are served. */
export async function installOperator(
  kubeconfig: string,
  installWith: (kubeconfig: string) => Promise<unknown> = applyFolder,
): Promise<void> {
  await installWith(kubeconfig);
  await kubectlOk(kubeconfig, ['wait', '--for=condition=Established', 'crd', '--all', '--timeout=50s']);
}
