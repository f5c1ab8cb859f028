import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { listen } from './http-listener.ts';
import type { SessionCredentials } from './identity.ts';

export interface InstanceMetadataOptions {
  /** The name of the role in the instance's profile. */
  readonly role: string;
  /** The keys that it gives out, each time anew. */
  readonly issue: () => SessionCredentials;
}

/** The metadata service of an EC2 instance, version 2: keys of the instance's role, for who has a session token. */
export interface InstanceMetadata {
  /** For AWS_EC2_METADATA_SERVICE_ENDPOINT. */
  readonly url: string;
  /** How often keys were given out. */
  readonly issued: number;
  stop(): Promise<void>;
}

const KEYS = '/latest/meta-data/iam/security-credentials/';

/** Starts it on loopback. */
export async function startInstanceMetadata(options: InstanceMetadataOptions): Promise<InstanceMetadata> {
  const tokens = new Set<string>();
  const service = { issued: 0 };

  function answer({ method, url = '', headers }: IncomingMessage): string | number {
    if (method === 'PUT' && url === '/latest/api/token') {
      if (headers['x-aws-ec2-metadata-token-ttl-seconds'] === undefined) return 400;
      const token = randomUUID();
      tokens.add(token);
      return token;
    }
    if (!tokens.has(String(headers['x-aws-ec2-metadata-token']))) return 401;
    if (url === KEYS) return options.role;
    if (url !== `${KEYS}${options.role}`) return 404;
    service.issued += 1;
    const keys = options.issue();
    return JSON.stringify({
      Code: 'Success',
      Type: 'AWS-HMAC',
      LastUpdated: new Date().toISOString(),
      AccessKeyId: keys.accessKeyId,
      SecretAccessKey: keys.secretAccessKey,
      Token: keys.sessionToken,
      Expiration: keys.expiration.toISOString(),
    });
  }

  const listener = await listen((request, response: ServerResponse) => {
    const body = answer(request);
    if (typeof body === 'number') response.writeHead(body).end();
    else response.writeHead(200, { 'content-type': 'text/plain' }).end(body);
  });
  return Object.assign(service, { url: listener.url, stop: listener.stop });
}
