import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { type Listener, listen, readBody, STAND_IN_HOST } from '../../lab/aws/http-listener.ts';
import type { KubeObject } from '../../lab/kube-client.ts';
import { ACCOUNT } from '../../lab/lab.ts';
import type { OperatorProcess } from '../../lab/operator.ts';
import { waitFor } from '../../lab/wait-for.ts';
import { arrivedIn, condition, servedIn, settledAs } from '../pull-secret/pull-lab.ts';
import { type PullObject, pullSecret, versionsOf } from '../pull-secret/pull-objects.ts';
import { API_VERSION, conditionOf, type EcrLab, readyOf, startEcrLab } from '../repository/ecr-lab.ts';

const ROLE = `arn:aws:iam::${ACCOUNT}:role/web-identity`;
const TOKEN = 'web-identity-of-the-operator';
const TENANCY = { tenancy: { rules: [{ allow: ['Pull', 'Create', 'Public'] }] } } as const;
/** Lets hosts in, but not those of this machine. */
const REFUSED = { ECR_OPERATOR_ENDPOINT_HOSTS: '*.example.org,192.0.2.1' };

jest.setTimeout(90_000);

let lab: EcrLab;
let operator: OperatorProcess;
let irsa: Readonly<Record<string, string>>;
/** Notes whether it is sent the token, and says that it is out of order. */
let host: Listener;
const sent: string[] = [];

beforeAll(async () => {
  host = await listen(async (request, response) => {
    sent.push((await readBody(request)).includes(TOKEN) ? 'a call with the token' : 'a call');
    response.writeHead(500).end();
  });
  lab = await startEcrLab();
  operator = lab.operator;
  lab.aws.addRole({ arn: ROLE, webIdentityToken: TOKEN });
  const file = join(lab.controlPlane.folder, 'token-of-the-operator');
  await writeFile(file, TOKEN);
  irsa = {
    AWS_ACCESS_KEY_ID: '',
    AWS_SECRET_ACCESS_KEY: '',
    AWS_ROLE_ARN: ROLE,
    AWS_WEB_IDENTITY_TOKEN_FILE: file,
  };
  await restart(REFUSED);
}, 600_000);

afterAll(async () => {
  await lab?.stop();
  await host?.stop();
});

beforeEach(() => {
  sent.length = 0;
});

async function restart(env: Readonly<Record<string, string>>): Promise<void> {
  await operator.stop();
  operator = await lab.startOperator({ server: lab.proxy.url, env: { ...irsa, ...env } });
}

/** An object once its Ready has this reason; of any kind. */
async function readyAs(object: KubeObject, reason: string): Promise<void> {
  await waitFor(() => lab.admin.get<PullObject>(object), {
    what: `${object.kind} ${object.metadata.name} to be ${reason}`,
    until: (now) => condition(now?.status, 'Ready')?.reason === reason,
  });
}

/** A PullSecret in a namespace of the Registry's name. */
const claim = (name: string) =>
  lab.admin.apply<PullObject>(pullSecret(name, name, { registries: [{ name }] }));

/** One of each kind that refers to a Registry and calls AWS by it. */
async function referrers(name: string): Promise<readonly KubeObject[]> {
  const make = (kind: string, namespace: string | undefined, spec: object = {}): Promise<KubeObject> =>
    lab.admin.apply({
      apiVersion: API_VERSION,
      kind,
      metadata: { name, namespace },
      spec: { registryRef: { name }, ...spec },
    } as KubeObject);
  return [
    await make('Repository', name),
    await make('PublicRepository', name),
    await make('PullThroughCacheRule', undefined, { prefix: name, upstreamRegistry: 'ecr-public' }),
    await make('RepositoryCreationTemplate', undefined, { prefix: name, appliedFor: ['CREATE_ON_PUSH'] }),
    await claim(name),
  ];
}

const wordsOf = (service: string) =>
  `spec.endpoint.${service} names ${STAND_IN_HOST}, and nothing is sent there: it is no endpoint of ECR or STS in the partition aws; name one that is, or have whoever installs the operator add ${STAND_IN_HOST} to --endpoint-hosts`;

describe('with a web identity, a Registry that names a host of somebody else', () => {
  test.each(['sts', 'ecr'] as const)(
    'as %s says so, and so does all that refers to it; nothing is sent there, and it is mended by another spec',
    async (service) => {
      await lab.namespace(service);
      const endpoint = { [service]: `${host.url}/` };
      const registry = await lab.settled(
        await lab.registry(service, { endpoint, ...TENANCY }),
        'EndpointRefused',
      );
      const message = wordsOf(service);
      expect(readyOf(registry)).toEqual({ status: 'False', reason: 'EndpointRefused', message });
      expect(conditionOf(registry, 'Stalled')?.status).toBe('True');
      await lab.event(registry, 'EndpointRefused', message);
      const objects = await referrers(service);
      for (const object of objects) await readyAs(object, 'EndpointRefused');
      // Past retries, and whatever goes by the hour.
      await lab.advance(3_700_000);
      await lab.settled(await lab.registry(`after-${service}`));

      await lab.settled(await lab.registry(service, { ...TENANCY }));
      for (const object of objects) await readyAs(object, 'Ready');
      expect(sent).toEqual([]);
    },
  );

  test('after it has served leaves the Secret as it is, and renews it when it names none any more', async () => {
    await lab.namespace('served');
    await lab.settled(await lab.registry('served'));
    const object = await servedIn(lab, await claim('served'), 1);
    const before = await arrivedIn(lab, 'served');
    await lab.settled(await lab.registry('served', { endpoint: { sts: host.url } }), 'EndpointRefused');
    const told = await settledAs(lab, object, 'EndpointRefused', 'Refreshed');
    expect(condition(told.status, 'Refreshed')?.message).toMatch(/^pulls work until .*--endpoint-hosts$/);
    expect(condition(told.status, 'Ready')?.status).toBe('True');
    expect(versionsOf([await arrivedIn(lab, 'served')])).toEqual(versionsOf([before]));
    await lab.settled(await lab.registry('served'));
    await settledAs(lab, object, 'Refreshed', 'Refreshed');
    expect(sent).toEqual([]);
  });
});

test('a host that the installation lets in is called: it is sent the token of the web identity', async () => {
  const registry = await lab.settled(
    await lab.registry('let-in', { endpoint: { sts: host.url } }),
    'EndpointRefused',
  );
  expect(sent).toEqual([]);
  await restart({ ECR_OPERATOR_ENDPOINT_HOSTS: STAND_IN_HOST });
  await lab.settledInTime(registry, 'AWSUnavailable');
  expect(sent).toContain('a call with the token');
  const stand = { sts: lab.aws.endpoint, ecr: lab.aws.endpoint };
  await lab.settled(await lab.registry('let-in', { endpoint: stand }));
});
