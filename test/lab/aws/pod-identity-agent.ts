import { listen } from './http-listener.ts';
import type { SessionCredentials } from './identity.ts';

export interface PodIdentityAgentOptions {
  /** The keys that it gives out, each time anew. */
  readonly issue: () => SessionCredentials;
  /** When it says that they end; the truth unless told. */
  readonly endOf?: (keys: SessionCredentials) => Date;
}

/** The agent that gives a Pod the keys of its role (EKS Pod Identity), as a container's credentials endpoint. */
export interface PodIdentityAgent {
  /** For AWS_CONTAINER_CREDENTIALS_FULL_URI. */
  readonly url: string;
  /** What the file of AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE has to hold. */
  token: string;
  /** How often keys were given out. */
  readonly issued: number;
  /** How often somebody came with another token, or to another path. */
  readonly refused: number;
  stop(): Promise<void>;
}

/** Starts it on loopback. */
export async function startPodIdentityAgent(options: PodIdentityAgentOptions): Promise<PodIdentityAgent> {
  const agent = { token: 'pod-token-1', issued: 0, refused: 0 };
  const listener = await listen((request, response) => {
    const answer = (status: number, body: object): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    if (request.url !== '/v1/credentials' || request.headers.authorization !== agent.token) {
      agent.refused += 1;
      answer(400, { message: 'Service account token failed authentication' });
      return;
    }
    agent.issued += 1;
    const keys = options.issue();
    answer(200, {
      AccessKeyId: keys.accessKeyId,
      SecretAccessKey: keys.secretAccessKey,
      Token: keys.sessionToken,
      Expiration: (options.endOf?.(keys) ?? keys.expiration).toISOString(),
    });
  });
  return Object.assign(agent, { url: `${listener.url}/v1/credentials`, stop: listener.stop });
}
