import type { LifecycleRule } from '../api/shared.generated.ts';
import { TerminalError } from '../runtime/errors.ts';

/** ECR: what PutLifecyclePolicy takes, in characters. */
const SHORTEST_DOCUMENT = 100;
const LONGEST_DOCUMENT = 30_720;

/**
 * The lifecycle policy that typed rules stand for, as the shortest JSON that ECR takes. What is left out of a rule is
 * left out of the document too: ECR refuses a null. A text of a length that ECR refuses is a TerminalError
 * `InvalidDocument`; no rules are no policy, and none of the caller's business here. Source: ecr.md 4.2.
 */
export function lifecycleDocument(rules: readonly LifecycleRule[]): string {
  const sorted = [...rules].sort((a, b) => a.priority - b.priority);
  const document = JSON.stringify({ rules: sorted.map(ruleOf) });
  const { length } = document;
  if (length > LONGEST_DOCUMENT) {
    const over = length - LONGEST_DOCUMENT;
    throw invalid(
      `are ${length} characters of JSON, ${over} more than ECR takes: shorten descriptions and lists, or merge rules`,
    );
  }
  if (length < SHORTEST_DOCUMENT) {
    throw invalid(
      `are ${length} characters of JSON, and ECR takes no less than ${SHORTEST_DOCUMENT}: write a rule`,
    );
  }
  return document;
}

function invalid(words: string): TerminalError {
  return new TerminalError('InvalidDocument', `spec.lifecycle.rules ${words}`);
}

function ruleOf(rule: LifecycleRule): object {
  const { priority, description, action } = rule;
  return {
    rulePriority: priority,
    ...(description ? { description } : {}),
    selection: selectionOf(rule),
    action: action === 'transition' ? { type: action, targetStorageClass: 'archive' } : { type: action },
  };
}

function selectionOf(rule: LifecycleRule): object {
  const { tagStatus, tagPrefixes = [], tagPatterns = [], storageClass, countType, countNumber } = rule;
  return {
    tagStatus,
    ...(tagPrefixes.length > 0 ? { tagPrefixList: tagPrefixes } : {}),
    ...(tagPatterns.length > 0 ? { tagPatternList: tagPatterns } : {}),
    // ECR was seen to refuse the default where it is written out.
    ...(storageClass === 'archive' ? { storageClass } : {}),
    countType,
    ...(countType === 'imageCountMoreThan' ? {} : { countUnit: 'days' }),
    countNumber,
  };
}
