import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { ACCOUNT, type Lab, REGION, startLab } from '../../lab/lab.ts';
import { operatorEnvironment } from '../../lab/operator-environment.ts';
import { type LabProcess, startProcess } from '../../lab/process.ts';

const ROOT = join(import.meta.dirname, '../../..');
const API = 'ecr-operator.io/v1alpha1';

/** A span as OTLP has it in JSON, as far as it is looked at here. */
interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly attributes: readonly { readonly key: string; readonly value: Record<string, unknown> }[];
  readonly status: { readonly code?: number; readonly message?: string };
}

jest.setTimeout(60_000);

let lab: Lab;
let receiver: Server;
let endpoint: string;
let operator: LabProcess | undefined;
const bodies: string[] = [];
const spans: Span[] = [];
const resources: string[] = [];

/** What an OTLP receiver does: it takes POSTs of /v1/traces. */
function receive(path: string | undefined, body: string): number {
  if (path !== '/v1/traces') return 404;
  bodies.push(body);
  for (const { resource, scopeSpans } of JSON.parse(body).resourceSpans) {
    resources.push(JSON.stringify(resource));
    for (const scope of scopeSpans) spans.push(...scope.spans);
  }
  return 200;
}

beforeAll(async () => {
  lab = await startLab();
  receiver = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      response.statusCode = receive(request.url, Buffer.concat(chunks).toString());
      response.setHeader('content-type', 'application/json').end('{}');
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  endpoint = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
}, 600_000);

afterAll(async () => {
  await operator?.stop();
  receiver?.closeAllConnections();
  await new Promise((resolve) => receiver?.close(resolve));
  await lab?.stop();
});

async function start(name: string, flags: readonly string[]): Promise<LabProcess> {
  return startProcess({
    name,
    command: process.execPath,
    args: ['--no-warnings', 'src/main.ts', ...flags],
    cwd: ROOT,
    logFile: join(lab.controlPlane.folder, `${name}.log`),
    env: { ...(await operatorEnvironment(lab, name)), ECR_OPERATOR_LEADER_ELECT: 'false' },
  });
}

async function makeReady(name: string): Promise<void> {
  const spec = { accountId: ACCOUNT, region: REGION };
  await lab.admin.create({ apiVersion: API, kind: 'Registry', metadata: { name }, spec } as never);
  await lab.kubectl('wait', '--for=condition=Ready', `ecrreg/${name}`, '--timeout=50s');
}

async function stop(): Promise<string> {
  await operator?.stop();
  expect(await operator?.exited).toEqual({ code: 0, signal: null });
  // All of it: what is said at the start may be far from the end.
  const said = (await operator?.logTail(1_000_000)) ?? '';
  operator = undefined;
  return said;
}

function attributesOf({ attributes }: Span): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
}

test('without an endpoint nothing is sent, and nothing is said of traces', async () => {
  operator = await start('silent', []);
  await makeReady('silent');
  expect(await stop()).not.toContain('traces');
  expect(bodies).toEqual([]);
});

test('each pass is a span, what it asks of AWS and Kubernetes are its children, and of the Lease there is none', async () => {
  operator = await start('traced', [
    `--otlp-endpoint=${endpoint}`,
    '--leader-elect=true',
    '--pod-name=traced-0',
  ]);
  await makeReady('default');
  const said = await stop();
  expect(said).toContain('"msg":"traces are sent"');
  const identity = spans.find(({ name }) => name === 'sts:GetCallerIdentity');
  expect(attributesOf(identity as Span)).toEqual({
    'rpc.system': 'aws-api',
    'rpc.method': 'sts/GetCallerIdentity',
  });
  // Whichever pass was the first to want it.
  const pass = spans.find(({ spanId }) => spanId === identity?.parentSpanId);
  expect(pass?.name).toMatch(/^reconcile /);
  expect(pass?.traceId).toBe(identity?.traceId);
  expect(attributesOf(pass as Span)).toMatchObject({ 'ecr_operator.result': expect.any(String) });
  const statuses = spans
    .filter(({ name }) => name === 'PATCH')
    .map((span) => attributesOf(span))
    .filter((attributes) => String(attributes['url.path']).endsWith('/registries/default/status'));
  expect(statuses).toContainEqual(expect.objectContaining({ 'http.response.status_code': 200 }));
  // It led, by its Lease.
  const isOfLease = (span: Span): boolean => String(attributesOf(span)['url.path']).includes('/leases/');
  expect(said).toContain('"msg":"lease released"');
  expect(spans.filter(isOfLease).map(({ name }) => name)).toEqual([]);
  expect(resources[0]).toContain('"ecr-operator"');
  expect(resources[0]).toContain('"traced-0"');
});

test('a call that AWS refuses is a span that failed, in its words', async () => {
  const match = { action: 'sts:GetCallerIdentity' };
  const fault = lab.aws.faults.add({ match, fault: { kind: 'access-denied' } });
  const before = spans.length;
  operator = await start('refused', [`--otlp-endpoint=${endpoint}`]);
  await lab.kubectl('wait', '--for=condition=Ready=false', 'ecrreg/default', '--timeout=50s');
  fault.remove();
  await stop();
  const refused = spans
    .slice(before)
    .filter(({ name, status }) => name === 'sts:GetCallerIdentity' && status.code === 2);
  expect(refused[0]?.status.message).toContain('is not authorized to perform: sts:GetCallerIdentity');
});

test('no token is in what was sent', async () => {
  await lab.admin.create({
    apiVersion: API,
    kind: 'ClusterPullSecret',
    metadata: { name: 'all' },
    spec: {},
  } as never);
  operator = await start('token', [`--otlp-endpoint=${endpoint}`]);
  await lab.kubectl('wait', '--for=condition=Ready', 'ecrcps/all', '--timeout=50s');
  await stop();
  expect(spans.map(({ name }) => name)).toContain('ecr:GetAuthorizationToken');
  const issued = lab.aws.issuedTokens();
  expect(bodies.filter((body) => issued.some((token: string) => body.includes(token)))).toEqual([]);
});

test('a receiver that is away costs the traces and nothing else', async () => {
  receiver.closeAllConnections();
  operator = await start('away', ['--otlp-endpoint=http://user:pass-word@127.0.0.1:9']);
  await makeReady('away');
  const said = await stop();
  expect(said).toContain('"clean":true');
  expect(said).not.toContain('pass-word');
});
