import type { ClusterPullSecretSpec } from '../../../src/api/cluster-pull-secret.generated.ts';
import type { RegistrySpec } from '../../../src/api/registry.generated.ts';
import type { PullSecretStatus } from '../../../src/api/shared.generated.ts';
import { ACCOUNT, type Lab } from '../../lab/lab.ts';
import { waitFor } from '../../lab/wait-for.ts';
import {
  clusterPullSecret,
  core,
  loginOf,
  type PullObject,
  pullSecret,
  registry,
  type SecretObject,
  type ServiceAccountObject,
} from './pull-objects.ts';

/** One test's own part of a lab: namespaces with a label, and a Registry in a region that nobody else uses. */
export interface Scene {
  readonly name: string;
  readonly region: string;
  readonly host: string;
  readonly labels: Readonly<Record<string, string>>;
  /** A namespace that the scene's selector matches, unless other labels are given. */
  namespace(suffix: string | number, labels?: Readonly<Record<string, string>>): Promise<string>;
  namespaces(count: number): Promise<string[]>;
  registry(settings?: Partial<RegistrySpec>): Promise<PullObject>;
  /** A ClusterPullSecret for the scene's namespaces, of the scene's name unless told. */
  clusterPullSecret(settings?: Partial<ClusterPullSecretSpec>, name?: string): Promise<PullObject>;
  pullSecret(
    namespace: string,
    settings?: Partial<ClusterPullSecretSpec>,
    name?: string,
  ): Promise<PullObject>;
  /** Registry and ClusterPullSecret, and a wait until it is Ready in so many namespaces. */
  serve(namespaces: number, settings?: Partial<ClusterPullSecretSpec>): Promise<PullObject>;
  /** How often a token was asked for. */
  calls(): number;
}

const REGIONS = ['eu-west-1', 'eu-west-2', 'eu-west-3', 'eu-north-1', 'eu-south-1', 'ap-south-1'].concat(
  ['ap-east-1', 'ap-northeast-1', 'ap-northeast-2', 'ap-northeast-3', 'ap-southeast-1', 'ap-southeast-2'],
  ['ca-central-1', 'sa-east-1', 'us-east-2', 'us-west-1', 'us-west-2', 'me-south-1', 'af-south-1'],
);

/** Hands out scenes of one lab. */
export function scenes(lab: Lab): (name: string) => Scene {
  let used = 0;
  return (name) => {
    const region = REGIONS[used];
    used += 1;
    if (!region) throw new Error('no region is left: add one');
    return sceneIn(lab, name, region);
  };
}

function sceneIn(lab: Lab, name: string, region: string): Scene {
  const { admin, aws } = lab;
  const labels = { 'lab.test/scene': name };
  const registries = [{ name }];
  const scene: Omit<Scene, 'serve' | 'namespaces'> = {
    name,
    region,
    host: `${ACCOUNT}.dkr.ecr.${region}.amazonaws.com`,
    labels,
    async namespace(suffix, given = labels) {
      const metadata = { name: `${name}-${suffix}`, labels: given };
      await admin.create({ apiVersion: 'v1', kind: 'Namespace', metadata } as never);
      return metadata.name;
    },
    registry: (settings = {}) => admin.apply(registry(name, { accountId: ACCOUNT, region, ...settings })),
    clusterPullSecret: (settings = {}, as = name) =>
      admin.apply(
        clusterPullSecret(as, { registries, namespaceSelector: { matchLabels: labels }, ...settings }),
      ),
    pullSecret: (namespace, settings = {}, as = name) =>
      admin.apply(pullSecret(namespace, as, { registries, ...settings })),
    calls: () =>
      aws.actions
        .all()
        .filter((call) => call.action === 'ecr:GetAuthorizationToken' && call.region === region).length,
  };
  return {
    ...scene,
    namespaces: (count) => Promise.all(Array.from({ length: count }, (_, index) => scene.namespace(index))),
    async serve(count, settings) {
      await scene.registry();
      return servedIn(lab, await scene.clusterPullSecret(settings), count);
    },
  };
}

/** The object, once it is Ready for its present spec in exactly so many namespaces. */
export function servedIn(lab: Lab, object: PullObject, namespaces: number): Promise<PullObject> {
  return statusOf(
    lab,
    object,
    (status) => condition(status, 'Ready')?.status === 'True' && status.namespaces?.ready === namespaces,
    `be Ready in ${namespaces} namespaces`,
  );
}

/** The object, once Ready (or another condition) has this reason for its present spec. */
export function settledAs(lab: Lab, object: PullObject, reason: string, type = 'Ready'): Promise<PullObject> {
  return statusOf(lab, object, (status) => condition(status, type)?.reason === reason, `be ${reason}`);
}

/** The object, once it counts its namespaces so. */
export function countedAs(
  lab: Lab,
  object: PullObject,
  counts: NonNullable<PullSecretStatus['namespaces']>,
): Promise<PullObject> {
  const wanted = JSON.stringify(counts);
  const until = ({ namespaces }: PullSecretStatus): boolean => {
    const { matched, ready, failed } = namespaces ?? {};
    return JSON.stringify({ matched, ready, failed }) === wanted;
  };
  return statusOf(lab, object, until, `count ${wanted}`);
}

/** The object, once its status, of its present generation, is as wished. */
export async function statusOf(
  { admin }: Lab,
  object: PullObject,
  until: (status: PullSecretStatus) => boolean,
  what: string,
): Promise<PullObject> {
  const read = async (): Promise<PullObject | undefined> => {
    const now = await admin.get<PullObject>(object);
    return now && { ...now, metadata: { ...now.metadata, managedFields: [] } };
  };
  return waitFor(read, {
    what: `${object.kind} ${object.metadata.name} to ${what}`,
    until: (now) =>
      now?.status !== undefined &&
      now.status.observedGeneration === now.metadata.generation &&
      until(now.status),
    timeoutMs: 30_000,
  });
}

export function condition(status: PullSecretStatus | undefined, type: string) {
  return status?.conditions?.find((each) => each.type === type);
}

/** The Secret, its data hidden from whatever prints it: a failed expectation would show a token. */
export async function secretIn(
  { admin }: Lab,
  namespace: string,
  name = 'ecr-pull',
): Promise<SecretObject | undefined> {
  const secret = await admin.get<SecretObject>(core('Secret', name, namespace));
  return secret && Object.defineProperty(secret, 'data', { enumerable: false });
}

/** The Secret, once it is there. */
export function arrivedIn(lab: Lab, namespace: string): Promise<SecretObject> {
  return waitFor(() => secretIn(lab, namespace), { what: `the Secret in ${namespace}` });
}

/** Every Secret `ecr-pull` of these namespaces, in their order; throws where one is missing. */
export async function secretsOf(lab: Lab, namespaces: readonly string[]): Promise<SecretObject[]> {
  const found = await Promise.all(namespaces.map((namespace) => secretIn(lab, namespace)));
  return found.map((secret, index) => {
    if (!secret) throw new Error(`no Secret in ${namespaces[index]}`);
    return secret;
  });
}

/** The ServiceAccount `default` of a namespace; made by the controller-manager, so waited for. */
export function accountIn({ admin }: Lab, namespace: string): Promise<ServiceAccountObject> {
  return waitFor(() => admin.get<ServiceAccountObject>(core('ServiceAccount', 'default', namespace)), {
    what: `the ServiceAccount of ${namespace}`,
  });
}

/** The names in its imagePullSecrets. */
export async function pullNames(lab: Lab, namespace: string): Promise<string[]> {
  return ((await accountIn(lab, namespace)).imagePullSecrets ?? []).map(({ name }) => name);
}

/** Whether a token in a Secret opens ECR now. */
export function isValid({ aws }: Lab, secret: SecretObject | undefined): boolean {
  const token = aws.tokens.find(loginOf(secret).password);
  return token !== undefined && !aws.tokens.isExpired(token);
}

/** Resolves when the Secret is gone from the namespace. */
export async function withdrawnFrom(lab: Lab, namespace: string): Promise<void> {
  await waitFor(async () => (await secretIn(lab, namespace)) === undefined, {
    what: `the Secret to go from ${namespace}`,
  });
}

/** Resolves when it is gone from the API server. */
export async function gone({ admin }: Lab, ref: PullObject | SecretObject): Promise<void> {
  await waitFor(async () => ({ left: await admin.get(ref) }), {
    what: `${ref.kind} ${ref.metadata.name} to be gone`,
    until: ({ left }) => !left,
    timeoutMs: 30_000,
  });
}

export const HOUR = 3_600_000;

/**
 * Moves time on. The operator takes its watches for dead after such a leap and waits before it opens them again; the
 * second step ends that wait.
 */
export async function skip(lab: Lab, ms: number): Promise<void> {
  await lab.advance(ms - 40_000);
  await lab.advance(40_000);
}

/** A namespace that is served after everything that was asked for before it: by then, what should not happen would have. */
export async function marker(lab: Lab, scene: Scene, suffix: string): Promise<void> {
  await arrivedIn(lab, await scene.namespace(suffix));
}
