import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { KubeConfig } from '@kubernetes/client-node';
import { isConflict, isNotFound, KubeError } from '../../../src/runtime/kube-errors.ts';
import { type KubeObject, NAMESPACES, pathOf } from '../../../src/runtime/resource.ts';
import { startConnectProxy } from '../../lab/connect-proxy.ts';
import type { KubeObject as LabObject } from '../../lab/kube-client.ts';
import { type TemporaryFolder, temporaryFolder } from '../../lab/temporary-folder.ts';
import { waitFor } from '../../lab/wait-for.ts';
import { countConnections } from './counted-connections.ts';
import { CONFIG_MAPS, type RuntimeLab, startRuntimeLab } from './runtime-lab.ts';

interface ConfigMap extends LabObject {
  readonly data?: Readonly<Record<string, string>>;
}

const OTHER_UID = '00000000-0000-0000-0000-000000000000';
const DEFAULT = pathOf(NAMESPACES, { name: 'default' });
const saysNo = (status: number) => ({ kind: 'respond', status }) as const;
const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

let lab: RuntimeLab;
let folder: TemporaryFolder;

beforeAll(async () => {
  lab = await startRuntimeLab();
  folder = await temporaryFolder('kube-client');
}, 1_200_000);

afterEach(() => {
  lab.proxy.heal();
  lab.proxy.forget();
});

afterAll(async () => {
  await lab?.stop();
  await folder?.remove();
});

/** A kubeconfig for the proxy with this user. */
function configOf(user: object): KubeConfig {
  const config = new KubeConfig();
  const caData = Buffer.from(lab.controlPlane.ca).toString('base64');
  config.loadFromOptions({
    clusters: [{ name: 'lab', server: lab.proxy.url, caData }],
    users: [{ name: 'me', ...user }],
    contexts: [{ name: 'lab', cluster: 'lab', user: 'me' }],
    currentContext: 'lab',
  });
  return config;
}

let tokenFiles = 0;

/** A file with a token that is not known yet, and the ways to be told of it. */
async function tokenFile() {
  tokenFiles += 1;
  const path = join(folder.path, `token-${tokenFiles}`);
  const runs = `${path}.runs`;
  const command = `${path}.sh`;
  const write = (token: string) => writeFile(path, token, { mode: 0o600 });
  await write(lab.controlPlane.token('nobody'));
  await writeFile(runs, '');
  const credential = {
    apiVersion: 'client.authentication.k8s.io/v1',
    kind: 'ExecCredential',
    status: { token: '%s' },
  };
  const script = `#!/bin/sh\necho run >> '${runs}'\nprintf '${JSON.stringify(credential)}' "$(cat '${path}')"\n`;
  await writeFile(command, script);
  await chmod(command, 0o700);
  const exec = { apiVersion: credential.apiVersion, command, interactiveMode: 'Never' };
  return {
    write,
    /** A program that prints credentials, as cloud providers have it. */
    exec: configOf({ exec }),
    runs: async () => (await readFile(runs, 'utf8')).split('\n').length - 1,
    /** As a Pod has it: see KubeConfig.loadFromCluster. */
    file: configOf({ authProvider: { name: 'tokenFile', config: { tokenFile: path } } }),
  };
}

describe('credentials', () => {
  test.each(['exec', 'file'] as const)('from %s are used', async (kind) => {
    const token = await tokenFile();
    await token.write(lab.controlPlane.token('admin'));
    const client = lab.clientOf(token[kind]);
    expect((await client.request<KubeObject>(DEFAULT)).metadata.name).toBe('default');
  });

  test('from a program are not asked for again while they are good', async () => {
    const token = await tokenFile();
    const client = lab.clientOf(token.exec);
    for (let round = 0; round < 3; round += 1) {
      await client.request('/version');
      lab.clock.advance(31_000);
    }
    expect(await token.runs()).toBe(1);
  });

  test.each(['exec', 'file'] as const)('from %s that are refused are renewed once', async (kind) => {
    const token = await tokenFile();
    const client = lab.clientOf(token[kind]);
    await client.request('/version');
    const nobody = lab.controlPlane.token('nobody');
    lab.proxy.addFault({ match: { where: (request) => request.token === nobody }, fault: saysNo(401) });
    await token.write(lab.controlPlane.token('admin'));
    expect((await client.request<KubeObject>(DEFAULT)).metadata.name).toBe('default');
    expect(lab.proxy.requests({ path: DEFAULT }).map(({ status }) => status)).toEqual([401, 200]);
  });

  test('that are refused for many requests at once are renewed once for all', async () => {
    const token = await tokenFile();
    const client = lab.clientOf(token.exec, 50);
    await client.request('/version');
    const nobody = lab.controlPlane.token('nobody');
    const fault = lab.proxy.addFault({
      match: { where: (request) => request.token === nobody },
      fault: saysNo(401),
    });
    await token.write(lab.controlPlane.token('admin'));
    await Promise.all(Array.from({ length: 50 }, () => client.request(DEFAULT)));
    expect(fault.hits()).toBe(50);
    expect(await token.runs()).toBe(2);
  });

  test('that are still refused after that are an error, without a third try', async () => {
    const client = await lab.client();
    lab.proxy.addFault({ match: { path: DEFAULT }, fault: saysNo(401) });
    expect(await failure(client.request(DEFAULT))).toMatchObject({ status: 401 });
    expect(lab.proxy.requests({ path: DEFAULT })).toHaveLength(2);
  });

  test('are renewed for a stream too', async () => {
    const client = await lab.client();
    const path = pathOf(CONFIG_MAPS, { namespace: 'default' });
    lab.proxy.addFault({ match: { path, watch: true }, fault: saysNo(401), times: 1 });
    const stopping = new AbortController();
    await client.stream(path, { query: { watch: true }, signal: stopping.signal });
    expect(lab.proxy.requests({ path, watch: true }).map(({ status }) => status)).toEqual([401, 200]);
    stopping.abort();
  });
});

describe('connections', () => {
  test('500 requests at once share as many connections as are allowed, and no more', async () => {
    const counted = await countConnections(lab.controlPlane.url);
    const client = await lab.client({ server: counted.url, connections: 8 });
    await Promise.all(Array.from({ length: 500 }, () => client.request(DEFAULT)));
    expect(counted.opened()).toBe(8);
    await client.close();
    await counted.stop();
  });

  test('watches have their own: requests go on beside more of them than there are connections', async () => {
    const counted = await countConnections(lab.controlPlane.url);
    const client = await lab.client({ server: counted.url, connections: 2 });
    const stopping = new AbortController();
    const path = pathOf(CONFIG_MAPS, { namespace: 'default' });
    for (let count = 0; count < 5; count += 1) {
      await client.stream(path, { query: { watch: true }, signal: stopping.signal });
    }
    await client.request(DEFAULT);
    expect(counted.opened()).toBe(6);
    stopping.abort();
    await waitFor(counted.open, { what: 'the watches to be closed', until: (open) => open === 1 });
    await client.close();
    await waitFor(counted.open, { what: 'the client to be closed', until: (open) => open === 0 });
    await counted.stop();
  });

  test('a request that is aborted while it waits ends at once', async () => {
    const client = await lab.client({ connections: 1 });
    lab.proxy.addFault({ match: { path: DEFAULT }, fault: { kind: 'never' } });
    const stopping = new AbortController();
    const asked = failure(client.request(DEFAULT, { signal: stopping.signal }));
    await waitFor(() => lab.proxy.requests({ path: DEFAULT }).length, { what: 'the request' });
    stopping.abort(new Error('stopping'));
    expect(await asked).toMatchObject({ message: 'stopping' });
  });
});

describe('writes', () => {
  const options = (namespace: string) => ({ namespace, name: 'a', fieldManager: 'runtime-test' });
  const get = async (namespace: string) =>
    lab.controlPlane.admin.get<ConfigMap>({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'a', namespace },
    });

  async function applied() {
    const client = await lab.client();
    const namespace = await lab.namespace();
    await client.apply(CONFIG_MAPS, { metadata: { name: 'a' }, data: { value: '1' } }, options(namespace));
    const { uid, resourceVersion } = (await get(namespace))?.metadata ?? {};
    if (!uid || !resourceVersion) throw new Error('the apply made nothing');
    const data = async () => (await get(namespace))?.data;
    return { client, namespace, uid, resourceVersion, data, path: { namespace, name: 'a' } };
  }

  test('an apply makes the object, and changes it', async () => {
    const { client, namespace, uid, data } = await applied();
    expect(await data()).toEqual({ value: '1' });
    await client.apply(
      CONFIG_MAPS,
      { metadata: { name: 'a', uid }, data: { value: '2' } },
      options(namespace),
    );
    expect(await data()).toEqual({ value: '2' });
    expect((await get(namespace))?.metadata.uid).toBe(uid);
  });

  test('an apply with the uid of another object is a conflict', async () => {
    const { client, namespace, data } = await applied();
    const body = { metadata: { name: 'a', uid: OTHER_UID }, data: {} };
    expect(isConflict(await failure(client.apply(CONFIG_MAPS, body, options(namespace))))).toBe(true);
    expect(await data()).toEqual({ value: '1' });
  });

  test('an apply with the uid of an object that is gone is a conflict, and does not make it anew', async () => {
    const { client, namespace, uid, path } = await applied();
    await client.delete(CONFIG_MAPS, path);
    const body = { metadata: { name: 'a', uid }, data: {} };
    expect(isConflict(await failure(client.apply(CONFIG_MAPS, body, options(namespace))))).toBe(true);
    expect(await get(namespace)).toBeUndefined();
  });

  test('a field of another manager is a conflict, unless it is taken by force', async () => {
    const { client, namespace, data } = await applied();
    const body = { metadata: { name: 'a' }, data: { value: '2' } };
    const other = { ...options(namespace), fieldManager: 'other' };
    expect(isConflict(await failure(client.apply(CONFIG_MAPS, body, other)))).toBe(true);
    expect(await data()).toEqual({ value: '1' });
    await client.apply(CONFIG_MAPS, body, { ...other, force: true });
    expect(await data()).toEqual({ value: '2' });
  });

  test('a JSON patch whose test does not hold changes nothing', async () => {
    const { client, resourceVersion, path, data } = await applied();
    const patch = (version: string) =>
      client.jsonPatch(CONFIG_MAPS, path, [
        { op: 'test', path: '/metadata/resourceVersion', value: version },
        { op: 'replace', path: '/data/value', value: '2' },
      ]);
    expect(await failure(patch('1'))).toBeInstanceOf(KubeError);
    expect(await data()).toEqual({ value: '1' });
    await patch(resourceVersion);
    expect(await data()).toEqual({ value: '2' });
  });

  test('a merge patch changes only what it names', async () => {
    const { client, path, data } = await applied();
    await client.mergePatch(CONFIG_MAPS, path, { data: { other: '2' } });
    expect(await data()).toEqual({ value: '1', other: '2' });
  });

  test('a deletion keeps to its preconditions', async () => {
    const { client, namespace, uid, resourceVersion, path } = await applied();
    expect(isConflict(await failure(client.delete(CONFIG_MAPS, path, { uid: OTHER_UID })))).toBe(true);
    await client.delete(CONFIG_MAPS, path, { uid, resourceVersion });
    expect(await get(namespace)).toBeUndefined();
    expect(isNotFound(await failure(client.delete(CONFIG_MAPS, path)))).toBe(true);
  });
});

test('a kubeconfig without a cluster is refused at once', () => {
  expect(() => lab.clientOf(new KubeConfig())).toThrow('the kubeconfig names no cluster');
});

describe('with proxy-url in the kubeconfig', () => {
  const through = (proxyUrl: string): KubeConfig => {
    const config = configOf({ token: lab.controlPlane.token('admin') });
    const cluster = { ...config.clusters[0], proxyUrl } as (typeof config.clusters)[number];
    config.loadFromOptions({
      clusters: [cluster],
      users: config.users,
      contexts: config.contexts,
      currentContext: config.currentContext,
    });
    return config;
  };

  test('requests and watches go through that proxy, with its login', async () => {
    const proxy = await startConnectProxy({ login: 'me:hush' });
    const client = lab.clientOf(through(proxy.url.replace('//', '//me:hush@')));
    try {
      expect((await client.request<KubeObject>(DEFAULT)).metadata.name).toBe('default');
      const stop = new AbortController();
      const query = { watch: true, fieldSelector: 'metadata.name=default' };
      for await (const chunk of await client.stream(pathOf(NAMESPACES), { query, signal: stop.signal })) {
        expect(Buffer.from(chunk).toString()).toContain('"ADDED"');
        break;
      }
      stop.abort();
      const { host } = new URL(lab.proxy.url);
      expect(proxy.tunnels).toEqual([host, host]);
    } finally {
      await client.close();
      await proxy.stop();
    }
  });

  test('a proxy of another kind is refused at the start, without its login', () => {
    expect(() => lab.clientOf(through('socks5://me:hush@127.0.0.1:1'))).toThrow(
      /^the kubeconfig has a proxy-url that is not http or https: nothing else is supported$/,
    );
  });
});
