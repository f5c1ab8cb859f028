import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A program that the lab runs, and how to build it. */
export interface Binary {
  /** Its file name, in archives and in caches. */
  readonly name: string;
  /** What it is for; shown while it is built. */
  readonly purpose: string;
  /** The Go module beside this file that pins it and all that it is made of. */
  readonly moduleFolder: string;
  /** The package to build. */
  readonly goPackage: string;
  /** The module whose version is the binary's version. */
  readonly versionModule: string;
  /** Go variables that tell the program its own version. */
  readonly versionVariables: readonly string[];
  /** The envtest convention: a part of `KUBEBUILDER_ASSETS` and of the envtest archive. */
  readonly inEnvtest: boolean;
  /** Whether one on PATH will do, whatever its version. */
  readonly fromPath: boolean;
}

const kubernetes = {
  moduleFolder: join(import.meta.dirname, 'control-plane'),
  versionModule: 'k8s.io/kubernetes',
  versionVariables: ['k8s.io/component-base/version.gitVersion', 'k8s.io/client-go/pkg/version.gitVersion'],
  inEnvtest: true,
  fromPath: false,
};
const registryTools = { moduleFolder: join(import.meta.dirname, 'registry-tools'), inEnvtest: false };

/** Every program of the lab by name. */
export const BINARIES = {
  etcd: {
    ...kubernetes,
    name: 'etcd',
    purpose: 'store of the Kubernetes API',
    goPackage: 'go.etcd.io/etcd/server/v3',
    versionModule: 'go.etcd.io/etcd/server/v3',
    versionVariables: [],
  },
  'kube-apiserver': {
    ...kubernetes,
    name: 'kube-apiserver',
    purpose: 'the real Kubernetes API',
    goPackage: 'k8s.io/kubernetes/cmd/kube-apiserver',
  },
  'kube-controller-manager': {
    ...kubernetes,
    name: 'kube-controller-manager',
    purpose: 'namespace deletion, ServiceAccounts, garbage collection',
    goPackage: 'k8s.io/kubernetes/cmd/kube-controller-manager',
    inEnvtest: false,
  },
  'kube-scheduler': {
    ...kubernetes,
    name: 'kube-scheduler',
    purpose: 'Pods on a real node',
    goPackage: 'k8s.io/kubernetes/cmd/kube-scheduler',
    inEnvtest: false,
  },
  kubelet: {
    ...kubernetes,
    name: 'kubelet',
    purpose: 'a real node',
    goPackage: 'k8s.io/kubernetes/cmd/kubelet',
    inEnvtest: false,
  },
  kubectl: {
    ...kubernetes,
    name: 'kubectl',
    purpose: 'what users type',
    goPackage: 'k8s.io/kubernetes/cmd/kubectl',
    fromPath: true,
  },
  registry: {
    ...registryTools,
    name: 'registry',
    purpose: 'a real image registry',
    goPackage: 'github.com/distribution/distribution/v3/cmd/registry',
    versionModule: 'github.com/distribution/distribution/v3',
    versionVariables: ['github.com/distribution/distribution/v3/version.version'],
    // A program called `registry` on PATH may be anything.
    fromPath: false,
  },
  crane: {
    ...registryTools,
    name: 'crane',
    purpose: 'pushes and pulls images',
    goPackage: 'github.com/google/go-containerregistry/cmd/crane',
    versionModule: 'github.com/google/go-containerregistry',
    versionVariables: ['github.com/google/go-containerregistry/cmd/crane/cmd.Version'],
    fromPath: true,
  },
} as const satisfies Readonly<Record<string, Binary>>;

export type BinaryName = keyof typeof BINARIES;

/** The version that the Go module pins: go.mod is the one place where versions are written. */
export function pinnedVersion(binary: Binary): string {
  return requiredVersion(readFileSync(join(binary.moduleFolder, 'go.mod'), 'utf8'), binary.versionModule);
}

/** The version of a module in a go.mod file. */
export function requiredVersion(goMod: string, module: string): string {
  for (const line of goMod.split('\n')) {
    const [name, version] = line
      .trim()
      .replace(/^require /, '')
      .split(/\s+/);
    if (name === module && version?.startsWith('v')) return version;
  }
  throw new Error(`go.mod requires no ${module}`);
}
