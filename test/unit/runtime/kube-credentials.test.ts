import { describe, expect, test } from '@jest/globals';
import { KubeConfig } from '@kubernetes/client-node';
import { kubeConfigCredentials } from '../../../src/runtime/kube-credentials.ts';
import { createFakeClock } from '../fake-clock.ts';

const encoded = (text: string): string => Buffer.from(text).toString('base64');

function kubeConfig(user: object, cluster: object = {}): KubeConfig {
  const config = new KubeConfig();
  config.loadFromOptions({
    clusters: [{ name: 'c', server: 'https://127.0.0.1:1', caData: encoded('the authority'), ...cluster }],
    users: [{ name: 'u', ...user }],
    contexts: [{ name: 'x', cluster: 'c', user: 'u' }],
    currentContext: 'x',
  });
  return config;
}

/** A config whose token changes with every reading. */
function countingConfig(): { config: KubeConfig; reads: () => number; fail: (error: Error) => void } {
  const config = kubeConfig({});
  let reads = 0;
  let failure: Error | undefined;
  config.applyToHTTPSOptions = async (options) => {
    reads += 1;
    if (failure) {
      const error = failure;
      failure = undefined;
      throw error;
    }
    options.headers = { Authorization: `Bearer ${reads}` };
  };
  return {
    config,
    reads: () => reads,
    fail: (error) => {
      failure = error;
    },
  };
}

describe('what is sent', () => {
  test.each<[string, object, object]>([
    ['a token', { token: 't' }, { authorization: 'Bearer t' }],
    [
      'name and password',
      { username: 'ann', password: 'p:w' },
      { authorization: `Basic ${encoded('ann:p:w')}` },
    ],
    ['nothing for a user without credentials', {}, {}],
    [
      'the name of another user',
      { token: 't', impersonateUser: 'bob' },
      { authorization: 'Bearer t', 'impersonate-user': 'bob' },
    ],
  ])('is %s', async (_what, user, headers) => {
    const credentials = kubeConfigCredentials(kubeConfig(user), createFakeClock());
    expect((await credentials()).headers).toEqual(headers);
  });

  test('is a certificate with its key in the connection, not in a header', async () => {
    const user = { certData: encoded('the certificate'), keyData: encoded('the key') };
    const { headers, tls } = await kubeConfigCredentials(kubeConfig(user), createFakeClock())();
    expect(headers).toEqual({});
    expect(Object.fromEntries(Object.entries(tls).map(([name, value]) => [name, String(value)]))).toEqual({
      ca: 'the authority',
      cert: 'the certificate',
      key: 'the key',
    });
  });

  test('goes to the name and with the checks that the cluster asks for', async () => {
    const cluster = { tlsServerName: 'kubernetes', skipTLSVerify: true };
    const { tls } = await kubeConfigCredentials(kubeConfig({}, cluster), createFakeClock())();
    expect(tls).toMatchObject({ servername: 'kubernetes', rejectUnauthorized: false });
  });
});

describe('credentials', () => {
  test('are kept for thirty seconds', async () => {
    const clock = createFakeClock();
    const { config, reads } = countingConfig();
    const credentials = kubeConfigCredentials(config, clock);
    await credentials();
    clock.advance(29_999);
    await credentials();
    expect(reads()).toBe(1);
    clock.advance(1);
    expect((await credentials()).headers).toEqual({ authorization: 'Bearer 2' });
  });

  test('are read once for all who ask at the same time', async () => {
    const { config, reads } = countingConfig();
    const credentials = kubeConfigCredentials(config, createFakeClock());
    await Promise.all([credentials(), credentials(), credentials()]);
    expect(reads()).toBe(1);
  });

  test('that were refused are read again, once for all whom it happened to', async () => {
    const credentials = kubeConfigCredentials(kubeConfig({}), createFakeClock());
    const old = await credentials();
    const renewed = await Promise.all([credentials(old), credentials(old), credentials()]);
    expect(renewed[0]).not.toBe(old);
    expect(renewed.every((each) => each === renewed[0])).toBe(true);
    expect(await credentials(old)).toBe(renewed[0]);
  });

  test('that could not be read are read again by the next who asks', async () => {
    const { config, fail } = countingConfig();
    const credentials = kubeConfigCredentials(config, createFakeClock());
    fail(new Error('no such file'));
    await expect(credentials()).rejects.toThrow('no such file');
    expect((await credentials()).headers).toEqual({ authorization: 'Bearer 2' });
  });
});
