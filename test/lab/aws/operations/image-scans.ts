import { AwsError, invalidParameter } from '../aws-error.ts';
import { scanFindings, scanStatus, scanSummary } from '../image-scan.ts';
import { cutPage } from '../paging.ts';
import {
  checkedRepositoryName,
  type Input,
  maxResults,
  type Output,
  optionalList,
  optionalString,
} from '../parameters.ts';
import { effectiveScanning } from '../scanning-rules.ts';
import type { OperationContext, OperationTable } from '../world.ts';
import { repositoryToRead } from './found-repository.ts';
import { imageId, presentImage } from './images.ts';

/** Reads of what scans images, and of what it found. */
export const imageScanOperations = {
  DescribeImageScanFindings: describeImageScanFindings,
  BatchGetRepositoryScanningConfiguration: batchGetRepositoryScanningConfiguration,
} satisfies OperationTable;

function describeImageScanFindings(context: OperationContext, input: Input): Output {
  const repository = repositoryToRead(context, input);
  const size = maxResults(input) ?? 100;
  if (input['imageId'] === undefined) throw invalidParameter('imageId', 'must not be null');
  const id = imageId(input['imageId']);
  const image = presentImage(repository, id);
  const { registryId, name: repositoryName } = repository;
  const { scan } = image;
  if (scan === undefined) {
    const quoted = (value: string | undefined): string => `'${value ?? 'null'}'`;
    // Wording as in moto.
    throw new AwsError(
      'ScanNotFoundException',
      `Image scan does not exist for the image with '{imageDigest:${quoted(image.digest)}, imageTag:${quoted(id.imageTag)}}' in the repository with name '${repositoryName}' in the registry with id '${registryId}'`,
    );
  }
  const head = {
    registryId,
    repositoryName,
    imageId: { imageDigest: image.digest, imageTag: id.imageTag },
    imageScanStatus: scanStatus(scan),
  };
  const summary = scanSummary(scan);
  if (summary === undefined) return head;
  const findings = scanFindings(scan).map((finding, at) => ({ finding, at }));
  const page = cutPage(findings, (one) => one.at, size, optionalString(input, 'nextToken'));
  const list = page.items.map((one) => one.finding);
  return {
    ...head,
    imageScanFindings: { ...summary, [scan.kind === 'basic' ? 'findings' : 'enhancedFindings']: list },
    nextToken: page.nextToken,
  };
}

/** `scanOnPush` is the repository's own setting (as in moto; not established), `scanFrequency` what comes of all. */
function batchGetRepositoryScanningConfiguration(context: OperationContext, input: Input): Output {
  const names = optionalList(input, 'repositoryNames', { min: 1, max: 25 });
  if (names === undefined) throw invalidParameter('repositoryNames', 'must not be null');
  const scanningConfigurations: Output[] = [];
  const failures: Output[] = [];
  for (const raw of names) {
    const repositoryName = checkedRepositoryName(String(raw), 'repositoryNames');
    const repository = context.registry.seen(repositoryName);
    if (repository === undefined) {
      const failureCode = 'REPOSITORY_NOT_FOUND';
      // The reason as in moto.
      failures.push({ repositoryName, failureCode, failureReason: failureCode });
    } else {
      scanningConfigurations.push({
        repositoryArn: repository.arn,
        repositoryName,
        scanOnPush: repository.scanOnPush,
        ...effectiveScanning(context.registry, repository),
      });
    }
  }
  return { scanningConfigurations, failures };
}
