import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { AwsError } from './aws-error.ts';

/** Where a repository's content lies: accounts and regions share one registry, each below a folder of its own. */
export interface UpstreamRepository {
  /** `http://127.0.0.1:5000` */
  readonly upstream: string | undefined;
  /** `ACCOUNT/REGION`, or `public`. */
  readonly folder: string;
  readonly name: string;
}

const HOP_BY_HOP = [
  'authorization',
  'connection',
  'host',
  'keep-alive',
  'transfer-encoding',
  'te',
  'upgrade',
];

/** Passes a request on and its answer back, both as streams. Upload addresses in the answer lead back to the front. */
export async function forward(
  to: UpstreamRepository,
  path: string,
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const answer = await send(to, path, incoming.method ?? 'GET', passedHeaders(incoming), incoming);
  const headers = { ...answer.headers };
  if (headers.location !== undefined) headers.location = frontPath(to, headers.location);
  response.writeHead(answer.statusCode ?? 502, headers);
  await pipeline(answer, response);
}

/** Stores a manifest under its digest; throws what the registry answered when it refused. */
export async function storeManifest(
  to: UpstreamRepository,
  digest: string,
  mediaType: string,
  body: Buffer,
): Promise<void> {
  const headers = { 'content-type': mediaType, 'content-length': String(body.length) };
  const answer = await send(to, `manifests/${digest}`, 'PUT', headers, body);
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer);
  if (answer.statusCode === 201) return;
  const text = Buffer.concat(chunks).toString();
  throw new AwsError(
    'InvalidParameterException',
    `the registry behind the front answered ${answer.statusCode}: ${text}`,
  );
}

/** Gives a repository behind the front a blob that another one there has. */
export async function mountBlob(
  from: UpstreamRepository,
  to: UpstreamRepository,
  digest: string,
): Promise<void> {
  const path = `blobs/uploads/?mount=${digest}&from=${encodeURIComponent(upstreamName(from))}`;
  const answer = await send(to, path, 'POST', { 'content-length': '0' }, Buffer.alloc(0));
  answer.resume();
  if (answer.statusCode === 201) return;
  throw new AwsError('ServerException', `no blob ${digest} to mount: ${answer.statusCode}`, 502);
}

function send(
  to: UpstreamRepository,
  path: string,
  method: string,
  headers: Record<string, string | string[]>,
  body: IncomingMessage | Buffer,
): Promise<IncomingMessage> {
  if (to.upstream === undefined)
    throw new AwsError('ServerException', 'the front has no registry behind it', 503);
  const url = new URL(`/v2/${upstreamName(to)}/${path}`, to.upstream);
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(url, { method, headers }, resolve);
    outgoing.once('error', reject);
    if (Buffer.isBuffer(body)) outgoing.end(body);
    // Unlike pipe, this ends the upload behind the front too when the client goes away.
    else pipeline(body, outgoing).catch(reject);
  });
}

function upstreamName(to: UpstreamRepository): string {
  return `${to.folder}/${to.name}`;
}

/** Absolute or relative, an upload's address becomes a path on the front; its query is signed and stays as it is. */
function frontPath(to: UpstreamRepository, location: string): string {
  const url = new URL(location, to.upstream);
  return url.pathname.replace(`/v2/${upstreamName(to)}/`, `/v2/${to.name}/`) + url.search;
}

function passedHeaders(incoming: IncomingMessage): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined && !HOP_BY_HOP.includes(name)) headers[name] = value;
  }
  return headers;
}
