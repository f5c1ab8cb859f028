import { afterEach, describe, expect, test } from '@jest/globals';
import { clusterPullSecret, HOUR, NOW, namespace, registry } from '../objects.ts';
import { login, secret, serviceAccount } from './pull-objects.ts';
import { type Wired, wired } from './wired.ts';

const running: Wired[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.stop()));
});

test('x', async () => {
  const one = wired({ registries: [registry()], clusterPullSecrets: [clusterPullSecret('all', {serviceAccounts: {mode:'None'}}, {finalizers: ['ecr-operator.io/finalizer']})], namespaces: [namespace()],
   secrets: [secret({ logins: [login({ issuedAt: NOW - 5*HOUR, rotateAt: NOW + HOUR, expiresAt: NOW+7*HOUR})] })] });
  running.push(one);
  await one.clock.elapse(2000);
  expect(one.writes).toEqual([]);
  one.isDown = true;
  await one.clock.elapse(HOUR+ 120_000);
  console.log(one.writes, one.asked.length);
  await one.clock.elapse(7*HOUR+ 120_000);
  console.log(one.writes, one.asked.length);
});
