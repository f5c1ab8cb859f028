import { randomBytes } from 'node:crypto';
import { Agent, request } from 'undici';
import { secretBody } from '../../src/controllers/pull-secret/secret-body.ts';
import type { SecretState } from '../../src/controllers/pull-secret/secret-state.ts';
import { metadataOnly } from '../../src/runtime/resource.ts';
import type { ControlPlane } from '../lab/control-plane.ts';

/** A token of ECR's size that opens nothing. */
function meaninglessToken() {
  const now = Date.now();
  const password = randomBytes(1_536).toString('base64');
  return {
    host: '123456789012.dkr.ecr.us-east-1.amazonaws.com',
    connection: '',
    password,
    issuedAt: now,
    expiresAt: now + 43_200_000,
    rotateAt: now + 21_600_000,
    replacesAll: true,
  };
}

/** Sends the PATCHes of a rotation with nothing around them; gives the time that they took (ms). */
export async function rawRotation(
  controlPlane: ControlPlane,
  secrets: readonly SecretState[],
  connections: number,
): Promise<number> {
  const dispatcher = new Agent({ allowH2: false, connections, connect: { ca: controlPlane.ca } });
  const token = meaninglessToken();
  const registry = {
    metadata: { name: 'default' },
    spec: { accountId: '123456789012', region: 'us-east-1' },
  } as never;
  const headers = {
    authorization: `Bearer ${controlPlane.token('admin')}`,
    'content-type': 'application/apply-patch+yaml',
    // As the operator asks: the answer holds no data.
    accept: metadataOnly('PartialObjectMetadata'),
  };
  const queue = [...secrets];
  const started = performance.now();
  const worker = async (): Promise<void> => {
    for (let secret = queue.pop(); secret; secret = queue.pop()) {
      const { namespace, name, uid, holder } = secret;
      const body = {
        apiVersion: 'v1',
        kind: 'Secret',
        ...secretBody({ target: { namespace, secretName: name }, holder, registry, token, uid }),
      };
      const url = `${controlPlane.url}/api/v1/namespaces/${namespace}/secrets/${name}?fieldManager=ecr-operator&force=true`;
      const answer = await request(url, { method: 'PATCH', headers, body: JSON.stringify(body), dispatcher });
      await answer.body.text();
      if (answer.statusCode !== 200) throw new Error(`PATCH answered ${answer.statusCode}`);
    }
  };
  await Promise.all(Array.from({ length: connections }, worker));
  const took = performance.now() - started;
  await dispatcher.close();
  return took;
}
