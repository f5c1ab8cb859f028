import type { RepositoryCreationTemplateAppliedFor } from '../api/repository-creation-template.generated.ts';
import type { Encryption, TagMutability, Tags } from './ecr-api.ts';

/** A repository creation template, whole: what is left out is not in it. `ROOT` as `prefix` is every other name. */
export interface CreationTemplate {
  readonly prefix: string;
  readonly description?: string;
  readonly appliedFor: readonly RepositoryCreationTemplateAppliedFor[];
  readonly tagMutability: TagMutability;
  readonly encryption: Encryption;
  readonly tags: Tags;
  /** JSON texts. */
  readonly lifecycle?: string;
  readonly policy?: string;
  readonly customRoleArn?: string;
}

/** A template as DescribeRepositoryCreationTemplates shows it. */
export interface LiveTemplate extends CreationTemplate {
  /** RFC 3339. */
  readonly createdAt: string;
  readonly updatedAt?: string;
}

/** The calls about repository creation templates that this operator makes, in one account and region; see `EcrApi`. */
export interface TemplateApi {
  describe(prefix: string): Promise<LiveTemplate | undefined>;
  create(template: CreationTemplate): Promise<LiveTemplate>;
  /** Puts the whole template; what it does not have is cleared. */
  update(template: CreationTemplate): Promise<LiveTemplate>;
  /** Done also when there was none. */
  delete(prefix: string): Promise<void>;
}
