import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { stringify } from 'yaml';
import { type ControlPlane, startControlPlane } from '../../lab/control-plane.ts';
import { kubectl, kubectlOk } from '../../lab/kubectl.ts';
import { OPERATOR_NAMESPACE } from '../../lab/lab.ts';
import { rendered } from './rendered.ts';

jest.setTimeout(180_000);

/** What the API server of the lab can play: three versions before its own. */
const OLDEST = '1.33';

let controlPlane: ControlPlane;
let kubeconfig: string;

beforeAll(async () => {
  const apiServerArgs = [`--emulated-version=kube=${OLDEST}`];
  controlPlane = await startControlPlane({ controllers: false, apiServerArgs });
  kubeconfig = await controlPlane.kubeconfig();
  await kubectlOk(kubeconfig, ['create', 'namespace', OPERATOR_NAMESPACE]);
}, 600_000);

afterAll(async () => {
  await controlPlane?.stop();
});

test('an API server that plays an older Kubernetes takes every object, CRDs and the policy on the account too', async () => {
  const { body } = await controlPlane.admin.raw({ path: '/version' });
  const { emulationMajor, emulationMinor } = body as Readonly<Record<string, string>>;
  expect(`${emulationMajor}.${emulationMinor}`).toBe(OLDEST);
  const objects = [...(await rendered()).values()];
  const input = objects.map((object) => stringify(object)).join('---\n');
  const args = ['apply', '--server-side', '--validate=strict', '-f', '-'];
  const { stdout, stderr } = await kubectl(kubeconfig, args, { input });
  expect(stderr.trim()).toBe('');
  expect(stdout.trim().split('\n')).toHaveLength(objects.length);
  await kubectlOk(kubeconfig, ['wait', '--for=condition=Established', 'crd', '--all', '--timeout=60s']);
});
