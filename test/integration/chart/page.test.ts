import { mkdir, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { parse } from 'yaml';
import type { KubeObject } from '../../lab/kube-client.ts';
import { type TemporaryFolder, temporaryFolder } from '../../lab/temporary-folder.ts';
import { blocksOf, readPage } from '../../unit/docs/markdown.ts';
import { KUSTOMIZE, kustomized, objectOf, rendered, type Values } from './rendered.ts';

jest.setTimeout(60_000);

const blocks = blocksOf(await readPage('docs/spec/chart.md'));

/** The one block of the page that begins so. */
function blockOf(start: string): string {
  const [found, ...others] = blocks.filter(({ text }) => text.startsWith(start));
  if (!found || others.length > 0) throw new Error(`there is not one block that begins with ${start}`);
  return found.text;
}

let folder: TemporaryFolder;

beforeAll(async () => {
  folder = await temporaryFolder('page');
});

afterAll(async () => {
  await folder?.remove();
});

describe('what docs/spec/chart.md shows', () => {
  test('as values for some namespaces is taken, and makes no object of the cluster but a CRD', async () => {
    const objects = await rendered(parse(blockOf('controllers:')) as Values);
    const ofCluster = [...objects.values()].filter(({ metadata }) => !metadata.namespace);
    expect(ofCluster.map(({ kind }) => kind)).toEqual(['CustomResourceDefinition']);
  });

  test('as an overlay of your own moves all of it, with its image and its role', async () => {
    const overlay = join(folder.path, 'own');
    await mkdir(overlay);
    const ours = relative(overlay, KUSTOMIZE);
    const text = blockOf('apiVersion: kustomize').replaceAll('ecr-operator/deploy/kustomize', ours);
    await writeFile(join(overlay, 'kustomization.yaml'), text);
    const objects = await kustomized(overlay);
    const namespaces = [...objects.values()].flatMap(({ metadata }) => metadata.namespace ?? []);
    expect(new Set(namespaces)).toEqual(new Set(['platform-ecr']));
    expect(objects.has('ClusterRole/ecr-operator-repair-pods')).toBe(true);
    expect(objects.has('Role/platform-ecr/ecr-operator-credentials')).toBe(false);
    const account = objectOf<KubeObject>(objects, 'ServiceAccount/platform-ecr/ecr-operator');
    expect(account.metadata.annotations).toEqual({
      'eks.amazonaws.com/role-arn': 'arn:aws:iam::123456789012:role/platform-ecr',
    });
    expect(JSON.stringify(objectOf(objects, 'Deployment/platform-ecr/ecr-operator'))).toContain(
      '"image":"123456789012.dkr.ecr.us-east-1.amazonaws.com/ecr-operator:0.1.0"',
    );
  });
});
