import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { RegistrySpec } from '../../../src/api/registry.generated.ts';
import type { ProxySettings } from '../../../src/ecr/client-settings.ts';
import { type Connections, createConnections } from '../../../src/ecr/connection.ts';
import { failureOf } from '../../../src/runtime/errors.ts';
import { type AwsSimulator, startAwsSimulator } from '../../lab/aws/aws-simulator.ts';
import { STAND_IN_HOST } from '../../lab/aws/http-listener.ts';
import type { AccessKey } from '../../lab/aws/identity.ts';
import { type ConnectProxy, startConnectProxy } from '../../lab/connect-proxy.ts';
import { LAB_AUTHORITY, startTlsFront, type TlsFront } from '../../lab/tls/tls-front.ts';

const ACCOUNT = '123456789012';
const LOGIN = 'me:hush-hush';

let aws: AwsSimulator<{ now(): Date }>;
let front: TlsFront;
let proxy: ConnectProxy;
let keys: AccessKey;
const opened: Connections[] = [];

beforeAll(async () => {
  aws = await startAwsSimulator({ clock: { now: () => new Date() } });
  keys = aws.addUser({ arn: `arn:aws:iam::${ACCOUNT}:user/operator` });
  front = await startTlsFront(aws.endpoint);
});

beforeEach(async () => {
  await proxy?.stop();
  const route = (host: string) => (/\.amazonaws\.com(\.cn)?:443$/.test(host) ? front.address : undefined);
  proxy = await startConnectProxy({ login: LOGIN, route });
});

afterAll(async () => {
  for (const one of opened) one.close();
  await proxy?.stop();
  await front?.stop();
  await aws?.stop();
});

const throughProxy = (): string => proxy.url.replace('//', `//${LOGIN}@`);

function connect(settings: ProxySettings, endpoint: RegistrySpec['endpoint'], region = 'us-east-1') {
  const network = { proxy: settings, endpointHosts: [STAND_IN_HOST] };
  const connections = createConnections(async () => keys, { now: Date.now, network });
  opened.push(connections);
  return connections.to({
    accountId: ACCOUNT,
    region,
    access: 'Manage',
    credentials: { secretRef: { name: 'keys' } },
    ...(endpoint ? { endpoint } : {}),
  });
}

const trusting = { caBundle: LAB_AUTHORITY };

describe('with HTTPS_PROXY', () => {
  test.each([
    ['us-east-1', 'amazonaws.com'],
    ['us-gov-west-1', 'amazonaws.com'],
    ['cn-north-1', 'amazonaws.com.cn'],
    ['me-south-1', 'amazonaws.com'],
  ])('AWS is called through tunnels, at its own host names in %s', async (region, suffix) => {
    const connection = connect({ HTTPS_PROXY: throughProxy() }, trusting, region);
    await connection.verify();
    expect(await connection.ecr.describeRepository('nothing')).toBeUndefined();
    await connection.issueToken({ kind: 'Registry' });
    expect(new Set(proxy.tunnels)).toEqual(
      new Set([`sts.${region}.${suffix}:443`, `api.ecr.${region}.${suffix}:443`]),
    );
  });

  test('ECR Public is, too', async () => {
    const connection = connect({ HTTPS_PROXY: throughProxy() }, trusting);
    await connection.issueToken({ kind: 'Public' });
    expect(proxy.tunnels).toEqual([
      'sts.us-east-1.amazonaws.com:443',
      'api.ecr-public.us-east-1.amazonaws.com:443',
    ]);
  });

  test('what NO_PROXY names is called straight, and so is what is not https', async () => {
    const direct = connect(
      { HTTPS_PROXY: throughProxy(), NO_PROXY: '127.0.0.1' },
      {
        ...trusting,
        ecr: front.url,
        sts: front.url,
      },
    );
    await direct.verify();
    const plain = connect({ HTTPS_PROXY: throughProxy() }, { ecr: aws.endpoint, sts: aws.endpoint });
    await plain.verify();
    expect([proxy.tunnels, proxy.requests]).toEqual([[], []]);
  });

  test('a proxy that refuses, or is not there, is told of without the login', async () => {
    proxy.open = false;
    const refused = await connect({ HTTPS_PROXY: throughProxy() }, trusting).verify().catch(failureOf);
    const gone = throughProxy();
    await proxy.stop();
    const missing = await connect({ HTTPS_PROXY: gone }, trusting).verify().catch(failureOf);
    proxy = await startConnectProxy();
    const text = JSON.stringify([refused, missing]);
    expect(text).toMatch(/sts:GetCallerIdentity on \*: .*403.*sts:GetCallerIdentity on \*: /);
    expect([text.includes('hush'), text.includes(Buffer.from(LOGIN).toString('base64'))]).toEqual([
      false,
      false,
    ]);
  });
});

test('with HTTP_PROXY, endpoints that are not https go through it as whole requests', async () => {
  const endpoint = { ecr: aws.endpoint, sts: aws.endpoint };
  const connection = connect({ HTTP_PROXY: throughProxy() }, endpoint);
  await connection.verify();
  expect([proxy.tunnels, proxy.requests]).toEqual([[], [`${aws.endpoint}/`]]);
});
