import { randomBytes } from 'node:crypto';
import { Agent, request } from 'undici';
import type { Claim } from '../../src/controllers/pull-secret/claims.ts';
import type { PlannedLogin } from '../../src/controllers/pull-secret/decide.ts';
import type { Auths } from '../../src/controllers/pull-secret/docker-config.ts';
import type { Login } from '../../src/controllers/pull-secret/logins.ts';
import { secretBody } from '../../src/controllers/pull-secret/secret-body.ts';
import { contentOfTokens, type SecretContent } from '../../src/controllers/pull-secret/secret-content.ts';
import type { SecretState } from '../../src/controllers/pull-secret/secret-state.ts';
import { metadataOnly } from '../../src/runtime/resource.ts';
import type { Lab } from '../lab/lab.ts';
import { API_VERSION } from './fleet.ts';

/** The PATCHes of a rotation. */
export interface RawWrites {
  readonly targets: readonly SecretState[];
  readonly holder: Claim;
  /** The length of the password in each login. */
  readonly passwords: readonly number[];
  /** Of the content that the operator wrote, in base64. */
  readonly length: number;
}

/** What it takes to write the same Secrets with as much in them. */
export async function rawWrites(lab: Lab, targets: readonly SecretState[]): Promise<RawWrites> {
  const [first] = targets;
  const ref = { apiVersion: API_VERSION, kind: 'ClusterPullSecret', metadata: { name: 'all' } };
  const object = await lab.admin.get(ref);
  if (!first || !object) throw new Error('there is nothing to write');
  const text = await lab.dockerConfig(first.namespace);
  const { auths } = JSON.parse(text) as { readonly auths: Auths };
  const passwords = first.logins.map(({ hosts: [host = ''] }) => {
    const { password } = auths[host] as { readonly password: string };
    return password.length;
  });
  const holder = { kind: 'ClusterPullSecret', object } as unknown as Claim;
  return { targets, holder, passwords, length: Buffer.from(text).toString('base64').length };
}

/** Tokens of ECR's size that open nothing, in the logins of a Secret. */
function meaninglessContent(logins: readonly Login[], { passwords, length }: RawWrites): SecretContent {
  const now = Date.now();
  const planned = logins.map((login, index): PlannedLogin => {
    const password = randomBytes(passwords[index] ?? 0)
      .toString('base64')
      .slice(0, passwords[index]);
    const times = { issuedAt: now, expiresAt: now + 3_600_000, rotateAt: now + 1_800_000 };
    const token = { ...login, ...times, password, connection: '', replacesAll: true };
    const want = {
      id: login.id,
      login: login.login,
      registry: login.login,
      scope: { kind: 'Registry' as const },
    };
    return { from: 'memory', want, token };
  });
  const content = contentOfTokens(planned);
  if (content?.data.length !== length) throw new Error(`${content?.data.length} bytes instead of ${length}`);
  return content;
}

/** Sends the PATCHes of a rotation with nothing around them; gives the time that they took (ms). */
export async function rawRotation(lab: Lab, raw: RawWrites, connections: number): Promise<number> {
  const { controlPlane } = lab;
  const dispatcher = new Agent({ allowH2: false, connections, connect: { ca: controlPlane.ca } });
  const content = meaninglessContent(raw.targets[0]?.logins ?? [], raw);
  const headers = {
    authorization: `Bearer ${controlPlane.token('admin')}`,
    'content-type': 'application/apply-patch+yaml',
    // As the operator asks: the answer holds no data.
    accept: metadataOnly('PartialObjectMetadata'),
  };
  const queue = [...raw.targets];
  const worker = async (): Promise<void> => {
    for (let secret = queue.pop(); secret; secret = queue.pop()) {
      const { namespace, name, uid } = secret;
      const target = { namespace, secretName: name };
      const body = {
        apiVersion: 'v1',
        kind: 'Secret',
        ...secretBody({ target, holder: raw.holder, content, uid }),
      };
      const url = `${controlPlane.url}/api/v1/namespaces/${namespace}/secrets/${name}?fieldManager=ecr-operator&force=true`;
      const answer = await request(url, { method: 'PATCH', headers, body: JSON.stringify(body), dispatcher });
      await answer.body.text();
      if (answer.statusCode !== 200) throw new Error(`PATCH answered ${answer.statusCode}`);
    }
  };
  const started = performance.now();
  try {
    await Promise.all(Array.from({ length: connections }, worker));
    return performance.now() - started;
  } finally {
    await dispatcher.destroy();
  }
}
