import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { type ApiProxy, startApiProxy } from '../../lab/api-proxy.ts';
import { type Lab, startLab } from '../../lab/lab.ts';
import { waitFor } from '../../lab/wait-for.ts';
import { arrivedIn, type Scene, scenes, secretIn, servedIn } from './pull-lab.ts';
import { isIn, isOut, relabel } from './pull-steps.ts';

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

describe('F10: watches', () => {
  /** Namespaces, ServiceAccounts, Secrets, and our five. */
  const KINDS = 11;

  test('that die silently are found out by their silence, and what they did not tell is made good', async () => {
    const silent = scene('silent');
    const [deleted = '', left = ''] = await silent.namespaces(2);
    const object = await silent.serve(2);
    const old = new Set(proxy.requests({ watch: true }));
    proxy.silence({ where: (request) => old.has(request) });
    await lab.admin.delete(await arrivedIn(lab, deleted));
    await relabel(lab, left, { 'lab.test/scene': null });
    const fresh = await silent.namespace('fresh');
    // The operator has not heard of anything yet, whatever the time.
    await lab.advance(80_000);
    expect([await secretIn(lab, deleted), await secretIn(lab, fresh)]).toEqual([undefined, undefined]);
    expect(await isIn(lab, left)).toBe(true);

    await lab.advance(11_000);
    await lab.advance(40_000);
    await waitFor(() => isIn(lab, deleted), { what: 'the deleted Secret to be back' });
    await waitFor(() => isIn(lab, fresh), { what: 'the new namespace to be served' });
    await waitFor(() => isOut(lab, left), { what: 'the other to be left' });
    await servedIn(lab, object, 2);
    proxy.heal();
  });

  test.each<[string, () => number]>([
    ['reset', () => proxy.resetWatches()],
    ['ended, their history too old', () => proxy.expireWatches()],
  ])('that are %s are opened again at once, and nothing is lost', async (how, end) => {
    const ended = scene(`ended-${how.split(',')[0]}`);
    const [deleted = ''] = await ended.namespaces(1);
    const object = await ended.serve(1);
    const secret = await arrivedIn(lab, deleted);
    await waitFor(() => ({ open: proxy.openWatches() }), {
      until: ({ open }) => open === KINDS,
      what: 'all watches to be open',
    });
    expect(end()).toBe(KINDS);
    await lab.admin.delete(secret);
    const fresh = await ended.namespace('fresh');
    for (const namespace of [deleted, fresh])
      await waitFor(() => isIn(lab, namespace), { what: `the Secret in ${namespace}` });
    await servedIn(lab, object, 2);
    expect(ended.calls()).toBe(1);
  });
});
