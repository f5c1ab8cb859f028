import type { Output } from './parameters.ts';

/** What scanned an image, and what it found. */
export interface ImageScan {
  readonly kind: 'basic' | 'enhanced';
  /** COMPLETE, ACTIVE (enhanced), IN_PROGRESS, PENDING, FAILED, UNSUPPORTED_IMAGE and others of the model. */
  readonly status: string;
  /** Absent while the scan is under way. */
  readonly completedAt?: Date;
  /** How many findings of each severity; `UNTRIAGED` too, which only enhanced scanning has. */
  readonly counts: Readonly<Record<string, number>>;
}

/** `imageScanStatus` of every answer that has one. */
export function scanStatus({ status }: ImageScan): Output {
  return { status, description: DESCRIPTIONS[status] ?? `The scan is ${status}.` };
}

/** Wording of COMPLETE as in moto; the others are ours. */
const DESCRIPTIONS: Readonly<Record<string, string>> = {
  COMPLETE: 'The scan was completed successfully.',
  ACTIVE: 'Continuous scan is selected for image.',
};

/** What is said of findings as a whole; undefined before there are any. */
export function scanSummary({ completedAt, counts }: ImageScan): Output | undefined {
  if (completedAt === undefined) return undefined;
  return {
    imageScanCompletedAt: completedAt,
    vulnerabilitySourceUpdatedAt: completedAt,
    findingSeverityCounts: counts,
  };
}

/** One finding for each that the counts tell of. */
export function scanFindings({ kind, counts }: ImageScan): readonly Output[] {
  const severities = Object.entries(counts).flatMap(([severity, count]) => Array(count).fill(severity));
  return severities.map((severity: string, at) => {
    const name = `CVE-2026-${String(at + 1).padStart(4, '0')}`;
    if (kind === 'basic') return { name, severity, uri: `https://cve.example/${name}`, attributes: [] };
    return { title: name, severity, status: 'ACTIVE', type: 'PACKAGE_VULNERABILITY' };
  });
}
