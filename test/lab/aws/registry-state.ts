import { registryHost, repositoryArn } from './aws-names.ts';
import { type CacheState, createCacheState } from './cache-state.ts';
import type { ImageScan } from './image-scan.ts';
import type { LifecycleMark } from './lifecycle-evaluation.ts';
import type { PublicCatalog } from './public-registry.ts';
import { blankRegistryWide, type RegistryWide } from './registry-wide.ts';
import type { RegistryScanning } from './scanning-rules.ts';
import type { SimulatorClock } from './simulator-clock.ts';
import { createVisibility, type Lag } from './visibility.ts';

/** The four modes of the ECR model, in the order of its messages. */
export const TAG_MUTABILITIES = [
  'IMMUTABLE',
  'MUTABLE',
  'MUTABLE_WITH_EXCLUSION',
  'IMMUTABLE_WITH_EXCLUSION',
] as const;
export type TagMutability = (typeof TAG_MUTABILITIES)[number];

export interface ExclusionFilter {
  readonly filterType: 'WILDCARD';
  readonly filter: string;
}

/** Mutable on purpose: operations and tests ("somebody else changed it") write to it. */
export interface Image {
  readonly digest: string;
  readonly tags: Set<string>;
  readonly sizeInBytes: number;
  readonly pushedAt: Date;
  readonly manifestMediaType: string;
  readonly artifactMediaType?: string;
  readonly manifest?: string;
  lastPulledAt?: Date;
  status: 'ACTIVE' | 'ARCHIVED' | 'ACTIVATING';
  archivedAt?: Date;
  activatedAt?: Date;
  /** What scanned it last; absent where nothing did. */
  scan?: ImageScan;
}

/** The preview of a lifecycle policy that was asked for last. */
export interface LifecyclePreview {
  readonly text: string;
  /** How many looks still find it under way, and until when it is so at least. */
  callsLeft: number;
  readonly until: number;
  /** How it ends. */
  status: PreviewEnd;
  /** As at the first look after its end. */
  marks?: readonly LifecycleMark[];
}

export type PreviewEnd = 'COMPLETE' | 'FAILED' | 'EXPIRED';

/** One repository as ECR holds it. */
export interface Repository {
  /** Order of creation: pages are cut by it, so that deletions between two pages lose nothing. */
  readonly sequence: number;
  readonly name: string;
  readonly registryId: string;
  readonly arn: string;
  readonly uri: string;
  readonly createdAt: Date;
  mutability: TagMutability;
  exclusionFilters: readonly ExclusionFilter[];
  scanOnPush: boolean;
  encryption: { encryptionType: string; kmsKey?: string };
  readonly tags: Map<string, string>;
  policyText?: string | undefined;
  lifecycle?: { text: string; lastEvaluatedAt: Date } | undefined;
  readonly images: Map<string, Image>;
  preview?: LifecyclePreview | undefined;
  /** Of ECR Public alone. */
  catalog?: PublicCatalog;
}

/** One account in one region. */
export interface Registry {
  readonly accountId: string;
  readonly region: string;
  readonly repositories: Map<string, Repository>;
  /** The most repositories; CreateRepository answers LimitExceededException beyond it. */
  repositoryQuota: number;
  /** Created repositories stay invisible for this long. */
  createLag: Lag | undefined;
  /** Deleted repositories stay visible to reads for this long. */
  deleteLag: Lag | undefined;
  /** Previews of lifecycle policies are IN_PROGRESS for this long. */
  previewLag: Lag | undefined;
  /** How previews that are started from now on end. */
  previewEnd: PreviewEnd;
  /** BASIC and no rules unless told. */
  scanning: RegistryScanning;
  /** What else it has once. */
  readonly wide: RegistryWide;
  /**
   * Whether DescribeImages tells of scans. Off, it leaves out status and summary, as it does for AWS native basic
   * scanning ("use the DescribeImageScanFindings API instead", user guide, "Scan images for OS vulnerabilities").
   */
  scansInDescribeImages: boolean;
  /** Pull-through cache rules, creation templates, and who stands for upstreams. */
  readonly caches: CacheState;
  add(name: string, settings?: Partial<Repository>): Repository;
  /** Deletes; with `deleteLag` set, reads see it for a while longer. */
  remove(name: string): void;
  /** What reads see; each look at a lagging repository uses up one of its calls. */
  seen(name: string): Repository | undefined;
  /** All that reads see, in order of creation. Looks do not use up calls of single repositories. */
  allSeen(): Repository[];
  /** What writes see: lagging creations are hidden, deleted repositories are gone. */
  writable(name: string): Repository | undefined;
}

/** An empty registry. */
export function createRegistry(accountId: string, region: string, clock: SimulatorClock): Registry {
  let sequence = 0;
  const visibility = createVisibility<Repository>(clock);
  const registry: Registry = {
    accountId,
    region,
    repositories: new Map(),
    repositoryQuota: 100_000,
    createLag: undefined,
    deleteLag: undefined,
    previewLag: undefined,
    previewEnd: 'COMPLETE',
    scanning: { scanType: 'BASIC', rules: [] },
    wide: blankRegistryWide(),
    scansInDescribeImages: true,
    caches: createCacheState(),
    add(name, settings = {}) {
      sequence += 1;
      const repository = { ...blankRepository(accountId, region, name, sequence, clock.now()), ...settings };
      registry.repositories.set(name, repository);
      visibility.forgetGhost(name);
      if (registry.createLag) visibility.hide(repository, registry.createLag);
      return repository;
    },
    remove(name) {
      const repository = registry.repositories.get(name);
      registry.repositories.delete(name);
      if (repository && registry.deleteLag) visibility.keepGhost(name, repository, registry.deleteLag);
    },
    seen: (name) => visibility.ghost(name) ?? registry.writable(name),
    allSeen() {
      const live = [...registry.repositories.values()].filter((one) => !visibility.isHidden(one, 'peek'));
      const ghosts = visibility.ghosts();
      return ghosts.length === 0 ? live : [...live, ...ghosts].sort((a, b) => a.sequence - b.sequence);
    },
    writable(name) {
      const repository = registry.repositories.get(name);
      return repository && visibility.isHidden(repository, 'use') ? undefined : repository;
    },
  };
  return registry;
}

function blankRepository(
  accountId: string,
  region: string,
  name: string,
  sequence: number,
  now: Date,
): Repository {
  return {
    sequence,
    name,
    registryId: accountId,
    arn: repositoryArn(accountId, region, name),
    uri: `${registryHost(accountId, region)}/${name}`,
    createdAt: now,
    mutability: 'MUTABLE',
    exclusionFilters: [],
    scanOnPush: false,
    encryption: { encryptionType: 'AES256' },
    tags: new Map(),
    images: new Map(),
  };
}
