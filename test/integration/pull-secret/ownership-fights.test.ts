import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { type ApiProxy, startApiProxy } from '../../lab/api-proxy.ts';
import { type Lab, startLab } from '../../lab/lab.ts';
import { waitFor } from '../../lab/wait-for.ts';
import { renewedIn, secretWrites } from './many-registries.ts';
import {
  arrivedIn,
  HOUR,
  type Scene,
  scenes,
  secretIn,
  secretsOf,
  servedIn,
  settledAs,
  skip,
  statusOf,
} from './pull-lab.ts';
import { encodedAuths, entriesOf } from './pull-logins.ts';
import { bytesOf, type SecretObject } from './pull-objects.ts';

jest.setTimeout(60_000);

let lab: Lab;
let proxy: ApiProxy;
let scene: (name: string) => Scene;

beforeAll(async () => {
  lab = await startLab();
  scene = scenes(lab);
  proxy = await startApiProxy(lab.controlPlane);
  await lab.startOperator({ server: proxy.url });
}, 600_000);

afterAll(async () => {
  await lab?.stop();
  await proxy?.stop();
});

const edit = (secret: SecretObject) =>
  lab.admin.patch(secret, { data: { '.dockerconfigjson': encodedAuths({ 'example.com': {} }) } });

test('F9: what people delete or edit is back within a second, a few times in a row, too', async () => {
  const healed = scene('healed');
  const namespaces = await healed.namespaces(4);
  const object = await healed.serve(4);
  const [good] = await secretsOf(lab, namespaces);
  const tookMs: number[] = [];
  for (const act of [edit, (secret: SecretObject) => lab.admin.delete(secret), edit]) {
    for (const namespace of namespaces) {
      const started = performance.now();
      await act(await arrivedIn(lab, namespace));
      await waitFor(async () => bytesOf(await secretIn(lab, namespace)) === bytesOf(good), {
        what: `the Secret of ${namespace} to be back`,
        intervalMs: 5,
      });
      tookMs.push(performance.now() - started);
    }
  }
  const [p50 = 0, most = 0] = [0.5, 0.999].map(
    (part) => tookMs.sort((a, b) => a - b)[Math.floor(tookMs.length * part)] as number,
  );
  expect(p50).toBeLessThan(1_000);
  expect(most).toBeLessThan(5_000);
  await servedIn(lab, object, 4);
  expect(healed.calls()).toBe(1);
});

test.each([
  ['changing', 'changed', edit],
  ['deleting', 'deleted', (secret: SecretObject) => lab.admin.delete(secret)],
])(
  'a tool that keeps %s it meets back-off and a condition, and gets tired alone',
  async (what, name, act) => {
    const fought = scene(name);
    const [namespace = '', peaceful = ''] = await fought.namespaces(2);
    const object = await fought.serve(2);
    const good = await arrivedIn(lab, namespace);
    proxy.forget();
    const fighting = new AbortController();
    const tool = (async () => {
      while (!fighting.signal.aborted) {
        const secret = await secretIn(lab, namespace);
        if (secret && bytesOf(secret) === bytesOf(good)) await act(secret);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    })();
    try {
      const told = await settledAs(lab, object, 'SecretContested');
      expect(told.status?.failures).toEqual([
        {
          namespace,
          reason: 'SecretContested',
          message: expect.stringMatching(
            new RegExp(
              `somebody keeps ${what} Secret ecr-pull, .* \\d times: tried again at \\S+Z; find who`,
            ),
          ),
        },
      ]);
      expect(told.status?.namespaces).toMatchObject({ ready: 1, failed: 1 });
      const writes = secretWrites(proxy);
      // Five without waiting, and what crossed with the tool's own.
      expect(writes).toBeLessThanOrEqual(10);
      // A minute has a few more attempts: after ten seconds, twenty, forty.
      for (let second = 0; second < 60; second += 5) {
        await lab.advance(5_000);
        await arrivedIn(lab, peaceful);
      }
      await waitFor(() => secretWrites(proxy) > writes, { what: 'another attempt' });
      expect(secretWrites(proxy) - writes).toBeLessThanOrEqual(4);
    } finally {
      fighting.abort();
      await tool;
    }
    // Rotation reaches the others meanwhile, and this one when the wait is over.
    await skip(lab, 6 * HOUR);
    await renewedIn(lab, peaceful, entriesOf(good), fought.host);
    await renewedIn(lab, namespace, entriesOf(good), fought.host);
    await servedIn(lab, object, 2);
    await statusOf(lab, object, ({ failures }) => failures === undefined, 'have no failures');
  },
);
