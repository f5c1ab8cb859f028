import { expect } from '@jest/globals';
import type { ClusterPullSecretSpec } from '../../../src/api/cluster-pull-secret.generated.ts';
import type { RegistrySpec } from '../../../src/api/registry.generated.ts';
import type { Lab } from '../../lab/lab.ts';
import { arrivedIn, type Scene } from './pull-lab.ts';
import { fillRegistry, roleFor, visit } from './pull-logins.ts';

/** What a narrow scene's registry holds, of three teams. */
export const TEAM_REPOSITORIES = ['team-a/web', 'team-a/api', 'team-b/web', 'team-c'] as const;

/** A scene whose pull tokens are narrowed by a role of its own, with repositories in its registry. */
export async function narrowScene(
  lab: Lab,
  scene: (name: string) => Scene,
  name: string,
  settings: Partial<RegistrySpec> = {},
): Promise<{ readonly own: Scene; readonly role: string }> {
  const own = scene(name);
  const role = roleFor(lab, name);
  fillRegistry(lab, own, ...TEAM_REPOSITORIES);
  await own.registry({ pullRoleArn: role, ...settings });
  return { own, role };
}

/** These repositories of a scene's Registry, as a spec names them. */
export function only(
  { name }: Scene,
  ...repositories: readonly string[]
): Pick<ClusterPullSecretSpec, 'registries'> {
  return { registries: [{ name, repositories }] };
}

/** Which repositories of a narrow scene the token of a namespace opens; the others are refused. */
export async function opened(lab: Lab, { host }: Scene, namespace: string): Promise<string[]> {
  const at = visit(lab, await arrivedIn(lab, namespace), host);
  const answers = await Promise.all(TEAM_REPOSITORIES.map((name) => at.pull(name)));
  expect(answers.filter((status) => status !== 200 && status !== 403)).toEqual([]);
  return TEAM_REPOSITORIES.filter((_, index) => answers[index] === 200);
}
