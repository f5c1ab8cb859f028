import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { crane, craneOk, writeDockerConfig } from '../../lab/crane.ts';
import { type LabRegistry, startRegistry } from '../../lab/registry.ts';
import { type TemporaryFolder, temporaryFolder } from '../../lab/temporary-folder.ts';
import { writeTinyImage } from '../../lab/tiny-image.ts';

let registry: LabRegistry;
let folder: TemporaryFolder;
let dockerConfig: string;

beforeAll(async () => {
  folder = await temporaryFolder('registry-test');
  registry = await startRegistry();
  dockerConfig = await writeDockerConfig(join(folder.path, 'docker'), {
    'example.org': { username: 'AWS', password: 'p' },
  });
}, 1_200_000);

afterAll(async () => {
  await registry?.stop();
  await folder?.remove();
});

test('an image that is pushed is pulled again with the same digest', async () => {
  const image = await writeTinyImage(join(folder.path, 'image'), { text: 'one\n' });
  const reference = `${registry.host}/team/app:v1`;
  expect(await craneOk(['push', image.path, reference], { dockerConfig })).toBe(
    `${registry.host}/team/app@${image.digest}`,
  );
  expect(await craneOk(['digest', reference], { dockerConfig })).toBe(image.digest);
  await craneOk(['pull', '--format=oci', reference, join(folder.path, 'pulled')], { dockerConfig });
  const index = JSON.parse(await readFile(join(folder.path, 'pulled', 'index.json'), 'utf8'));
  expect(index.manifests[0].digest).toBe(image.digest);
});

test('images differ by their text and labels only', async () => {
  const digestOf = async (name: string, options: Parameters<typeof writeTinyImage>[1]) =>
    (await writeTinyImage(join(folder.path, name), options)).digest;
  expect(await digestOf('a', { text: 'x' })).toBe(await digestOf('b', { text: 'x' }));
  expect(await digestOf('c', { text: 'x', labels: { k: 'v' } })).not.toBe(await digestOf('d', { text: 'x' }));
});

test('an image can be deleted', async () => {
  const image = await writeTinyImage(join(folder.path, 'gone'), { text: 'gone\n' });
  const reference = await craneOk(['push', image.path, `${registry.host}/gone:v1`], { dockerConfig });
  await craneOk(['delete', reference], { dockerConfig });
  const { code, stderr } = await crane(['manifest', reference], { dockerConfig });
  expect(code).not.toBe(0);
  expect(stderr).toContain('MANIFEST_UNKNOWN');
});

test('logins are for us alone', async () => {
  const file = join(dockerConfig, 'config.json');
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({
    auths: { 'example.org': { auth: 'QVdTOnA=' } },
  });
});
