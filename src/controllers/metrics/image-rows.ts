import type { Repository, RepositoryStatusImage } from '../../api/repository.generated.ts';

/** Severities as the ECR API has them, basic and enhanced; whatever else there may be is told of as OTHER. */
export const SEVERITIES = [
  'CRITICAL',
  'HIGH',
  'MEDIUM',
  'LOW',
  'INFORMATIONAL',
  'UNDEFINED',
  'UNTRIAGED',
  'OTHER',
] as const;

export type Severity = (typeof SEVERITIES)[number];

export type Findings = Partial<Readonly<Record<Severity, number>>>;

/** A Repository in the cache: its images are dropped, and what was found in them is kept. */
export interface CountedRepository extends Repository {
  /** The findings of the images in its status, the newest 20, added up. */
  readonly findings?: Findings;
}

/** What is told of the images of one Registry's Repositories. */
export interface ImageRow {
  readonly registry: string;
  repositories: number;
  images: number;
  bytes: number;
  readonly findings: Partial<Record<Severity, number>>;
}

/** Adds up the findings of images; undefined where no scan told of any. */
export function findingsOf(images: readonly RepositoryStatusImage[] = []): Findings | undefined {
  const sums: Partial<Record<Severity, number>> = {};
  let isKnown = false;
  for (const { scan } of images) {
    for (const [severity, count] of Object.entries(scan?.findings ?? {})) {
      const name = SEVERITIES.find((one) => one === severity) ?? 'OTHER';
      sums[name] = (sums[name] ?? 0) + count;
      isKnown = true;
    }
  }
  return isKnown ? sums : undefined;
}

/** One row for each Registry that Repositories refer to. */
export function imageRows(
  repositories: Iterable<CountedRepository>,
  registryName: (name: string) => string = (name) => name,
): ImageRow[] {
  const rows = new Map<string, ImageRow>();
  for (const { spec, status, findings = {} } of repositories) {
    const registry = registryName(spec.registryRef.name);
    const row = rows.get(registry) ?? { registry, repositories: 0, images: 0, bytes: 0, findings: {} };
    rows.set(registry, row);
    row.repositories += 1;
    row.images += status?.imageCount ?? 0;
    row.bytes += status?.sizeBytes ?? 0;
    for (const severity of SEVERITIES) {
      const count = findings[severity];
      if (count !== undefined) row.findings[severity] = (row.findings[severity] ?? 0) + count;
    }
  }
  return [...rows.values()];
}
