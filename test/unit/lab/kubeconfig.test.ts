import { expect, test } from '@jest/globals';
import { KubeConfig } from '@kubernetes/client-node';
import { kubeconfig } from '../../lab/kubeconfig.ts';
import { tokenFile, tokenOf, usersWithTokens } from '../../lab/lab-users.ts';

test('a kubeconfig is read by the client that the operator uses', () => {
  const config = new KubeConfig();
  config.loadFromString(
    JSON.stringify(
      kubeconfig({ server: 'https://127.0.0.1:1', ca: 'PEM', user: 'eve', token: 't', namespace: 'n' }),
    ),
  );
  expect(config.getCurrentCluster()).toMatchObject({ server: 'https://127.0.0.1:1', caData: 'UEVN' });
  expect(config.getCurrentUser()).toMatchObject({ name: 'eve', token: 't' });
  expect(config.getContextObject('lab')?.namespace).toBe('n');
});

test('the token file has a line for each user, groups in quotes', () => {
  const users = [
    { name: 'a:b', groups: ['one', 'two'], token: 't1' },
    { name: 'c', token: 't2' },
  ];
  expect(tokenFile(users)).toBe('t1,"a:b","uid-a:b","one,two"\nt2,"c","uid-c",""\n');
});

test('every user has a token of its own, and an unknown one is named', () => {
  const users = usersWithTokens([{ name: 'eve' }]);
  expect(new Set(users.map(({ token }) => token)).size).toBe(users.length);
  expect(tokenOf(users, 'eve')).toHaveLength(36);
  expect(() => tokenOf(users, 'mallory')).toThrow('no user mallory');
});
