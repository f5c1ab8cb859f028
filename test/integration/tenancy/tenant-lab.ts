import type { RegistrySpec } from '../../../src/api/registry.generated.ts';
import type { TenancyWord } from '../../../src/ecr/tenancy.ts';
import { digestOf } from '../../lab/aws/image-state.ts';
import type { Repository as HeldRepository } from '../../lab/aws/registry-state.ts';
import {
  createLabKubeClient,
  type KubeObject,
  type KubeRef,
  type LabKubeClient,
} from '../../lab/kube-client.ts';
import { waitFor } from '../../lab/wait-for.ts';
import { roleFor } from '../pull-secret/pull-logins.ts';
import {
  core,
  type EcrLab,
  type RepositoryObject,
  type RepositorySettings,
  repositoryManifest,
  startEcrLab,
} from '../repository/ecr-lab.ts';

/** Whose images are to be reached. */
export const VICTIM = 'team-a';
/** Where the attacker works: all that is there is his. */
export const ATTACKER = 'team-b';
/** What is to be reached. */
export const TARGET = 'team-a/web';
/** Never made; a refusal must not tell it from {@link TARGET}. */
export const NOT_THERE = 'team-a/nothing';
/** A prefix that both teams have: the attacker may make repositories under it, the other team take them over, too. */
export const COMMON = 'common';

/** The rules of the Registry `default`. */
export const RULES: NonNullable<RegistrySpec['tenancy']>['rules'] = [
  {
    namespaceSelector: { matchLabels: { team: 'a' } },
    repositoryPrefixes: ['team-a', COMMON],
    allow: ['Pull', 'Create', 'Adopt', 'DeleteImages', 'Share', 'Public'],
  },
  {
    namespaceSelector: { matchLabels: { team: 'b' } },
    repositoryPrefixes: ['team-b', COMMON],
    allow: ['Pull', 'Create'],
  },
];

/** Two teams under one Registry, and somebody of the second who wants to reach what the first has. */
export interface TenantLab extends EcrLab {
  /** May do everything in his namespace that a person may: our kinds, Secrets, ServiceAccounts, Pods. */
  readonly attacker: LabKubeClient;
  /** The role behind pull tokens. */
  readonly pullRole: string;
  /** What ECR holds under {@link TARGET}, images too, to be compared later. */
  target(): HeldRepository;
  /** A Repository of the attacker's, once Ready has this reason; each has a name of its own. */
  attack(settings: RepositorySettings, reason: string): Promise<RepositoryObject>;
  /** How often AWS was called about {@link TARGET} or {@link NOT_THERE}. */
  looksAtTarget(): number;
}

/** Starts it; the other team has its repository, with an image `v1`. */
export async function startTenantLab(): Promise<TenantLab> {
  const lab = await startEcrLab();
  let attacker: LabKubeClient | undefined;
  const stop = async () => {
    await attacker?.close();
    await lab.stop();
  };
  try {
    // It would let everybody do everything.
    await lab.admin.delete({
      apiVersion: 'ecr-operator.io/v1alpha1',
      kind: 'Registry',
      metadata: { name: 'open' },
    });
    const pullRole = roleFor(lab, 'pull');
    await lab.settled(await lab.registry('default', { pullRoleArn: pullRole, tenancy: { rules: RULES } }));
    await lab.namespace(VICTIM, { team: 'a' });
    await lab.namespace(ATTACKER, { team: 'b' });
    attacker = await attackerOf(lab);
    const web = await lab.settled(await lab.repository(VICTIM, 'web', { name: TARGET }));
    await lab.looked(web);
    lab.ecr.addImage(TARGET, { digest: digestOf(TARGET), tags: new Set(['v1']), manifest: TARGET });
    return {
      ...lab,
      attacker,
      pullRole,
      attack: attacksBy(lab, attacker),
      target: () => structuredClone(lab.held(TARGET)),
      looksAtTarget: () =>
        lab.aws.actions
          .all()
          .filter(({ resource }) => /repository\/team-a\/(web|nothing)$/.test(resource ?? '')).length,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function attacksBy(lab: EcrLab, attacker: LabKubeClient): TenantLab['attack'] {
  let count = 0;
  return async (settings, reason) => {
    count += 1;
    const manifest = repositoryManifest(ATTACKER, `attack-${count}`, settings);
    return lab.settled(await attacker.apply<RepositoryObject>(manifest), reason);
  };
}

/** What the attacker is told for want of a word. */
export function lacks(word: TenancyWord, repository: string, registry = 'default'): string {
  return `namespace ${ATTACKER} lacks the word ${word} for repository ${repository}: ask whoever owns the Registry for a rule in spec.tenancy.rules of Registry ${registry} that allows it`;
}

/** A ServiceAccount with the rights that an administrator gives to a team in its namespace. */
async function attackerOf({ admin, controlPlane }: EcrLab): Promise<LabKubeClient> {
  const rbac = 'rbac.authorization.k8s.io';
  const account = { kind: 'ServiceAccount', name: 'mallory', namespace: ATTACKER };
  const bound = (name: string, roleRef: object): KubeRef =>
    ({
      apiVersion: `${rbac}/v1`,
      kind: 'RoleBinding',
      metadata: { name, namespace: ATTACKER },
      roleRef: { apiGroup: rbac, ...roleRef },
      subjects: [account],
    }) as KubeRef;
  await admin.create(core('ServiceAccount', account.name, ATTACKER));
  await admin.create({
    apiVersion: `${rbac}/v1`,
    kind: 'Role',
    metadata: { name: 'ecr', namespace: ATTACKER },
    rules: [
      {
        apiGroups: ['ecr-operator.io'],
        resources: ['repositories', 'pullsecrets', 'publicrepositories'],
        verbs: ['*'],
      },
    ],
  } as KubeRef);
  await admin.create(bound('ecr', { kind: 'Role', name: 'ecr' }));
  await admin.create(bound('edit', { kind: 'ClusterRole', name: 'edit' }));
  const { url, ca } = controlPlane;
  const token = await controlPlane.serviceAccountToken(ATTACKER, account.name);
  return createLabKubeClient({ server: url, ca, token });
}

/** All that an attacker can read of his own object: spec, status, and its Events. */
export async function readable(lab: TenantLab, object: KubeObject): Promise<string> {
  const now = await lab.attacker.get<RepositoryObject>(object);
  const events = (await lab.events(object)).map(({ reason, message }) => `${reason} ${message}`);
  return JSON.stringify([now?.status, events]);
}

/** The words of the API server's refusal; throws where it let it through. */
export async function refusal(task: Promise<unknown>): Promise<string> {
  const answer = await task.then(
    () => undefined,
    (error: Error) => error.message,
  );
  if (answer === undefined) throw new Error('the API server let it through');
  return answer;
}

/** Resolves when the object is gone. */
export async function goneFrom(client: LabKubeClient, ref: KubeRef): Promise<void> {
  await waitFor(async () => ({ found: await client.get(ref) }), {
    what: `${ref.kind} ${ref.metadata.name} to be gone`,
    until: ({ found }) => !found,
  });
}
