import { AwsError, invalidParameter } from '../aws-error.ts';
import { type Input, type Output, oneOf, optionalList, requiredString, structure } from '../parameters.ts';
import { isObject } from '../policy-document.ts';
import type { Registry } from '../registry-state.ts';
import type { Destination, ReplicationRule, SigningRule } from '../registry-wide.ts';
import { filtersOf } from '../repository-filters.ts';
import { SCAN_FREQUENCIES } from '../scanning-rules.ts';
import type { OperationContext, OperationTable } from '../world.ts';

/** Operations on replication, scanning and signing of a registry. Bounds and patterns are those of the service model. */
export const registryRuleOperations = {
  DescribeRegistry: describeRegistry,
  PutReplicationConfiguration: putReplicationConfiguration,
  GetRegistryScanningConfiguration: getRegistryScanningConfiguration,
  PutRegistryScanningConfiguration: putRegistryScanningConfiguration,
  GetSigningConfiguration: getSigningConfiguration,
  PutSigningConfiguration: putSigningConfiguration,
  DeleteSigningConfiguration: deleteSigningConfiguration,
} satisfies OperationTable;

const CONFIGURATION = 'replicationConfiguration';

const PREFIX = {
  parameter: `${CONFIGURATION}.rules.repositoryFilters`,
  type: 'PREFIX_MATCH',
  pattern: /^(?=.{2,256}$)(?:[a-z0-9]+(?:[._-][a-z0-9]*)*\/)*[a-z0-9]*(?:[._-][a-z0-9]*)*$/,
};
const SCANNED = {
  parameter: 'rules.repositoryFilters',
  type: 'WILDCARD',
  pattern: /^(?=.{1,255}$)[a-z0-9*](?:[._\-/a-z0-9*]?[a-z0-9*]+)*$/,
};
const SIGNED = {
  parameter: 'signingConfiguration.rules.repositoryFilters',
  type: 'WILDCARD_MATCH',
  pattern: /^(?=.{1,256}$)(?:[a-z0-9*]+(?:[._-][a-z0-9*]+)*\/)*[a-z0-9*]+(?:[._-][a-z0-9*]+)*$/,
};
const PROFILE = /^arn:aws(-[a-z]+)*:signer:[a-z0-9-]+:[0-9]{12}:\/signing-profiles\/[a-zA-Z0-9_]{2,}$/;

function describeRegistry({ registry }: OperationContext): Output {
  return {
    registryId: registry.accountId,
    replicationConfiguration: { rules: registry.wide.replication },
  };
}

function putReplicationConfiguration({ registry }: OperationContext, input: Input): Output {
  const rules = optionalList(structure(input, CONFIGURATION), 'rules', { min: 0, max: 25 });
  if (rules === undefined) throw invalidParameter(`${CONFIGURATION}.rules`, 'must not be null');
  registry.wide.replication = rules.map((raw): ReplicationRule => {
    const rule = isObject(raw) ? raw : {};
    const destinations = optionalList(rule, 'destinations', { min: 0, max: 100 }) ?? [];
    const filters = optionalList(rule, 'repositoryFilters', { min: 1, max: 100 });
    return {
      destinations: destinations.map((one) => destinationOf(one, registry)),
      ...(filters ? { repositoryFilters: filtersOf(filters, PREFIX) } : {}),
    };
  });
  return { replicationConfiguration: { rules: registry.wide.replication } };
}

/** A destination in a request. The refusal of one's own registry is worded as in moto. */
export function destinationOf(raw: unknown, { accountId, region: own }: Registry): Destination {
  const { region, registryId } = isObject(raw) ? raw : {};
  if (typeof region !== 'string' || !/^[0-9a-z-]{2,25}$/.test(region)) {
    throw invalidParameter('region', "must satisfy regular expression '[0-9a-z-]{2,25}'");
  }
  if (typeof registryId !== 'string' || !/^[0-9]{12}$/.test(registryId)) {
    throw invalidParameter('registryId', "must satisfy regular expression '[0-9]{12}'");
  }
  if (region === own && registryId === accountId) {
    throw invalidParameter(
      CONFIGURATION,
      'Replication destination cannot be the same as the source registry',
    );
  }
  return { region, registryId };
}

function scanningOf({ scanning: { scanType, rules } }: Registry): Output {
  return {
    scanType,
    rules: rules.map(({ scanFrequency, filters }) => ({
      scanFrequency,
      repositoryFilters: filters.map((filter) => ({ filter, filterType: 'WILDCARD' })),
    })),
  };
}

function getRegistryScanningConfiguration({ registry }: OperationContext): Output {
  return { registryId: registry.accountId, scanningConfiguration: scanningOf(registry) };
}

/** Absent parts are as in a registry where nothing is set. */
function putRegistryScanningConfiguration({ registry }: OperationContext, input: Input): Output {
  const { scanType: type } = input;
  const scanType = oneOf(String(type ?? 'BASIC'), ['BASIC', 'ENHANCED'], 'scanType');
  const given = optionalList(input, 'rules', { min: 0, max: 2 }) ?? [];
  const rules = given.map((raw) => {
    const rule = isObject(raw) ? raw : {};
    const scanFrequency = oneOf(requiredString(rule, 'scanFrequency'), SCAN_FREQUENCIES, 'scanFrequency');
    if (scanType === 'BASIC' && scanFrequency === 'CONTINUOUS_SCAN') {
      throw invalidParameter('rules', 'CONTINUOUS_SCAN is not supported for the BASIC scan type');
    }
    const filters = optionalList(rule, 'repositoryFilters', { min: 0, max: 100 }) ?? [];
    return { scanFrequency, filters: filtersOf(filters, SCANNED).map(({ filter }) => filter) };
  });
  if (new Set(rules.map(({ scanFrequency }) => scanFrequency)).size < rules.length) {
    throw invalidParameter('rules', 'Scan frequencies must be unique');
  }
  registry.scanning = { scanType, rules };
  return { registryScanningConfiguration: scanningOf(registry) };
}

function getSigningConfiguration({ registry }: OperationContext): Output {
  return { registryId: registry.accountId, signingConfiguration: { rules: presentSigning(registry) } };
}

function putSigningConfiguration({ registry }: OperationContext, input: Input): Output {
  const rules = optionalList(structure(input, 'signingConfiguration'), 'rules', { min: 0, max: 10 });
  if (rules === undefined) throw invalidParameter('signingConfiguration.rules', 'must not be null');
  registry.wide.signing = rules.map((raw): SigningRule => {
    const rule = isObject(raw) ? raw : {};
    const signingProfileArn = requiredString(rule, 'signingProfileArn');
    if (signingProfileArn.length > 200 || !PROFILE.test(signingProfileArn)) {
      throw invalidParameter('signingProfileArn', `must satisfy regular expression '${PROFILE.source}'`);
    }
    const filters = optionalList(rule, 'repositoryFilters', { min: 1, max: 100 });
    return { signingProfileArn, ...(filters ? { repositoryFilters: filtersOf(filters, SIGNED) } : {}) };
  });
  return { signingConfiguration: { rules: registry.wide.signing } };
}

function deleteSigningConfiguration({ registry }: OperationContext): Output {
  const rules = presentSigning(registry);
  registry.wide.signing = undefined;
  return { registryId: registry.accountId, signingConfiguration: { rules } };
}

function presentSigning({ accountId, wide }: Registry): readonly SigningRule[] {
  if (wide.signing !== undefined) return wide.signing;
  throw new AwsError(
    'SigningConfigurationNotFoundException',
    `Signing configuration does not exist in the registry with id '${accountId}'`,
  );
}
