import { createHash } from 'node:crypto';
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
  /** The module whose version is the binary's version. A program of the lab's own has a source file instead. */
  readonly versionModule: string | { readonly ownSource: string };
  /** Go build tags: what of the program is left out. */
  readonly buildTags?: readonly string[];
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
const nodeTools = {
  moduleFolder: join(import.meta.dirname, 'node-tools'),
  versionVariables: [],
  inEnvtest: false,
  fromPath: false,
};
const containerd = {
  ...nodeTools,
  versionModule: 'github.com/containerd/containerd/v2',
  versionVariables: ['github.com/containerd/containerd/v2/version.Version'],
};
const monitoringTools = {
  moduleFolder: join(import.meta.dirname, 'monitoring-tools'),
  versionModule: 'github.com/prometheus/prometheus',
  versionVariables: ['github.com/prometheus/common/version.Version'],
  // Service discovery of every cloud is most of what there would be to compile.
  buildTags: ['remove_all_sd'],
  inEnvtest: false,
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
  helm: {
    moduleFolder: join(import.meta.dirname, 'helm-tools'),
    name: 'helm',
    purpose: 'installs the chart',
    goPackage: 'helm.sh/helm/v4/cmd/helm',
    versionModule: 'helm.sh/helm/v4',
    versionVariables: ['helm.sh/helm/v4/internal/version.version'],
    inEnvtest: false,
    // The chart is tried with the one that is pinned: helm 3 and helm 4 differ in what their errors say.
    fromPath: false,
  },
  containerd: {
    ...containerd,
    name: 'containerd',
    purpose: 'pulls images and runs containers on a real node',
    goPackage: 'github.com/containerd/containerd/v2/cmd/containerd',
  },
  'containerd-shim-runc-v2': {
    ...containerd,
    name: 'containerd-shim-runc-v2',
    purpose: 'stands between containerd and runc',
    goPackage: 'github.com/containerd/containerd/v2/cmd/containerd-shim-runc-v2',
  },
  ctr: {
    ...containerd,
    name: 'ctr',
    purpose: 'looks into containerd',
    goPackage: 'github.com/containerd/containerd/v2/cmd/ctr',
  },
  loopback: {
    ...nodeTools,
    name: 'loopback',
    purpose: 'the network plug-in without which no node is ready',
    goPackage: 'github.com/containernetworking/plugins/plugins/main/loopback',
    versionModule: 'github.com/containernetworking/plugins',
  },
  ptp: {
    ...nodeTools,
    name: 'ptp',
    purpose: 'gives each Pod a network of its own',
    goPackage: 'github.com/containernetworking/plugins/plugins/main/ptp',
    versionModule: 'github.com/containernetworking/plugins',
  },
  'host-local': {
    ...nodeTools,
    name: 'host-local',
    purpose: 'gives each Pod an address',
    goPackage: 'github.com/containernetworking/plugins/plugins/ipam/host-local',
    versionModule: 'github.com/containernetworking/plugins',
  },
  promtool: {
    ...monitoringTools,
    name: 'promtool',
    purpose: 'checks metrics and alerts, and tests alerts',
    goPackage: 'github.com/prometheus/prometheus/cmd/promtool',
  },
  prometheus: {
    ...monitoringTools,
    name: 'prometheus',
    purpose: 'reads the metrics of a running operator',
    goPackage: 'github.com/prometheus/prometheus/cmd/prometheus',
  },
  sleeper: {
    ...nodeTools,
    name: 'sleeper',
    purpose: 'what runs in the containers of a real node',
    goPackage: './sleeper',
    versionModule: { ownSource: join(nodeTools.moduleFolder, 'sleeper', 'main.go') },
  },
} as const satisfies Readonly<Record<string, Binary>>;

export type BinaryName = keyof typeof BINARIES;

/**
 * The version that the Go module pins: go.mod is the one place where versions are written. For a program of our own,
 * a hash of its source.
 */
export function pinnedVersion({ moduleFolder, versionModule }: Binary): string {
  if (typeof versionModule === 'string')
    return requiredVersion(readFileSync(join(moduleFolder, 'go.mod'), 'utf8'), versionModule);
  return createHash('sha256').update(readFileSync(versionModule.ownSource)).digest('hex').slice(0, 12);
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
