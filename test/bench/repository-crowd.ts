import { REPOSITORIES } from '../../src/api/names.ts';
import type { KubeObject } from '../../src/runtime/resource.ts';
import { ACCOUNT, type Lab, REGION } from '../lab/lab.ts';
import { waitFor } from '../lab/wait-for.ts';
import { API_VERSION, object } from './fleet.ts';
import { type ObjectWatch, watchObjects } from './object-watch.ts';

export const HOUR = 3_600_000;
export const NAMESPACE = 'bench';

/** Only the Registry's own schedule counts, and the state of images is nothing that is measured here. */
export const OPERATOR_ENV = {
  ECR_OPERATOR_LOG_LEVEL: 'info',
  ECR_OPERATOR_DRIFT_SCHEDULE: '0 0 1 1 *',
  ECR_OPERATOR_IMAGE_SCHEDULE: '0 0 1 1 *',
} as const;

/** What is kept of a Repository. */
export interface Crowd {
  readonly namespace: string;
  readonly name: string;
  readonly ready: boolean;
}

interface Condition {
  readonly type: string;
  readonly status: string;
}

/** Follows all Repositories. */
export function watchRepositories({ kubeconfig }: Lab): Promise<ObjectWatch<Crowd>> {
  return watchObjects({ kubeconfig, resource: REPOSITORIES, project: crowdOf });
}

function crowdOf(found: KubeObject): Crowd {
  const { metadata, status } = found as KubeObject & {
    readonly status?: { readonly conditions?: readonly Condition[]; readonly observedGeneration?: number };
  };
  const ready =
    status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ?? false;
  return {
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    ready: ready && status?.observedGeneration === metadata.generation,
  };
}

/** The manifest of one, with tags and a policy, and a lifecycle where it is told. */
export function crowdManifest(name: string, lifecycle: boolean) {
  const spec = {
    registryRef: { name: 'bench' },
    tags: { team: 'bench', stage: 'test' },
    policy: { document: POLICY },
    ...(lifecycle ? { lifecycle: { document: LIFECYCLE } } : {}),
  };
  return { apiVersion: API_VERSION, kind: 'Repository', metadata: { namespace: NAMESPACE, name }, spec };
}

const POLICY = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    {
      Sid: 'pull',
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` },
      Action: ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer', 'ecr:BatchCheckLayerAvailability'],
    },
  ],
});

const LIFECYCLE = JSON.stringify({
  rules: [
    {
      rulePriority: 1,
      description: 'the newest hundred stay',
      selection: { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: 100 },
      action: { type: 'expire' },
    },
  ],
});

/** The namespace and the Registry, which is compared with ECR at each full hour. */
export async function declareRegistry({ admin }: Lab): Promise<void> {
  await admin.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } });
  const spec = {
    accountId: ACCOUNT,
    region: REGION,
    tenancy: { rules: [{ allow: ['Pull', 'Create', 'Adopt', 'Share'] }] },
    driftCheck: { schedule: '0 * * * *', timeZone: 'UTC' },
  };
  await admin.create(object('Registry', 'bench', spec));
}

/** Makes so many Repositories, sixteen at a time. */
export async function createRepositories({ admin }: Lab, count: number, lifecycle: boolean): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) {
      const name = `app-${next}`;
      next += 1;
      await admin.create(crowdManifest(name, lifecycle) as never);
    }
  };
  await Promise.all(Array.from({ length: 16 }, worker));
}

/** Lab time goes on to a full hour, far enough for the end of the sweep to be told. Gives what awaits that end. */
export async function beginSweep(lab: Lab): Promise<() => Promise<void>> {
  const now = lab.aws.clock.now().getTime();
  const at = (Math.floor(now / HOUR) + 2) * HOUR;
  await lab.advance(at - now);
  const ref = { apiVersion: API_VERSION, kind: 'Registry', metadata: { name: 'bench' } };
  const read = async () =>
    (await lab.admin.get<typeof ref & { readonly status?: { readonly lastDriftCheck?: string } }>(ref))
      ?.status;
  return async () =>
    void (await waitFor(read, {
      what: 'the end of the sweep',
      until: (status) => Date.parse(status?.lastDriftCheck ?? '') >= at,
      timeoutMs: 1_800_000,
      intervalMs: 200,
    }));
}
