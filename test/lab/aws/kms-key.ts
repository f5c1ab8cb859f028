import { createHash } from 'node:crypto';
import { partitionOf } from './aws-names.ts';

/** The ARN that ECR gives back for a key id, alias or ARN. The same alias always leads to the same key. */
export function resolveKmsKey(key: string | undefined, accountId: string, region: string): string {
  const wanted = key ?? 'alias/aws/ecr';
  if (/^arn:[^:]+:kms:[^:]*:[^:]*:key\//.test(wanted)) return wanted;
  const name = wanted.replace(/^arn:[^:]+:kms:[^:]*:[^:]*:/, '');
  const id = name.startsWith('alias/') ? uuidOf(`${accountId}/${region}/${name}`) : name;
  return `arn:${partitionOf(region)}:kms:${region}:${accountId}:key/${id}`;
}

function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
