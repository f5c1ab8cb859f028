import { createInformer, type InformerOptions } from '../../../src/runtime/informer.ts';
import type { KubeClient } from '../../../src/runtime/kube-client.ts';
import { type KubeObject, pathOf } from '../../../src/runtime/resource.ts';
import type { LabKubeClient, KubeObject as LabObject } from '../../lab/kube-client.ts';
import { waitFor } from '../../lab/wait-for.ts';
import { type RecordedLog, recordedLog } from '../../unit/runtime/recorded-log.ts';
import { CONFIG_MAPS, type RuntimeLab } from './runtime-lab.ts';

/** What is kept of an object: which it is, at which version, and whatever of it came besides. */
export interface Seen {
  readonly version: string;
  readonly object: KubeObject & { readonly data?: Readonly<Record<string, string>> };
}

/** An informer of the ConfigMaps of one namespace at work, and what the API server says to compare it with. */
export interface ObservedInformer {
  readonly namespace: string;
  /** Of the collection, for the proxy. */
  readonly path: string;
  readonly log: RecordedLog;
  readonly ready: Promise<void>;
  readonly objects: () => readonly Seen[];
  /** What the log says of delays after errors. */
  delays(): readonly number[];
  create(name: string, value?: string): Promise<void>;
  change(name: string, value: string): Promise<void>;
  remove(name: string): Promise<void>;
  /** Creates, changes, deletes, and deletes and makes anew. Expects `seed` to have been called. */
  changeEverything(): Promise<void>;
  /** The objects that `changeEverything` changes. */
  seed(): Promise<void>;
  /** Resolves when a watch is open. */
  watching(): Promise<void>;
  /**
   * Resolves when both the lister and what the listeners were told are exactly what a new list says.
   * Time passes meanwhile, so that no back-off is waited for.
   */
  complete(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts an informer through the lab's proxy, or prepares one that `start` runs. */
export async function observeInformer(
  lab: RuntimeLab,
  options: Partial<InformerOptions<Seen>> & { readonly client?: KubeClient; readonly seeded?: boolean } = {},
): Promise<ObservedInformer & { start(): void }> {
  const { admin } = lab.controlPlane;
  const namespace = await lab.namespace();
  const path = pathOf(CONFIG_MAPS, { namespace });
  const log = recordedLog();
  const told = new Map<string, Seen>();
  const informer = createInformer<Seen>({
    client: options.client ?? (await lab.client()),
    resource: CONFIG_MAPS,
    namespace,
    clock: lab.clock,
    log,
    project: (object) => ({ version: versionOf(object), object }),
    ...options,
  });
  informer.listen((key, now) => (now ? told.set(key, now) : told.delete(key)));
  const stopping = new AbortController();
  let running: Promise<void> | undefined;
  const changes = changesIn(admin, namespace);

  return {
    ...changes,
    namespace,
    path,
    log,
    ready: informer.ready,
    objects: () => [...informer.lister.values()],
    delays: () => log.lines.flatMap(({ fields }) => ('delayMs' in fields ? [fields.delayMs as number] : [])),
    start() {
      running = informer.run(stopping.signal);
    },
    watching: async () =>
      void (await waitFor(() => lab.proxy.openWatches({ path }), {
        what: 'an open watch',
        timeoutMs: 30_000,
      })),
    async complete() {
      const versions = async () => {
        const listed = await admin.list<LabObject>({
          apiVersion: 'v1',
          kind: 'ConfigMap',
          namespace,
          ...(options.fieldSelector ? { fieldSelector: options.fieldSelector } : {}),
        });
        const all = (objects: Iterable<Seen>) => [...objects].map(({ version }) => version).sort();
        const fresh = listed.map(versionOf).sort();
        lab.clock.advance(1_000);
        return { fresh, lister: all(informer.lister.values()), told: all(told.values()) };
      };
      await waitFor(versions, {
        what: 'the lister and the listeners to know what the API server does',
        until: ({ fresh, lister, told: heard }) =>
          JSON.stringify(fresh) === JSON.stringify(lister) && JSON.stringify(fresh) === JSON.stringify(heard),
        timeoutMs: 30_000,
      });
    },
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

function versionOf({
  metadata,
}: {
  metadata: { uid?: string; resourceVersion?: string; name: string };
}): string {
  return `${metadata.name}/${metadata.uid}/${metadata.resourceVersion}`;
}

function changesIn(admin: LabKubeClient, namespace: string) {
  const configMap = (name: string, value = 'as it was') => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace },
    data: { value },
  });
  const create = async (name: string, value?: string) => void (await admin.create(configMap(name, value)));
  const change = async (name: string, value: string) =>
    void (await admin.patch(configMap(name), { data: { value } }));
  const remove = async (name: string) => void (await admin.delete(configMap(name)));
  return {
    create,
    change,
    remove,
    async seed() {
      for (const name of ['stays', 'changes', 'goes', 'is-made-anew']) await create(name);
    },
    async changeEverything() {
      await create('comes');
      await create('comes-and-goes');
      await remove('comes-and-goes');
      await change('changes', 'once');
      await change('changes', 'twice');
      await remove('goes');
      await remove('is-made-anew');
      await create('is-made-anew', 'new');
    },
  };
}
