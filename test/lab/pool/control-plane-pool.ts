import { type OwnControlPlane, startControlPlane } from '../control-plane.ts';
import { installOperator } from '../install.ts';
import type { KubeObject, LabKubeClient } from '../kube-client.ts';
import { type TemporaryFolder, temporaryFolder } from '../temporary-folder.ts';
import { waitFor } from '../wait-for.ts';

/** Control planes with the operator installed, started before somebody asks for them. Each is used once. */
export interface ControlPlanePool {
  /** The taker stops it. Undefined as long as there is none to begin with: then starting one is as quick. */
  take(): Promise<OwnControlPlane | undefined>;
  /** Stops those that nobody took. */
  close(): Promise<void>;
}

export interface PoolOptions {
  /** How many wait to be taken. */
  readonly ahead: number;
  /** At which {@link ControlPlanePool.take} the pool begins to work: for a test file or two it would not pay. */
  readonly worthFrom: number;
  /** Told where a control plane could not be started ahead: who asks gets none, and starts his own. */
  readonly onError: (error: unknown) => void;
}

/**
 * A pool. It makes a seed, a control plane with everything installed, and starts each of its own on a copy of that
 * one's data: the same objects and certificate, but processes, ports, tokens and a signing key of its own.
 */
export function controlPlanePool({ ahead, worthFrom, onError }: PoolOptions): ControlPlanePool {
  let asked = 0;
  let seed: Promise<TemporaryFolder> | undefined;
  let seeded: TemporaryFolder | undefined;
  let closed = false;
  const ready: Promise<OwnControlPlane>[] = [];

  // One after the other: two at once would hold up each other and the tests.
  let last: Promise<unknown> = Promise.resolve();
  function startNext(path: string): void {
    const next = last.then(() => startInstalled(path));
    last = next.catch(() => undefined);
    ready.push(next);
  }
  function fill(): void {
    while (!closed && seeded && ready.length < ahead) startNext(seeded.path);
  }

  return {
    async take() {
      asked += 1;
      if (asked === worthFrom) {
        seed = makeSeed();
        seed.then((made) => {
          seeded = made;
          fill();
        }, onError);
      }
      const taken = ready.shift();
      fill();
      return taken?.catch((error: unknown) => {
        onError(error);
        return undefined;
      });
    },
    async close() {
      closed = true;
      await Promise.all(ready.map((each) => each.then((started) => started.stop()).catch(() => undefined)));
      await seed?.then((made) => made.remove()).catch(() => undefined);
    },
  };
}

async function makeSeed(): Promise<TemporaryFolder> {
  const controlPlane = await startControlPlane();
  try {
    await installOperator(await controlPlane.kubeconfig());
    const folder = await temporaryFolder('seed');
    await controlPlane.keepData(folder.path);
    return folder;
  } finally {
    await controlPlane.stop();
  }
}

async function startInstalled(seed: string): Promise<OwnControlPlane> {
  const controlPlane = await startControlPlane({ seed });
  try {
    await kindsServed(controlPlane.admin);
    return controlPlane;
  } catch (error) {
    await controlPlane.stop();
    throw error;
  }
}

interface Crd extends KubeObject {
  readonly spec: {
    readonly group: string;
    readonly names: { readonly plural: string };
    readonly versions: readonly { readonly name: string }[];
  };
}

/** They are stored as established, but discovery follows some moments after the start. */
async function kindsServed(admin: LabKubeClient): Promise<void> {
  const crds = await admin.list<Crd>({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
  });
  if (crds.length === 0) throw new Error('the seed of the control planes has no CRDs');
  await waitFor(() => Promise.all(crds.map((crd) => isServed(admin, crd))), {
    what: 'the kinds of the operator to be served',
    until: (served) => served.every(Boolean),
  });
}

async function isServed(admin: LabKubeClient, { spec }: Crd): Promise<boolean> {
  const { group, versions, names } = spec;
  const served = await Promise.all(
    versions.map(async ({ name }) => {
      const { body } = await admin.raw({ path: `/apis/${group}/${name}` });
      const { resources = [] } = body as { readonly resources?: readonly { readonly name: string }[] };
      if (!resources.some((resource) => resource.name === names.plural)) return false;
      return (await admin.raw({ path: `/apis/${group}/${name}/${names.plural}` })).status === 200;
    }),
  );
  return served.every(Boolean);
}
