import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type ECRClient, GetAuthorizationTokenCommand } from '@aws-sdk/client-ecr';
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

/** Asks the front, with or without credentials. */
export function ask(lab: Simulated, path: string, authorization: string | undefined, init: RequestInit = {}) {
  const credentials: Record<string, string> = authorization === undefined ? {} : { authorization };
  return fetch(`${lab.aws.registryUrl}${path}`, { ...init, headers: { ...credentials, ...init.headers } });
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
