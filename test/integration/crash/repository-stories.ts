import { expect } from '@jest/globals';
import { EVERYTHING, lifecycleKeeping, policyFor } from '../repository/documents.ts';
import {
  type EcrLab,
  OWNER_TAG,
  type RepositoryObject,
  type RepositorySettings,
  repositoryArn,
} from '../repository/ecr-lab.ts';

export const NAMESPACE = 'crashing';

/** Of everything that can change, another value, and one tag less. */
const { tagMutabilityExclusionFilters: _, ...PLAIN } = EVERYTHING;
const CHANGED = {
  ...PLAIN,
  tagMutability: 'IMMUTABLE',
  scanOnPush: false,
  tags: { team: 'search' },
  lifecycle: { document: lifecycleKeeping(5) },
  policy: { document: policyFor('444444444444') },
} as const satisfies RepositorySettings;

/** A story that is told again and again, with the operator killed at another place each time. */
export interface Story {
  /** What must have happened before. */
  readonly before?: (name: string) => Promise<unknown>;
  /** What a person does. */
  readonly act: (name: string) => Promise<RepositoryObject>;
  /** Resolves when it is over; throws where the world is not as it should be. */
  readonly end: (object: RepositoryObject, name: string) => Promise<void>;
  /** What ECR carries out of it, once each, whatever happens. */
  readonly writes: readonly string[];
  /** How many requests to Kubernetes it takes where none is refused. */
  readonly kubernetesWrites: number;
}

/** Everything that happens to a Repository; the lab is asked for when it is there. */
export function repositoryStories(lab: () => EcrLab): Readonly<Record<string, Story>> {
  const put = (name: string, settings: RepositorySettings) => lab().repository(NAMESPACE, name, settings);
  const made = async (object: RepositoryObject, name: string) => {
    const { metadata, status } = await lab().settled(object);
    expect(metadata.finalizers).toEqual(['ecr-operator.io/finalizer']);
    expect(status).toMatchObject({ arn: repositoryArn(name), managedTagKeys: [OWNER_TAG, 'stage', 'team'] });
    expect(lab().held(name)).toMatchObject({
      mutability: EVERYTHING.tagMutability,
      scanOnPush: true,
      encryption: { encryptionType: 'KMS' },
      policyText: expect.stringContaining('210987654321'),
      lifecycle: { text: expect.stringContaining('untagged') },
    });
    expect(Object.fromEntries(lab().held(name).tags)).toEqual({
      ...EVERYTHING.tags,
      [OWNER_TAG]: `${lab().cluster}/${NAMESPACE}/${name}`,
    });
  };

  const vanished = async (object: RepositoryObject, name: string) => {
    await lab().gone(object);
    expect(lab().ecr.repository(name)).toBeUndefined();
  };

  return {
    'a creation with lifecycle, policy and tags': {
      act: (name) => put(name, EVERYTHING),
      end: made,
      writes: ['ecr:CreateRepository', 'ecr:PutLifecyclePolicy', 'ecr:SetRepositoryPolicy'],
      kubernetesWrites: 4,
    },
    'a change of everything': {
      before: async (name) => lab().settled(await put(name, EVERYTHING)),
      act: (name) => put(name, CHANGED),
      async end(object, name) {
        const { status } = await lab().settled(object);
        expect(status?.managedTagKeys).toEqual([OWNER_TAG, 'team']);
        expect(lab().held(name)).toMatchObject({
          mutability: 'IMMUTABLE',
          scanOnPush: false,
          policyText: expect.stringContaining('444444444444'),
          lifecycle: { text: CHANGED.lifecycle.document },
        });
        expect(Object.fromEntries(lab().held(name).tags)).toEqual({
          team: 'search',
          [OWNER_TAG]: expect.any(String),
        });
      },
      writes: [
        'ecr:TagResource',
        'ecr:UntagResource',
        'ecr:PutImageTagMutability',
        'ecr:PutImageScanningConfiguration',
        'ecr:PutLifecyclePolicy',
        'ecr:SetRepositoryPolicy',
      ],
      kubernetesWrites: 2,
    },
    'a deletion with images': {
      async before(name) {
        await lab().settled(await put(name, { ...EVERYTHING, deletionPolicy: 'DeleteWithImages' }));
        lab().ecr.addImage(name, { digest: `sha256:${'a'.repeat(64)}` });
      },
      async act(name) {
        const object = await put(name, { ...EVERYTHING, deletionPolicy: 'DeleteWithImages' });
        await lab().admin.delete(object);
        return object;
      },
      end: vanished,
      writes: ['ecr:DeleteRepository'],
      kubernetesWrites: 1,
    },
    'a deletion that keeps the ECR repository': {
      before: async (name) => lab().settled(await put(name, EVERYTHING)),
      async act(name) {
        const object = await put(name, EVERYTHING);
        await lab().admin.delete(object);
        return object;
      },
      async end(object, name) {
        await lab().gone(object);
        expect(lab().held(name).tags.get(OWNER_TAG)).toBeDefined();
      },
      writes: [],
      kubernetesWrites: 1,
    },
  };
}
