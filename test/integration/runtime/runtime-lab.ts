import { KubeConfig } from '@kubernetes/client-node';
import { createKubeClient, type KubeClient } from '../../../src/runtime/kube-client.ts';
import type { ResourceType } from '../../../src/runtime/resource.ts';
import { type ApiProxy, startApiProxy } from '../../lab/api-proxy.ts';
import { type ControlPlane, startControlPlane } from '../../lab/control-plane.ts';
import { createLabClock, type LabClock } from '../../lab/lab-clock.ts';

export const CONFIG_MAPS: ResourceType = {
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  plural: 'configmaps',
  namespaced: true,
};

/** An API server, a proxy that does harm, and clients of the runtime that go through it. */
export interface RuntimeLab {
  readonly controlPlane: ControlPlane;
  readonly proxy: ApiProxy;
  readonly clock: LabClock;
  /** As the administrator, through the proxy unless told. */
  client(options?: { readonly server?: string; readonly connections?: number }): Promise<KubeClient>;
  clientOf(config: KubeConfig, connections?: number): KubeClient;
  /** A namespace that nobody else uses. */
  namespace(): Promise<string>;
  stop(): Promise<void>;
}

/** Starts them; nothing but the API server runs in the cluster. */
export async function startRuntimeLab(): Promise<RuntimeLab> {
  const controlPlane = await startControlPlane({ controllers: false });
  const proxy = await startApiProxy(controlPlane);
  const clock = createLabClock();
  const clients: KubeClient[] = [];
  let namespaces = 0;

  function clientOf(config: KubeConfig, connections = 8): KubeClient {
    const client = createKubeClient({ config, clock, userAgent: 'runtime-test', connections });
    clients.push(client);
    return client;
  }

  return {
    controlPlane,
    proxy,
    clock,
    clientOf,
    async client({ server = proxy.url, connections } = {}) {
      const config = new KubeConfig();
      config.loadFromFile(await controlPlane.kubeconfig('admin', { server }));
      return clientOf(config, connections);
    },
    async namespace() {
      namespaces += 1;
      const name = `runtime-${namespaces}`;
      await controlPlane.admin.create({
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name },
      });
      return name;
    },
    async stop() {
      for (const client of clients) await client.close();
      await proxy.stop();
      await controlPlane.stop();
    },
  };
}
