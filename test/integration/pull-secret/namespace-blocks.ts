import { createServer, type Server } from 'node:net';
import type { KubeObject } from '../../lab/kube-client.ts';
import type { Lab } from '../../lab/lab.ts';
import { waitFor } from '../../lab/wait-for.ts';
import { core } from './pull-objects.ts';

/** What keeps the operator from writing in one namespace. */
export interface Block {
  remove(): Promise<void>;
}

/** Puts something in the way in a namespace; resolves when it works. */
export type Blocking = (lab: Lab, namespace: string) => Promise<Block>;

const ADMISSION = 'admissionregistration.k8s.io/v1';

const only = (namespace: string) => ({ matchLabels: { 'kubernetes.io/metadata.name': namespace } });

/** A quota without room for one more Secret. */
export async function quota({ admin }: Lab, namespace: string): Promise<Block> {
  const limit = {
    ...core('ResourceQuota', 'no-secrets', namespace),
    spec: { hard: { 'count/secrets': '0' } },
  };
  await admin.create(limit);
  // No quota controller runs here to say what is used.
  const status = { hard: { 'count/secrets': '0' }, used: { 'count/secrets': '0' } };
  await admin.patch(limit, { status }, { subresource: 'status' });
  return { remove: async () => void (await admin.delete(limit)) };
}

type Blocked = 'Secret' | 'ServiceAccount';

/** A policy that lets nobody write these, as an administrator forbids something to one team. */
export async function policy(lab: Lab, namespace: string, kind: Blocked = 'Secret'): Promise<Block> {
  const metadata = { name: `no-${kind.toLowerCase()}s-in-${namespace}` };
  const made = [
    {
      kind: 'ValidatingAdmissionPolicy',
      spec: {
        matchConstraints: { resourceRules: [writesOf(kind)] },
        validations: [{ expression: 'false', message: `no ${kind}s in this namespace` }],
      },
    },
    {
      kind: 'ValidatingAdmissionPolicyBinding',
      spec: {
        policyName: metadata.name,
        validationActions: ['Deny'],
        matchResources: { namespaceSelector: only(namespace) },
      },
    },
  ].map((object) => ({ apiVersion: ADMISSION, metadata, ...object }));
  return admissionBlock(lab, namespace, kind, made);
}

/** A webhook that has to agree, at an address where nobody is. */
export function deadWebhook(lab: Lab, namespace: string): Promise<Block> {
  return admissionBlock(lab, namespace, 'Secret', [webhook(namespace, 'https://127.0.0.1:1/')]);
}

/** A webhook that has to agree, and takes connections without ever answering; each write waits eight seconds for it. */
export async function silentWebhook(lab: Lab, namespace: string): Promise<Block> {
  const server: Server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const url = `https://127.0.0.1:${port}/`;
  // Nobody waits until it works: that would take as long as a write does.
  const configuration = await lab.admin.create<KubeObject>(webhook(namespace, url));
  return {
    async remove() {
      await lab.admin.delete(configuration);
      server.close();
    },
  };
}

const writesOf = (kind: Blocked) => ({
  apiGroups: [''],
  apiVersions: ['v1'],
  resources: [`${kind.toLowerCase()}s`],
  operations: ['CREATE', 'UPDATE'],
});

function webhook(namespace: string, url: string): KubeObject {
  return {
    apiVersion: ADMISSION,
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name: `agrees-in-${namespace}` },
    webhooks: [
      {
        name: 'agrees.lab.test',
        clientConfig: { url },
        rules: [writesOf('Secret')],
        namespaceSelector: only(namespace),
        failurePolicy: 'Fail',
        sideEffects: 'None',
        admissionReviewVersions: ['v1'],
        timeoutSeconds: 8,
      },
    ],
  } as never;
}

async function admissionBlock(
  { admin }: Lab,
  namespace: string,
  kind: Blocked,
  made: readonly KubeObject[],
): Promise<Block> {
  for (const object of made) await admin.create(object);
  const path = `/api/v1/namespaces/${namespace}/${kind.toLowerCase()}s`;
  const isLetThrough = async (): Promise<boolean> => {
    const body = core(kind, 'probe', namespace);
    return (await admin.raw({ method: 'POST', path, query: { dryRun: 'All' }, body })).status < 300;
  };
  await waitFor(async () => !(await isLetThrough()), { what: `${made[0]?.kind} to work`, timeoutMs: 30_000 });
  return {
    async remove() {
      for (const object of made) await admin.delete(object);
      await waitFor(isLetThrough, { what: `${made[0]?.kind} to work no more`, timeoutMs: 30_000 });
    },
  };
}
