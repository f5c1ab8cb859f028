import { invalidParameter } from '../aws-error.ts';
import {
  type Input,
  type Output,
  oneOf,
  optionalBoolean,
  optionalList,
  requiredString,
  structure,
} from '../parameters.ts';
import { isObject } from '../policy-document.ts';
import { type ExclusionFilter, type Repository, TAG_MUTABILITIES } from '../registry-state.ts';
import type { OperationContext, OperationTable } from '../world.ts';
import { repositoryToWrite } from './found-repository.ts';

/** Settings of a repository that have an operation of their own. */
export const repositorySettingOperations = {
  PutImageTagMutability: putImageTagMutability,
  PutImageScanningConfiguration: putImageScanningConfiguration,
} satisfies OperationTable;

/** From the service model, ImageTagMutabilityExclusionFilterValue. */
const FILTER = /^[0-9a-zA-Z._*-]{1,128}$/;
const FILTERS = 'imageTagMutabilityExclusionFilters';

function putImageTagMutability(context: OperationContext, input: Input): Output {
  const settings = mutabilityOf(input, requiredString(input, 'imageTagMutability'));
  const repository = repositoryToWrite(context, input);
  Object.assign(repository, settings);
  return {
    registryId: repository.registryId,
    repositoryName: repository.name,
    imageTagMutability: repository.mutability,
    imageTagMutabilityExclusionFilters:
      repository.exclusionFilters.length > 0 ? repository.exclusionFilters : undefined,
  };
}

function putImageScanningConfiguration(context: OperationContext, input: Input): Output {
  const repository = repositoryToWrite(context, input);
  const wanted = structure(input, 'imageScanningConfiguration');
  repository.scanOnPush = optionalBoolean(wanted, 'scanOnPush') ?? false;
  return {
    registryId: repository.registryId,
    repositoryName: repository.name,
    imageScanningConfiguration: { scanOnPush: repository.scanOnPush },
  };
}

/** Reads mode and filters: filters are required for the modes WITH_EXCLUSION and forbidden for the others. */
export function mutabilityOf(
  input: Input,
  mode: string,
): Pick<Repository, 'mutability' | 'exclusionFilters'> {
  const mutability = oneOf(mode, TAG_MUTABILITIES, 'imageTagMutability');
  const filters = optionalList(input, FILTERS, { min: 1, max: 5 });
  const withExclusion = mutability.endsWith('_WITH_EXCLUSION');
  if (withExclusion && filters === undefined) {
    // Wording as in moto.
    throw invalidParameter(
      FILTERS,
      `ImageTagMutabilityExclusionFilters can't be null when imageTagMutability is set as ${mutability}`,
    );
  }
  if (!withExclusion && filters !== undefined) {
    throw invalidParameter(
      FILTERS,
      `ImageTagMutabilityExclusionFilters must be null when imageTagMutability is set as ${mutability}`,
    );
  }
  return { mutability, exclusionFilters: (filters ?? []).map(exclusionFilter) };
}

function exclusionFilter(raw: unknown): ExclusionFilter {
  const { filterType, filter } = isObject(raw) ? raw : {};
  oneOf(String(filterType), ['WILDCARD'], `${FILTERS}.filterType`);
  if (typeof filter !== 'string' || !FILTER.test(filter)) {
    throw invalidParameter(`${FILTERS}.filter`, `must satisfy regular expression '${FILTER.source}'`);
  }
  // Two at most, says the documentation of Terraform and Crossplane; the model has no bound.
  if (filter.split('*').length > 3)
    throw invalidParameter(`${FILTERS}.filter`, 'must contain at most 2 wildcards');
  return { filterType: 'WILDCARD', filter };
}
