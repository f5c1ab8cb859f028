import { expect, test } from '@jest/globals';
import { type NodeMachine, nodeUnavailable } from '../../lab/node/availability.ts';

const good: NodeMachine = { platform: 'linux', userId: 0, ci: false, missing: () => undefined };

test.each<[string, Partial<NodeMachine>, RegExp | undefined]>([
  ['root on Linux can run a node', {}, undefined],
  ['another system cannot', { platform: 'darwin' }, /needs Linux, and this is darwin/],
  ['another user cannot', { userId: 1000 }, /needs root/],
  ['a system without user ids cannot', { platform: 'win32', userId: undefined }, /needs Linux/],
  ['a container without rights cannot', { missing: () => 'no namespaces' }, /no namespaces/],
  ['root on Linux in CI skips nothing', { ci: true, missing: () => 'no namespaces' }, undefined],
  ['CI on another system skips', { ci: true, platform: 'darwin' }, /needs Linux/],
])('%s', (_, machine, reason) => {
  const said = nodeUnavailable({ ...good, ...machine });
  if (reason) expect(said).toMatch(reason);
  else expect(said).toBeUndefined();
});
