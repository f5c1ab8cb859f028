import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, jest, test } from '@jest/globals';
import { parseAllDocuments } from 'yaml';
import type { KubeObject } from '../../lab/kube-client.ts';
import { blocksOf, ROOT, readPage } from '../../unit/docs/markdown.ts';
import type { OverlayPatch } from '../deploy/overlay.ts';
import { type AdmissionLab, FAIL, OPTED_OUT, SELECTED, startAdmissionLab } from './admission-lab.ts';
import { FROM_ECR } from './images.ts';
import { container, given, namespace, pod, pullSecretsGiven } from './pods.ts';

jest.setTimeout(120_000);

let lab: AdmissionLab;

beforeAll(async () => {
  lab = await startAdmissionLab();
}, 600_000);

afterEach(() => lab.uninstall());

afterAll(async () => {
  await lab?.stop();
});

const POLICY = 'MutatingAdmissionPolicy';
const names = (image: string, at = SELECTED) => pullSecretsGiven(lab.admin, pod(at, container(image)));

/** What docs/spec/admission.md tells people to write; the test keeps a patch from hitting another variable. */
const variable = (index: number, name: string, expression: string): OverlayPatch => ({
  kind: POLICY,
  operations: [
    { op: 'test', path: `/spec/variables/${index}/name`, value: name },
    { op: 'replace', path: `/spec/variables/${index}/expression`, value: expression },
  ],
});

test('another name of the Secret is one word to change', async () => {
  await lab.install([FAIL, variable(0, 'secretName', "'team-pull'")], ['team-pull']);
  const spec = { imagePullSecrets: [{ name: 'ecr-pull' }] };
  expect(await pullSecretsGiven(lab.admin, pod(SELECTED, spec))).toEqual(['ecr-pull', 'team-pull']);
  expect(
    await pullSecretsGiven(lab.admin, pod(SELECTED, { imagePullSecrets: [{ name: 'team-pull' }] })),
  ).toEqual(['team-pull']);
});

test('further registries can be named, and count like ECR', async () => {
  await lab.install([FAIL, variable(1, 'moreHosts', "['public.ecr.aws', 'mirror.example.com:5000']")]);
  expect(await names('public.ecr.aws/docker/library/nginx:1')).toEqual(['ecr-pull']);
  expect(await names('mirror.example.com:5000/web:1')).toEqual(['ecr-pull']);
  expect(await names(FROM_ECR)).toEqual(['ecr-pull']);
  expect(await names('public.ecr.aws.example.com/web:1')).toEqual([]);
  expect(await names('example.com/public.ecr.aws/web:1')).toEqual([]);
});

test('another selector replaces the shipped one', async () => {
  const value = { matchLabels: { 'lab.test/team': 'a' } };
  const selector = { op: 'replace', path: '/spec/matchResources/namespaceSelector', value };
  const team = await namespace(lab.admin, 'team-a', { 'lab.test/team': 'a' });
  await lab.admin.patch(
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: SELECTED } },
    { metadata: { labels: { 'lab.test/team': 'a' } } },
  );
  await lab.install([FAIL, { kind: `${POLICY}Binding`, operations: [selector] }]);
  expect(await names(FROM_ECR, team)).toEqual(['ecr-pull']);
  expect(await names(FROM_ECR, 'default')).toEqual([]);
  expect(await names(FROM_ECR, OPTED_OUT)).toEqual([]);
});

test('the overlay in docs/spec/admission.md does what it says', async () => {
  const team = await namespace(lab.admin, 'documented', { 'ecr-operator.example/team': 'a' });
  const folder = join(lab.controlPlane.folder, 'documented');
  await mkdir(folder);
  await symlink(ROOT, join(folder, 'ecr-operator'));
  const [overlay] = blocksOf(await readPage('docs/spec/admission.md')).filter(
    ({ language }) => language === '',
  );
  await writeFile(join(folder, 'kustomization.yaml'), overlay?.text ?? '');
  for (const document of parseAllDocuments(await lab.kubectl('kustomize', folder))) {
    const object = document.toJS() as KubeObject;
    if (object.kind.startsWith(POLICY)) await lab.admin.apply(object);
  }
  await given(lab.admin, pod(team), ['team-pull']);
  expect(await names('public.ecr.aws/docker/library/nginx:1', team)).toEqual(['team-pull']);
  expect(await names('nginx:1', team)).toEqual([]);
  expect(await names(FROM_ECR, 'default')).toEqual([]);
});
