import type {
  PublicRepositorySpec,
  PublicRepositoryStatus,
} from '../../../src/api/public-repository.generated.ts';
import type { RegistryHandle } from '../../lab/aws/registry-handle.ts';
import type { Repository as HeldRepository } from '../../lab/aws/registry-state.ts';
import type { KubeObject } from '../../lab/kube-client.ts';
import { ACCOUNT, type OperatorSettings } from '../../lab/lab.ts';
import { waitFor } from '../../lab/wait-for.ts';
import { API_VERSION, core, type EcrLab, EVERY_WORD, startEcrLab } from '../repository/ecr-lab.ts';

export type PublicObject = KubeObject & {
  readonly spec: PublicRepositorySpec;
  readonly status?: PublicRepositoryStatus;
};
/** What tests of PublicRepositories write in a spec. */
export type PublicSettings = Partial<PublicRepositorySpec>;

/** A lab with the words that tests of PublicRepositories speak in. */
export interface PublicLab extends EcrLab {
  /** What ECR Public holds, as somebody else sees and changes it. */
  readonly gallery: RegistryHandle;
  /** The repository of that name; throws where there is none. */
  shown(name: string): HeldRepository;
  publicRepository(namespace: string, name: string, settings?: PublicSettings): Promise<PublicObject>;
  /** The actions on one repository since the record was cleared, in order. */
  publicCalls(name: string): readonly string[];
  /** Resolves when the object is gone, while time runs in steps of 20 s. */
  goneInTime(object: PublicObject): Promise<void>;
  /** A whole pass over every PublicRepository of a namespace, told by this name; the objects stay untouched. */
  publicPass(namespace: string, name: string): Promise<void>;
}

/** Starts it, with a Registry `public` that lets everybody do everything. */
export async function startPublicLab(settings: Pick<OperatorSettings, 'env'> = {}): Promise<PublicLab> {
  const lab = await startEcrLab(settings);
  const words = [...EVERY_WORD, 'Public'] as const;
  await lab.settled(await lab.registry('public', { tenancy: { rules: [{ allow: [...words] }] } }));
  const gallery = lab.aws.asPublic(ACCOUNT);
  const publicCalls = (name: string) =>
    lab.aws.actions
      .all()
      .filter(({ resource }) => resource === publicArn(name))
      .map(({ action }) => action);
  let passes = 0;
  return {
    ...lab,
    gallery,
    shown(name) {
      const repository = gallery.repository(name);
      if (!repository) throw new Error(`ECR Public has no repository ${name}`);
      return repository;
    },
    publicRepository: (namespace, name, spec = {}) =>
      lab.admin.apply(publicManifest(namespace, name, { registryRef: { name: 'public' }, ...spec })),
    publicCalls,
    async goneInTime(object) {
      const later = async () => {
        await lab.advance(20_000);
        return { found: await lab.admin.get(object) };
      };
      const what = `${object.metadata.name} to be gone`;
      await waitFor(later, { what, until: ({ found }) => !found, intervalMs: 200 });
    },
    async publicPass(namespace, name) {
      // When the second pass begins the first is over, its status written.
      const looks = () => publicCalls(name).filter((call) => call.endsWith(':DescribeRepositories')).length;
      for (const _ of [1, 2]) {
        const before = looks();
        passes += 1;
        await lab.admin.patch(core('Namespace', namespace), {
          metadata: { labels: { 'lab.test/public-pass': String(passes) } },
        });
        await waitFor(() => looks() > before, { what: `a pass over ${name}` });
      }
    },
  };
}

/** The manifest of a PublicRepository. */
export function publicManifest(namespace: string, name: string, spec: PublicSettings): KubeObject {
  const metadata = { name, namespace };
  return { apiVersion: API_VERSION, kind: 'PublicRepository', metadata, spec } as KubeObject;
}

export function publicArn(name: string): string {
  return `arn:aws:ecr-public::${ACCOUNT}:repository/${name}`;
}

/** Lets accounts push; written in forms that ECR gives back otherwise. */
export function publicPolicy(...accounts: string[]): string {
  return JSON.stringify({
    Statement: {
      Action: ['ecr-public:PutImage', 'ecr-public:uploadlayerpart'],
      Principal: { AWS: accounts },
      Effect: 'Allow',
      Sid: 'push',
    },
    Version: '2012-10-17',
  });
}

/** A logo of so many bytes, as base64. */
export function logoOf(bytes: number): string {
  return Buffer.alloc(bytes, 'logo').toString('base64');
}

/** Every setting that a PublicRepository has. */
export const PUBLIC_EVERYTHING = {
  registryRef: { name: 'public' },
  catalogData: {
    description: 'What it is',
    architectures: ['x86-64', 'ARM 64'],
    operatingSystems: ['Linux'],
    logoImage: logoOf(30),
    aboutText: '# About\n',
    usageText: '# Usage\n',
  },
  policy: { document: publicPolicy('210987654321', ACCOUNT) },
  tags: { team: 'payments' },
} as const satisfies PublicSettings;
