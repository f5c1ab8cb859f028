import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { KubeObject } from '../../lab/kube-client.ts';
import { type TemporaryFolder, temporaryFolder } from '../../lab/temporary-folder.ts';
import { COMPONENTS, writeOverlay } from '../deploy/overlay.ts';
import { KUSTOMIZE, kustomized, type Objects, objectsIn, rendered } from './rendered.ts';
import { COMPONENT_TWINS, TWINS } from './twins.ts';

jest.setTimeout(180_000);

/** What helm adds, and kustomize does not. */
const OF_HELM = ['app.kubernetes.io/instance', 'app.kubernetes.io/version', 'helm.sh/chart'];

/** The same objects, without the namespace itself, which `helm install --create-namespace` makes. */
function comparable(objects: Objects): Record<string, KubeObject> {
  const kept = [...objects].filter(([id]) => !id.startsWith('Namespace/'));
  return Object.fromEntries(kept.sort(([a], [b]) => a.localeCompare(b)).map(([id, one]) => [id, bare(one)]));
}

function bare(object: KubeObject): KubeObject {
  const { labels = {}, annotations = {}, ...metadata } = object.metadata;
  const isHelms = ([name, value]: readonly [string, string]): boolean =>
    OF_HELM.includes(name) || (name === 'app.kubernetes.io/managed-by' && value === 'Helm');
  const left = Object.fromEntries(Object.entries(labels).filter((label) => !isHelms(label)));
  const { 'helm.sh/resource-policy': _, ...others } = annotations;
  // Kustomize gives no labels to the CRDs, and helm does.
  if (object.kind === 'CustomResourceDefinition') delete left['app.kubernetes.io/name'];
  return {
    ...object,
    metadata: {
      ...metadata,
      ...(Object.keys(left).length > 0 ? { labels: left } : {}),
      ...(Object.keys(others).length > 0 ? { annotations: others } : {}),
    },
  };
}

/**
 * The settings are a set: kustomize puts what a patch adds first. Of the file with Registries only its content counts.
 */
function inOrder(objects: Record<string, KubeObject>): Record<string, KubeObject> {
  return JSON.parse(JSON.stringify(objects), (key, value: unknown) => {
    if (key === 'env' && Array.isArray(value))
      return value.toSorted((a: { name: string }, b: { name: string }) => a.name.localeCompare(b.name));
    if (key === 'registries.yaml') return [...objectsIn(value as string).values()];
    return value;
  }) as Record<string, KubeObject>;
}

const NAMESPACED = 'overlays/namespaced';

/** All that a person applies: the rights in each watched namespace are a step of their own there. */
async function asApplied(overlay: string): Promise<Objects> {
  const objects = new Map(await kustomized(overlay));
  if (overlay !== NAMESPACED) return objects;
  const rights = await kustomized(`${NAMESPACED}/watched`);
  for (const namespace of ['team-a', 'team-b']) {
    for (const object of rights.values())
      objects.set(`${object.kind}/${namespace}/${object.metadata.name}`, {
        ...object,
        metadata: { ...object.metadata, namespace },
      });
  }
  return objects;
}

describe('the chart and kustomize make the same objects', () => {
  let folder: TemporaryFolder;

  beforeAll(async () => {
    folder = await temporaryFolder('twins');
  });

  afterAll(async () => {
    await folder?.remove();
  });

  test('of every overlay there is', async () => {
    const overlays = (await readdir(join(KUSTOMIZE, 'overlays'), { withFileTypes: true })).filter((each) =>
      each.isDirectory(),
    );
    expect(Object.keys(TWINS).sort()).toEqual(
      ['.', ...overlays.map(({ name }) => `overlays/${name}`)].sort(),
    );
  });

  test('of every component there is', () => {
    expect(Object.keys(COMPONENT_TWINS)).toEqual(COMPONENTS);
  });

  test.each(Object.entries(TWINS))('%s', async (overlay, values) => {
    const wanted = inOrder(comparable(await asApplied(overlay)));
    expect(inOrder(comparable(await rendered(values)))).toEqual(wanted);
  });

  test.each(COMPONENTS)('components/%s', async (component) => {
    const overlay = await writeOverlay(join(folder.path, component), { components: [component] });
    const wanted = inOrder(comparable(await kustomized(overlay)));
    expect(inOrder(comparable(await rendered(COMPONENT_TWINS[component])))).toEqual(wanted);
  });
});
