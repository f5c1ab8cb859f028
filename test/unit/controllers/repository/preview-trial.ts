import type { RepositoryStatusPreview } from '../../../../src/api/repository.generated.ts';
import {
  type HoldBackOptions,
  holdBack,
  type ImagePages,
} from '../../../../src/controllers/repository/preview.ts';
import { hashOf } from '../../../../src/controllers/repository/preview-step.ts';
import type { EcrApi, LifecyclePreview } from '../../../../src/ecr/ecr-api.ts';
import { NOW } from '../objects.ts';

export const SECOND = 1_000;
export const MINUTE = 60_000;
export const HOUR = 3_600_000;

export const policy = (count: number): string =>
  JSON.stringify({
    rules: [
      {
        rulePriority: 1,
        selection: { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: count },
        action: { type: 'expire' },
      },
    ],
  });
export const DOCUMENT = policy(5);
export const HASH = hashOf(DOCUMENT);
export const at = (ageMs: number): string => new Date(NOW - ageMs).toISOString().replace('.000', '');

export const started = (ageMs: number): RepositoryStatusPreview => ({ document: HASH, startedAt: at(ageMs) });
export const completed = (ageMs: number): RepositoryStatusPreview => ({
  ...started(ageMs),
  completedAt: at(ageMs),
});

export const GOING = [
  { digest: 'sha256:1', tags: ['v1', 'old'], action: 'expire' },
  { digest: 'sha256:2', tags: [], action: 'transition' },
] as const;

/** What ECR says of a preview. */
export function live(status: LifecyclePreview['status'], document = DOCUMENT): LifecyclePreview {
  return { status, document, expiring: 1, transitioning: 1, images: status === 'COMPLETE' ? GOING : [] };
}

/** Pages to come; each names the next one. */
export type Later = readonly (LifecyclePreview | undefined)[];

/** Takes every page. */
export async function taken(pages: ImagePages) {
  const images = [];
  for await (const page of pages) images.push(...page);
  return images;
}

export interface Given extends Partial<Omit<HoldBackOptions, 'ecr'>> {
  readonly live?: LifecyclePreview | undefined;
  readonly startFails?: unknown;
  /** What pages after the first hold. */
  readonly later?: Later;
}

/** What comes of it, in short, and what ECR was asked. */
export async function held({ live: found, startFails, later = [], ...given }: Given) {
  const calls: string[] = [];
  const getLifecyclePreview: EcrApi['getLifecyclePreview'] = async (_name, nextToken = '0') => {
    const page = nextToken === '0' ? found : later[Number(nextToken) - 1];
    const more = Number(nextToken) < later.length ? { nextToken: String(Number(nextToken) + 1) } : {};
    return page && { ...page, ...more };
  };
  const result = await holdBack({
    ecr: {
      startLifecyclePreview: async (_name, document) => {
        calls.push(document === DOCUMENT ? 'start' : 'start another');
        if (startFails) throw startFails;
      },
      getLifecyclePreview: (...asked) => {
        calls.push('get');
        return getLifecyclePreview(...asked);
      },
    },
    background: () => ({
      getLifecyclePreview: (...asked) => {
        calls.push('get in the background');
        return getLifecyclePreview(...asked);
      },
    }),
    name: 'web',
    document: DOCUMENT,
    mode: 'Report',
    previous: undefined,
    usersOf: async (pages) => (await taken(pages)).flatMap(() => []),
    now: NOW,
    ...given,
  });
  const { reason, message } = (result.failure ?? result.waiting ?? {}) as {
    reason?: string;
    message?: string;
  };
  const word = result.put ? 'put' : (reason ?? 'nothing');
  return { ...result, calls, word, message };
}
