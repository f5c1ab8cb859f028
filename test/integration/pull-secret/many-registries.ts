import type { ClusterPullSecretSpec } from '../../../src/api/cluster-pull-secret.generated.ts';
import type { ApiProxy } from '../../lab/api-proxy.ts';
import type { ActiveFault, Fault } from '../../lab/aws/faults.ts';
import type { Lab } from '../../lab/lab.ts';
import { waitFor } from '../../lab/wait-for.ts';
import { condition, type Scene, secretIn, servedIn, statusOf } from './pull-lab.ts';
import { entriesOf } from './pull-logins.ts';
import type { PullObject } from './pull-objects.ts';

/** Three scenes whose Registries stand in one Secret, in the namespaces of the first. */
export function threeScenes(scene: (name: string) => Scene, name: string): [Scene, Scene, Scene] {
  return [scene(name), scene(`${name}-b`), scene(`${name}-c`)];
}

/** The Registries of these scenes, as a spec names them. */
export function naming(...all: readonly Scene[]): Pick<ClusterPullSecretSpec, 'registries'> {
  return { registries: all.map(({ name }) => ({ name })) };
}

/** Their Registries and one ClusterPullSecret, once it is Ready in so many namespaces of the first. */
export async function serveAll(
  lab: Lab,
  all: readonly [Scene, ...Scene[]],
  namespaces: number,
  settings: Partial<ClusterPullSecretSpec> = {},
): Promise<PullObject> {
  // What comes by another watch may come later: a Secret would be written without it first.
  await Promise.all(
    all.map(async (one) => statusOf(lab, await one.registry(), () => true, 'have been looked at')),
  );
  return servedIn(lab, await all[0].clusterPullSecret({ ...naming(...all), ...settings }), namespaces);
}

/** Lets AWS answer so to whoever wants a token in the scene's region. */
export function tokensFail(
  { aws }: Lab,
  { region }: Scene,
  fault: Fault = { kind: 'server-error' },
): ActiveFault {
  return aws.faults.add({ match: { action: 'ecr:GetAuthorizationToken', region }, fault });
}

/** The entries of a Secret, once those of these hosts are there and are others than before. */
export function renewedIn(
  lab: Lab,
  namespace: string,
  before: Readonly<Record<string, string>>,
  ...hosts: readonly string[]
): Promise<Record<string, string>> {
  return waitFor(async () => entriesOf(await secretIn(lab, namespace)), {
    what: `${hosts.join(' and ')} to be renewed in ${namespace}`,
    until: (now) => hosts.every((host) => now[host] !== undefined && now[host] !== before[host]),
  });
}

/** The object, once its status says of one login's renewal that it fails so; undefined: that it works. */
export function toldOf(
  lab: Lab,
  object: PullObject,
  login: string,
  reason: string | undefined,
): Promise<PullObject> {
  return statusOf(
    lab,
    object,
    ({ tokens = [] }) => tokens.some((one) => one.registry === login && one.reason === reason),
    `say ${reason} of ${login}`,
  );
}

/** The object, once the words of one of its conditions are as wished. */
export function saying(lab: Lab, object: PullObject, type: string, words: RegExp): Promise<PullObject> {
  return statusOf(
    lab,
    object,
    (status) => words.test(condition(status, type)?.message ?? ''),
    `say ${words} in ${type}`,
  );
}

/** How often an `ecr-pull` was written since the proxy was told to forget. */
export function secretWrites(proxy: ApiProxy): number {
  return proxy.mutations({ path: /\/secrets\/ecr-pull$/ }).length;
}
