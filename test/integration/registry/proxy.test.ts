import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { ACCOUNT, REGION } from '../../lab/lab.ts';
import { LAB_AUTHORITY } from '../../lab/tls/tls-front.ts';
import { waitFor } from '../../lab/wait-for.ts';
import { type RegistryObject, readyOf } from '../repository/ecr-lab.ts';
import { type ProxiedLab, startProxiedLab } from './proxied-lab.ts';

const NAMESPACE = 'proxied';
const LOGIN = 'operator:hush-hush';

jest.setTimeout(60_000);

let lab: ProxiedLab;

beforeAll(async () => {
  lab = await startProxiedLab({ login: LOGIN });
  await lab.namespace(NAMESPACE);
}, 600_000);

afterAll(async () => {
  await lab?.stop();
});

const tunnels = () => [...new Set(lab.connectProxy.tunnels)].sort();
const onRegistry = (name: string) => ({ registryRef: { name } });

describe('with HTTPS_PROXY, and no other way to AWS', () => {
  beforeAll(async () => {
    await lab.restart(lab.proxied);
  });

  test('an authority that is not trusted is said, and trusted once caBundle has it, for all calls of that Registry', async () => {
    const registry = await lab.registry('bundle', { region: 'eu-west-1' });
    const refused = await lab.settled(registry, 'CertificateNotTrusted');
    expect(readyOf(refused).message).toMatch(
      /^sts:GetCallerIdentity on \*: Error: unable to verify the first certificate.*; whoever answers there, .*spec\.endpoint\.caBundle$/,
    );
    await lab.event(registry, 'CertificateNotTrusted');
    await lab.settled(
      await lab.registry('bundle', { region: 'eu-west-1', endpoint: { caBundle: LAB_AUTHORITY } }),
    );
    await lab.settled(await lab.repository(NAMESPACE, 'by-bundle', onRegistry('bundle')));
    expect(lab.aws.as(ACCOUNT, 'eu-west-1').repository('by-bundle')).toBeDefined();
    expect(tunnels()).toEqual(
      expect.arrayContaining(['api.ecr.eu-west-1.amazonaws.com:443', 'sts.eu-west-1.amazonaws.com:443']),
    );
    // Of this Registry alone.
    await lab.settled(await lab.registry('beside', { region: 'us-east-2' }), 'CertificateNotTrusted');
  });

  test('a bundle that cannot be read is said, and helped by another', async () => {
    const broken = LAB_AUTHORITY.replace(/[A-Za-z0-9]{20}/, 'x'.repeat(20));
    const caBundle = `${LAB_AUTHORITY}\n${broken}`;
    const registry = await lab.registry('broken', { endpoint: { caBundle } });
    const refused = await lab.settled(registry, 'CaBundleInvalid');
    expect(readyOf(refused).message).toMatch(/^spec\.endpoint\.caBundle cannot be read: certificate 2: /);
    await lab.event(registry, 'CaBundleInvalid');
    await lab.settled(await lab.registry('broken', { endpoint: { caBundle: LAB_AUTHORITY } }));
  });

  test('a proxy that lets nobody pass is AWSUnreachable, and all goes on when it does', async () => {
    const endpoint = { caBundle: LAB_AUTHORITY };
    lab.connectProxy.open = false;
    const waiting = await lab.settled(
      await lab.registry('closed', { endpoint, region: 'us-east-2' }),
      'AWSUnreachable',
    );
    expect(readyOf(waiting).message).toMatch(/403/);
    lab.connectProxy.open = true;
    await lab.settledInTime(waiting);
  });
});

describe('with an authority that the whole operator trusts', () => {
  beforeAll(async () => {
    await lab.restart({ ...lab.proxied, NODE_EXTRA_CA_CERTS: lab.authorityFile });
  });

  test('every call of AWS goes through the proxy, and none of Kubernetes', async () => {
    const registry = await lab.registry('default', { suspend: false });
    const ready = await waitFor(() => lab.admin.get<RegistryObject>(registry), {
      what: 'the Registry to be looked at',
      until: (now) =>
        now?.status?.observedGeneration === now?.metadata.generation && readyOf(now).status === 'True',
    });
    expect(ready?.status?.identity).toContain(ACCOUNT);
    await lab.settled(await lab.repository(NAMESPACE, 'by-proxy'));
    expect(tunnels()).toEqual(
      expect.arrayContaining([`api.ecr.${REGION}.amazonaws.com:443`, `sts.${REGION}.amazonaws.com:443`]),
    );
    expect([
      tunnels().filter((host) => !/\.amazonaws\.com:443$/.test(host)),
      lab.connectProxy.requests,
    ]).toEqual([[], []]);
  });

  test('what NO_PROXY names is called straight', async () => {
    await lab.restart({ ...lab.proxied, NO_PROXY: '127.0.0.1', NODE_EXTRA_CA_CERTS: lab.authorityFile });
    const endpoint = { ecr: lab.aws.endpoint, sts: lab.aws.endpoint };
    await lab.settled(await lab.registry('straight', { endpoint, region: 'ap-south-1' }));
    expect(tunnels().filter((host) => host.includes('ap-south-1'))).toEqual([]);
  });
});

test('the login of a proxy stands in no log, status or Event', async () => {
  lab.connectProxy.open = false;
  await lab.settled(await lab.registry('quiet', { region: 'me-south-1' }), 'AWSUnreachable');
  lab.connectProxy.open = true;
  const seen = [await lab.operatorLog(), await lab.kubectl('get', 'ecrreg,events', '-A', '-o', 'yaml')].join(
    '\n',
  );
  const encoded = Buffer.from(LOGIN).toString('base64');
  expect([seen.includes('hush-hush'), seen.includes(encoded), seen.includes('AWSUnreachable')]).toEqual([
    false,
    false,
    true,
  ]);
});
