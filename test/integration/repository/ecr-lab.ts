import type { RegistrySpec, RegistryStatus } from '../../../src/api/registry.generated.ts';
import type { RepositorySpec, RepositoryStatus } from '../../../src/api/repository.generated.ts';
import type {
  RepositoryClassSpec,
  RepositoryClassStatus,
} from '../../../src/api/repository-class.generated.ts';
import { type ApiProxy, startApiProxy } from '../../lab/api-proxy.ts';
import type { RegistryHandle } from '../../lab/aws/registry-handle.ts';
import type { Repository as HeldRepository } from '../../lab/aws/registry-state.ts';
import type { KubeObject, KubeRef } from '../../lab/kube-client.ts';
import { ACCOUNT, type Lab, type OperatorSettings, REGION, startLab } from '../../lab/lab.ts';
import type { OperatorProcess } from '../../lab/operator.ts';
import { waitFor } from '../../lab/wait-for.ts';

export const API_VERSION = 'ecr-operator.io/v1alpha1';
export const OWNER_TAG = 'ecr-operator.io/owner';
export const EVERY_WORD = ['Pull', 'Create', 'Adopt', 'DeleteImages', 'Share'] as const;

export type RepositoryObject = KubeObject & {
  readonly spec: RepositorySpec;
  readonly status?: RepositoryStatus;
};
export type RegistryObject = KubeObject & { readonly spec: RegistrySpec; readonly status?: RegistryStatus };

export type ClassObject = KubeObject & {
  readonly spec: RepositoryClassSpec;
  readonly status?: RepositoryClassStatus;
};

/** What tests of Repositories write in a spec. */
export type RepositorySettings = Partial<RepositorySpec>;
type SettlingObject = RepositoryObject | RegistryObject | ClassObject;
export type RegistrySettings = Partial<RegistrySpec>;

export interface EventObject extends KubeObject {
  readonly type: string;
  readonly reason: string;
  readonly message: string;
  readonly involvedObject: { readonly kind: string; readonly name: string; readonly uid: string };
}

/** A lab with an operator in it, and the words that these tests speak in. */
export interface EcrLab extends Lab {
  readonly operator: OperatorProcess;
  /** Between the operator and the API server. */
  readonly proxy: ApiProxy;
  /** What ECR holds, as somebody else sees and changes it. */
  readonly ecr: RegistryHandle;
  /** The ECR repository of that name; throws where there is none. */
  held(name: string): HeldRepository;
  /** The cluster's part of owner tags. */
  readonly cluster: string;
  namespace(name: string, labels?: Readonly<Record<string, string>>): Promise<void>;
  registry(name: string, settings?: RegistrySettings): Promise<RegistryObject>;
  repository(namespace: string, name: string, settings?: RepositorySettings): Promise<RepositoryObject>;
  repositoryClass(name: string, spec?: RepositoryClassSpec): Promise<ClassObject>;
  /** The object, once Ready has this reason for its present spec. */
  settled<T extends SettlingObject>(object: T, reason?: string): Promise<T>;
  /** As `settled`, while time runs in steps of 20 s unless told: retries come at once. */
  settledInTime<T extends SettlingObject>(object: T, reason?: string, stepMs?: number): Promise<T>;
  /** The object, once its status tells of its images, of so many if a number is given. */
  looked(object: KubeObject, images?: number): Promise<RepositoryObject>;
  /** Resolves when the object is gone from the API server. */
  gone(ref: KubeRef): Promise<void>;
  /** A whole pass over every Repository of a namespace that reaches AWS, told by this ECR name; the objects stay untouched. */
  pass(namespace: string, ecrName: string): Promise<void>;
  /** An Event about the object. */
  event(object: KubeObject, reason: string, words?: string | RegExp): Promise<EventObject>;
  events(object: KubeObject): Promise<readonly EventObject[]>;
}

/** Starts it, with Registries `default` (no tenancy rules) and `open` (every word for everybody). */
export async function startEcrLab(settings: Pick<OperatorSettings, 'env'> = {}): Promise<EcrLab> {
  const lab = await startLab();
  const proxy = await startApiProxy(lab.controlPlane);
  const stop = async () => {
    await lab.stop();
    await proxy.stop();
  };
  try {
    const { uid: cluster = '' } = (await lab.admin.get(core('Namespace', 'kube-system')))?.metadata ?? {};
    const operator = await lab.startOperator({ server: proxy.url, ...settings });
    const ecrLab = { ...words(lab), operator, proxy, cluster, stop };
    await ecrLab.registry('default');
    await ecrLab.settled(await ecrLab.registry('open', { tenancy: { rules: [{ allow: [...EVERY_WORD] }] } }));
    return ecrLab;
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A reference to an object of the core group. */
export function core(kind: string, name: string, namespace?: string): KubeRef {
  return { apiVersion: 'v1', kind, metadata: { name, namespace } };
}

export function repositoryArn(name: string): string {
  return `arn:aws:ecr:${REGION}:${ACCOUNT}:repository/${name}`;
}

export function conditionOf(object: SettlingObject | undefined, type: string) {
  return object?.status?.conditions?.find((condition) => condition.type === type);
}

/** Status and reason of the condition Ready, and its message. */
export function readyOf(object: SettlingObject | undefined) {
  const { status, reason, message = '' } = conditionOf(object, 'Ready') ?? {};
  return { status, reason, message };
}

/** The manifest of a Repository. */
export function repositoryManifest(
  namespace: string,
  name: string,
  spec: RepositorySettings = {},
): KubeObject {
  return { apiVersion: API_VERSION, kind: 'Repository', metadata: { name, namespace }, spec } as KubeObject;
}

/** How often a pass looked at an ECR repository. */
export function looks(lab: Lab, ecrName: string): number {
  return callsOn(lab, ecrName).filter((action) => action === 'ecr:DescribeRepositories').length;
}

/** Actions on one ECR repository, in order. */
export function callsOn({ aws }: Lab, ecrName: string): string[] {
  return aws.actions
    .all()
    .filter(({ resource }) => resource === repositoryArn(ecrName))
    .map(({ action }) => action);
}

function words(lab: Lab): Omit<EcrLab, 'operator' | 'proxy' | 'cluster'> {
  const { admin, aws } = lab;
  const ecr = aws.as(ACCOUNT, REGION);
  const hasSettled = (object: SettlingObject | undefined, reason: string): boolean =>
    object?.status?.observedGeneration === object?.metadata.generation && readyOf(object).reason === reason;
  const settledOptions = (object: KubeObject, reason: string) => ({
    what: `${object.kind} ${object.metadata.name} to be ${reason}`,
    until: (now: SettlingObject | undefined) => hasSettled(now, reason),
  });
  const events = async (object: KubeObject) =>
    (await admin.list<EventObject>({ apiVersion: 'v1', kind: 'Event' })).filter(
      ({ involvedObject }) => involvedObject.uid === object.metadata.uid,
    );
  let labels = 0;
  return {
    ...lab,
    ecr,
    held(name) {
      const repository = ecr.repository(name);
      if (!repository) throw new Error(`ECR has no repository ${name}`);
      return repository;
    },
    async namespace(name, given = {}) {
      await admin.create({ ...core('Namespace', name), metadata: { name, labels: given } } as KubeRef);
    },
    registry: (name, settings = {}) =>
      admin.apply({
        apiVersion: API_VERSION,
        kind: 'Registry',
        metadata: { name },
        spec: { accountId: ACCOUNT, region: REGION, ...settings },
      } as KubeRef),
    repositoryClass: (name, spec = {}) =>
      admin.apply({ apiVersion: API_VERSION, kind: 'RepositoryClass', metadata: { name }, spec } as KubeRef),
    repository: (namespace, name, settings) => admin.apply(repositoryManifest(namespace, name, settings)),
    settled: async (object, reason = 'Ready') =>
      waitFor(() => admin.get(object), settledOptions(object, reason)) as Promise<never>,
    settledInTime: async (object, reason = 'Ready', stepMs = 20_000) => {
      const later = async () => {
        await lab.advance(stepMs);
        return admin.get<SettlingObject>(object);
      };
      return waitFor(later, { ...settledOptions(object, reason), intervalMs: 200 }) as Promise<never>;
    },
    looked: async (object, images) =>
      waitFor(() => admin.get<RepositoryObject>(object), {
        what: `the status of ${object.metadata.name} to tell of its images`,
        until: (now) => {
          const count = now?.status?.imageCount;
          return images === undefined ? count !== undefined : count === images;
        },
      }) as Promise<RepositoryObject>,
    async gone(ref) {
      const read = async () => ({ found: await admin.get(ref) });
      await waitFor(read, {
        what: `${ref.kind} ${ref.metadata.name} to be gone`,
        until: ({ found }) => !found,
      });
    },
    async pass(namespace, ecrName) {
      // When the second pass begins the first is over, its status written.
      for (const _ of [1, 2]) {
        const before = looks(lab, ecrName);
        labels += 1;
        await admin.patch(core('Namespace', namespace), {
          metadata: { labels: { 'lab.test/pass': String(labels) } },
        });
        await waitFor(() => looks(lab, ecrName) > before, { what: `a pass over ${ecrName}` });
      }
    },
    events,
    event: async (object, reason, text = '') =>
      waitFor(
        async () =>
          (await events(object)).find(
            (event) => event.reason === reason && event.message.match(text) !== null,
          ),
        { what: `the Event ${reason} of ${object.metadata.name} with ${text}` },
      ),
  };
}
