import { mkdir, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';

/** What is installed unless told otherwise; `components` is in it. */
export const KUSTOMIZE = join(import.meta.dirname, '../../../deploy/kustomize');

/** The options of an installation: the folders of `deploy/kustomize/components`. */
export const COMPONENTS = [
  'admission',
  'default-service-account-only',
  'lifecycle-block',
  'no-credential-secrets',
  'repair-pods',
] as const;

export type Component = (typeof COMPONENTS)[number];

export interface Overlay {
  /** What a person would write into the overlay's `components`. */
  readonly components: readonly Component[];
  /** The folder that it builds on: {@link KUSTOMIZE} unless told; false leaves the operator out. */
  readonly base?: string | false;
  readonly patches?: readonly OverlayPatch[];
  /** Another namespace than the base's. */
  readonly namespace?: string;
}

/** A JSON patch of an object of the base or of a component. */
export interface OverlayPatch {
  readonly kind: string;
  readonly operations: readonly object[];
}

/**
 * Writes a kustomization as a user of the project would have it, a folder of their own that names ours, into `folder`
 * (made where missing), and returns it, for `kubectl -k`. Its path has to be free of links: kustomize follows them first.
 */
export async function writeOverlay(folder: string, overlay: Overlay): Promise<string> {
  const { components, base = KUSTOMIZE, patches = [], namespace } = overlay;
  const from = (path: string): string => relative(folder, path);
  await mkdir(folder, { recursive: true });
  const kustomization = {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    ...(namespace ? { namespace } : {}),
    ...(base ? { resources: [from(base)] } : {}),
    components: components.map((name) => from(join(KUSTOMIZE, 'components', name))),
    patches: patches.map(({ kind, operations }) => ({ target: { kind }, patch: JSON.stringify(operations) })),
  };
  // JSON is YAML.
  await writeFile(join(folder, 'kustomization.yaml'), JSON.stringify(kustomization, null, 2));
  return folder;
}

/** A budget's selector is replaced as a whole: kubectl says so each time, and it is the same. */
const ALWAYS = 'poddisruptionbudget.policy/ecr-operator configured';

/** The lines of `kubectl apply` about what changed. */
export function changedIn(output: string): string[] {
  const lines = output.trim().split('\n');
  return lines.filter((line) => !line.endsWith('unchanged') && line !== ALWAYS);
}
