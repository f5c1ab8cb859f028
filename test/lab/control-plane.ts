import { cp } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { recordAccountCalls } from './account-record.ts';
import { type ApiServerFiles, readCertificate, startApiServer, writeApiServerFiles } from './api-server.ts';
import { type ClusterAccess, clusterAccess } from './cluster-access.ts';
import { DEFAULT_CONTROLLERS, startControllerManager } from './controller-manager.ts';
import { startEtcd } from './etcd.ts';
import {
  ADMIN,
  CONTROLLER_MANAGER,
  type LabUser,
  tokenOf,
  type UserWithToken,
  usersWithTokens,
} from './lab-users.ts';
import { freePort, retryOnTakenPort } from './ports.ts';
import type { LabProcess } from './process.ts';
import { type TemporaryFolder, temporaryFolder } from './temporary-folder.ts';
import { waitFor } from './wait-for.ts';

export interface ControlPlaneOptions {
  /** Further users with fixed tokens, without rights until a test binds them some. */
  readonly users?: readonly LabUser[];
  /** Names for kube-controller-manager; false runs none, and then nothing deletes namespaces. */
  readonly controllers?: readonly string[] | false;
  /** Write `audit.jsonl` in the folder: one line for each request, with its user. */
  readonly audit?: boolean;
  readonly apiServerArgs?: readonly string[];
  readonly controllerManagerArgs?: readonly string[];
  /** A folder from {@link OwnControlPlane.keepData}: it starts with the objects and the certificate of that one. */
  readonly seed?: string;
}

export interface StopApiServerOptions {
  /** SIGTERM, which ends watches in order, unless told. */
  readonly signal?: 'SIGTERM' | 'SIGKILL';
}

/** A Kubernetes API of one's own: etcd, kube-apiserver, kube-controller-manager, all on 127.0.0.1. */
export interface ControlPlane extends ClusterAccess {
  readonly url: string;
  /** The certificate, which is its own authority, and its key, for who stands in front under the same name. */
  readonly ca: string;
  readonly certificateKey: string;
  /** Logs, keys and kubeconfigs; gone after `stop`. */
  readonly folder: string;
  readonly files: ApiServerFiles;
  /** etcd and its data stay, the controllers go on and wait for it. */
  stopApiServer(options?: StopApiServerOptions): Promise<void>;
  /** Starts it again on the same port with the same certificate; resolves when it is ready. */
  startApiServer(): Promise<void>;
  restartApiServer(options?: StopApiServerOptions): Promise<void>;
  stop(): Promise<void>;
}

/** One whose parts are children of this process. */
export interface OwnControlPlane extends ControlPlane {
  readonly users: readonly UserWithToken[];
  /** Ends it in order and copies its data to the folder, for {@link ControlPlaneOptions.seed}. */
  keepData(folder: string): Promise<void>;
}

interface Parts {
  readonly folder: TemporaryFolder;
  readonly users: readonly UserWithToken[];
  readonly files: ApiServerFiles;
  readonly port: number;
  readonly startApiServer: () => Promise<LabProcess>;
  readonly processes: Map<string, LabProcess>;
}

/** Starts a control plane; resolves when it answers, its namespaces are there and its controllers run. */
export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<OwnControlPlane> {
  const folder = await temporaryFolder('control-plane');
  const processes = new Map<string, LabProcess>();
  try {
    const parts = await startServers(options, folder, processes);
    const { cert, key } = await readCertificate(parts.files);
    const controlPlane = assemble(parts, cert, key);
    await startControllers(options, controlPlane, processes);
    return controlPlane;
  } catch (error) {
    await stopAll(processes, folder);
    throw error;
  }
}

async function startServers(
  options: ControlPlaneOptions,
  folder: TemporaryFolder,
  processes: Map<string, LabProcess>,
): Promise<Parts> {
  const users = usersWithTokens(options.users ?? []);
  const files = await writeApiServerFiles(folder.path, users);
  if (options.seed) await cp(options.seed, folder.path, { recursive: true });
  const etcd = await retryOnTakenPort(() => startEtcd(folder.path));
  processes.set('etcd', etcd.process);
  const startOn = (port: number) =>
    startApiServer({
      folder: folder.path,
      files,
      port,
      etcdUrl: etcd.url,
      adminToken: tokenOf(users, ADMIN),
      audit: options.audit ?? false,
      extraArgs: options.apiServerArgs ?? [],
    });
  let port = 0;
  const apiServer = await retryOnTakenPort(async () => {
    port = await freePort();
    return startOn(port);
  });
  processes.set('kube-apiserver', apiServer);
  return { folder, users, files, port, processes, startApiServer: () => startOn(port) };
}

async function startControllers(
  options: ControlPlaneOptions,
  controlPlane: ControlPlane,
  processes: Map<string, LabProcess>,
): Promise<void> {
  const { admin, files, folder } = controlPlane;
  const defaultNamespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default' } };
  await waitFor(() => admin.get(defaultNamespace), { what: 'the namespace default' });
  if (options.controllers === false) return;
  const account = {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: 'default', namespace: 'default' },
  };
  // Of a seed; below it shows that the controllers work.
  if (options.seed) await admin.delete(account);
  const controllerManager = await startControllerManager({
    folder,
    files,
    kubeconfig: await controlPlane.kubeconfig(CONTROLLER_MANAGER),
    controllers: options.controllers ?? DEFAULT_CONTROLLERS,
    extraArgs: options.controllerManagerArgs ?? [],
  });
  processes.set('kube-controller-manager', controllerManager);
  await waitFor(() => admin.get(account), {
    what: `the ServiceAccount default, made by kube-controller-manager (its log: ${controllerManager.logFile})`,
    timeoutMs: 30_000,
  });
}

function assemble(parts: Parts, ca: string, certificateKey: string): OwnControlPlane {
  const { folder, users, files, port, processes } = parts;
  const url = `https://127.0.0.1:${port}`;
  const { close, ...access } = clusterAccess({ url, ca, users, folder: folder.path });

  async function stopApiServer({ signal = 'SIGTERM' }: StopApiServerOptions = {}): Promise<void> {
    await processes.get('kube-apiserver')?.stop({ signal });
  }
  async function startAgain(): Promise<void> {
    if (processes.get('kube-apiserver')?.isRunning()) return;
    processes.set('kube-apiserver', await parts.startApiServer());
  }
  return {
    ...access,
    url,
    ca,
    certificateKey,
    folder: folder.path,
    files,
    users,
    stopApiServer,
    startApiServer: startAgain,
    async restartApiServer(options) {
      await stopApiServer(options);
      await startAgain();
    },
    async keepData(target) {
      // In this order, so that none finds the one below it gone.
      for (const name of ['kube-controller-manager', 'kube-apiserver', 'etcd'])
        await processes.get(name)?.stop();
      for (const path of [join(folder.path, 'etcd'), dirname(files.certificate)])
        await cp(path, join(target, basename(path)), { recursive: true });
    },
    async stop() {
      await close();
      await recordAccountCalls(files.auditLog);
      await stopAll(processes, folder);
    },
  };
}

/** At once: nothing of what they hold is wanted any more. */
async function stopAll(processes: ReadonlyMap<string, LabProcess>, folder: TemporaryFolder): Promise<void> {
  await Promise.all([...processes.values()].map((process) => process.stop({ signal: 'SIGKILL' })));
  await folder.remove();
}
