import { digestOf } from '../lab/aws/image-state.ts';
import { A, ecr, FULL, MISSING, type Step } from './contract-step.ts';
import { imageDigest } from './image-steps.ts';

/** What scans images; the image is the one that the steps on images left. */
export const scans: readonly Step[] = [
  ecr('find no scan', (on) => on.describeImageScanFindings({ ...A, imageId: { imageDigest } })),
  ecr('find no image to scan', (on) =>
    on.describeImageScanFindings({ ...A, imageId: { imageDigest: digestOf('absent') } }),
  ),
  ecr('find no repository to scan', (on) =>
    on.describeImageScanFindings({ ...MISSING, imageId: { imageDigest } }),
  ),
  ecr('ask what is scanned', (on) =>
    on.batchGetRepositoryScanningConfiguration({
      repositoryNames: [A.repositoryName, MISSING.repositoryName, FULL.repositoryName],
    }),
  ),
  ecr('scan on push', (on) =>
    on.putImageScanningConfiguration({ ...FULL, imageScanningConfiguration: { scanOnPush: true } }),
  ),
  ecr('ask what is scanned on push', (on) =>
    on.batchGetRepositoryScanningConfiguration({ repositoryNames: [FULL.repositoryName] }),
  ),
  ecr('ask about 26 repositories', (on) =>
    on.batchGetRepositoryScanningConfiguration({ repositoryNames: Array(26).fill(A.repositoryName) }),
  ),
];
