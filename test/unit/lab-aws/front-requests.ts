import { createServer, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ECRClient, GetAuthorizationTokenCommand } from '@aws-sdk/client-ecr';
import type { Simulated } from './simulated-clients.ts';

export const NAME = 'team/app';
export const OCI = 'application/vnd.oci.image.manifest.v1+json';

/** Stands in for a registry: takes every manifest, starts every upload, echoes what it was asked. */
export async function fakeUpstream() {
  const asked: { method: string; url: string; body: string; authorization: string | undefined }[] = [];
  const read = async (request: IncomingMessage) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks).toString();
  };
  const server = createServer(async (request, response) => {
    const { method = '', url = '' } = request;
    asked.push({ method, url, body: await read(request), authorization: request.headers.authorization });
    if (method === 'POST')
      response.writeHead(202, { location: `http://upstream.internal${url}id?_state=signed` }).end();
    else if (method === 'PUT') response.writeHead(201).end();
    else response.writeHead(200, { 'content-type': 'application/octet-stream' }).end('layer');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    asked,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** What `docker login` would keep: the Authorization header of a fresh token. */
export async function login(lab: Simulated, client: ECRClient = lab.ecr): Promise<string> {
  const [data] = (await client.send(new GetAuthorizationTokenCommand({}))).authorizationData ?? [];
  return `Basic ${data?.authorizationToken}`;
}

/** What a session of this role with this session policy would send to the front. */
export function sessionLogin(
  lab: Simulated,
  roleArn: string,
  statements: readonly object[],
): Promise<string> {
  const policy = JSON.stringify({ Version: '2012-10-17', Statement: statements });
  const credentials = lab.aws.issueSession(roleArn, { policy });
  return login(lab, new ECRClient({ ...lab.settings, credentials }));
}

/** Asks the front, with or without credentials. */
export function ask(lab: Simulated, path: string, authorization: string | undefined, init: RequestInit = {}) {
  const credentials: Record<string, string> = authorization === undefined ? {} : { authorization };
  return fetch(`${lab.aws.registryUrl}${path}`, { ...init, headers: { ...credentials, ...init.headers } });
}

/** Asks with a Host header, which `fetch` does not let anybody set; the body is not read. */
export function askByHost(
  lab: Simulated,
  path: string,
  headers: Readonly<Record<string, string>>,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const asked = request(`${lab.aws.registryUrl}${path}`, { headers }, (response) => {
      response.resume();
      resolve(response);
    });
    asked.once('error', reject).end();
  });
}

/** Pushes a manifest to NAME. */
export function push(lab: Simulated, authorization: string, tag: string, manifest: object) {
  const init = { method: 'PUT', body: JSON.stringify(manifest), headers: { 'content-type': OCI } };
  return ask(lab, `/v2/${NAME}/manifests/${tag}`, authorization, init);
}

/** Status, code and message of a registry error. */
export async function errorOf(response: Response): Promise<[number, string, string]> {
  const { errors } = (await response.json()) as { errors: { code: string; message: string }[] };
  return [response.status, errors[0]?.code ?? '', errors[0]?.message ?? ''];
}
