import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type ApiProxy, startApiProxy } from '../../lab/api-proxy.ts';
import { type ControlPlane, startControlPlane } from '../../lab/control-plane.ts';
import { createLabKubeClient, type LabKubeClient } from '../../lab/kube-client.ts';
import { kubectlOk } from '../../lab/kubectl.ts';
import { waitFor } from '../../lab/wait-for.ts';
import { type OpenWatch, openWatch } from './open-watch.ts';

let lab: ControlPlane;
let proxy: ApiProxy;
let client: LabKubeClient;
const watches: OpenWatch[] = [];

beforeAll(async () => {
  lab = await startControlPlane({ controllers: false });
  proxy = await startApiProxy(lab);
  client = createLabKubeClient({ server: proxy.url, ca: lab.ca, token: lab.token('admin') });
}, 1_200_000);

afterEach(async () => {
  for (const watch of watches.splice(0)) await watch.close();
  proxy.heal();
  proxy.forget();
});

afterAll(async () => {
  await client?.close();
  await proxy?.stop();
  await lab?.stop();
});

const PATH = '/api/v1/namespaces/default/configmaps';
const configMap = (name: string, data: Readonly<Record<string, string>> = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'default' },
  data,
});

async function watch(query = ''): Promise<OpenWatch> {
  const target = { server: proxy.url, ca: lab.ca, token: lab.token('admin') };
  const opened = await openWatch({ ...target, path: PATH, query });
  watches.push(opened);
  return opened;
}

const sees = (opened: OpenWatch, name: string) =>
  waitFor(() => opened.events, {
    what: `the event of ${name}`,
    until: (events) => events.some(({ object }) => object.metadata?.name === name),
  });

describe('requests', () => {
  test('are passed on and recorded, changes counted', async () => {
    await client.apply(configMap('recorded'), { fieldManager: 'someone' });
    await client.get(configMap('recorded'));
    const [first, second] = proxy.requests({ path: `${PATH}/recorded` });
    expect(first).toMatchObject({ method: 'PATCH', status: 201, isWatch: false, token: lab.token('admin') });
    expect(first?.query.get('fieldManager')).toBe('someone');
    expect(second).toMatchObject({ method: 'GET', status: 200 });
    expect(proxy.mutations()).toEqual([first]);
  });

  test('of kubectl go through with its token', async () => {
    const kubeconfig = await lab.kubeconfig('admin', { server: proxy.url });
    expect(await kubectlOk(kubeconfig, ['create', 'configmap', 'by-kubectl', '-o', 'name'])).toBe(
      'configmap/by-kubectl\n',
    );
    expect(proxy.mutations()).toMatchObject([{ method: 'POST', path: PATH, status: 201 }]);
  });

  test('can be answered by the proxy, as often as told', async () => {
    const fault = proxy.addFault({
      match: { method: 'GET', path: /refused/ },
      fault: { kind: 'respond', status: 429, headers: { 'retry-after': '7' } },
      times: 1,
    });
    const answer = await client.raw({ path: `${PATH}/refused` });
    expect(answer).toMatchObject({
      status: 429,
      headers: { 'retry-after': '7' },
      body: { reason: 'TooManyRequests' },
    });
    expect((await client.raw({ path: `${PATH}/refused` })).status).toBe(404);
    expect(fault.hits()).toBe(1);
  });

  test('are refused with 502 while the API server is away, and pass when it is back', async () => {
    await lab.stopApiServer({ signal: 'SIGKILL' });
    expect((await client.raw({ path: PATH })).status).toBe(502);
    await lab.startApiServer();
    expect((await client.raw({ path: PATH })).status).toBe(200);
  }, 120_000);

  test('can have happened though the answer is lost', async () => {
    proxy.addFault({ match: { method: 'PATCH' }, fault: { kind: 'reset', when: 'after' }, times: 1 });
    await expect(client.apply(configMap('lost-answer'))).rejects.toThrow();
    expect(await lab.admin.get(configMap('lost-answer'))).toBeDefined();
    expect(proxy.mutations()).toMatchObject([{ status: undefined }]);
  });

  test('can fail before they happen', async () => {
    proxy.addFault({ match: { method: 'PATCH' }, fault: { kind: 'reset' }, times: 1 });
    await expect(client.apply(configMap('never-made'))).rejects.toThrow();
    expect(await lab.admin.get(configMap('never-made'))).toBeUndefined();
  });

  test('can wait', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    proxy.addFault({ match: { method: 'GET' }, fault: { kind: 'slow', until: promise }, times: 1 });
    const order: string[] = [];
    const slow = client.raw({ path: PATH }).then(() => order.push('slow'));
    await client.raw({ path: PATH }).then(() => order.push('quick'));
    resolve();
    await slow;
    expect(order).toEqual(['quick', 'slow']);
  });

  test('can be followed by a change that the client does not know of', async () => {
    await client.apply(configMap('raced', { by: 'client' }));
    const remove = proxy.onResponse(() => lab.admin.patch(configMap('raced'), { data: { by: 'other' } }));
    const read = await client.get<ReturnType<typeof configMap>>(configMap('raced'));
    remove();
    expect(read?.data).toEqual({ by: 'client' });
    expect(await lab.admin.get(configMap('raced'))).toMatchObject({ data: { by: 'other' } });
  });

  test('tell when the client has its answer', async () => {
    const answered: (number | undefined)[] = [];
    proxy.onResponse(({ status }) => answered.push(status), 'after');
    await client.raw({ path: PATH });
    await waitFor(() => answered.length === 1, { what: 'the hook' });
    expect(answered).toEqual([200]);
  });
});

describe('watches', () => {
  test('are passed on as events come', async () => {
    const opened = await watch();
    await lab.admin.apply(configMap('streamed'));
    await sees(opened, 'streamed');
    expect(proxy.openWatches({ path: PATH })).toBe(1);
    await opened.close();
    await waitFor(() => proxy.openWatches() === 0, { what: 'the end of the watch' });
  });

  test('can be reset', async () => {
    const opened = await watch();
    expect(proxy.resetWatches()).toBe(1);
    expect(await opened.ended).toMatchObject({ code: 'ECONNRESET' });
  });

  test('that are open can be told that their history is gone', async () => {
    const opened = await watch();
    expect(proxy.expireWatches()).toBe(1);
    expect(await opened.ended).toBeUndefined();
    expect(opened.events.at(-1)).toMatchObject({ type: 'ERROR', object: { code: 410, reason: 'Expired' } });
  });

  test('that asked for it are told how far they are, and go on', async () => {
    const [asked, other] = [await watch('&allowWatchBookmarks=true'), await watch()];
    const { metadata } = await lab.admin.apply(configMap('marked'));
    for (const each of [asked, other]) await sees(each, 'marked');
    await proxy.bookmarkWatches();
    await lab.admin.apply(configMap('after-the-mark'));
    for (const each of [asked, other]) await sees(each, 'after-the-mark');
    const marks = ({ events }: OpenWatch) => events.filter(({ type }) => type === 'BOOKMARK');
    const { resourceVersion } = metadata as { readonly resourceVersion?: string };
    // The API server may have told something of its own at the beginning.
    expect(marks(asked).at(-1)?.object).toEqual({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { resourceVersion },
    });
    expect(marks(other)).toEqual([]);
  });

  test('that begin can be told so, in the stream or as a status', async () => {
    proxy.addFault({ match: { watch: true }, fault: { kind: 'watch-error' }, times: 1 });
    const opened = await watch();
    expect(await opened.ended).toBeUndefined();
    expect(opened.events).toMatchObject([{ type: 'ERROR', object: { code: 410 } }]);
    proxy.addFault({ match: { watch: true }, fault: { kind: 'respond', status: 410 }, times: 1 });
    await expect(watch()).rejects.toThrow('410');
  });

  test('can go silent with their connection open, and go on', async () => {
    const opened = await watch();
    const silence = proxy.silence();
    await lab.admin.apply(configMap('unheard'));
    const unanswered = client.raw({ path: `${PATH}/unheard` });
    const other = await openWatch({ server: lab.url, ca: lab.ca, token: lab.token('admin'), path: PATH });
    watches.push(other);
    // Seen past the proxy, so the proxy has had it too, or is about to.
    await sees(other, 'unheard');
    expect(opened.events.filter(({ object }) => object.metadata?.name === 'unheard')).toEqual([]);
    expect(opened.isOpen()).toBe(true);
    silence.resume();
    await sees(opened, 'unheard');
    expect((await unanswered).status).toBe(200);
  });
});
