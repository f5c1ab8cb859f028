import { AwsError, invalidParameter } from '../aws-error.ts';
import { cutPage } from '../paging.ts';
import { type Input, maxResults, type Output, optionalString, requiredString } from '../parameters.ts';
import type { OperationContext, OperationTable } from '../world.ts';

/** Operations on account settings and on pull-time update exclusions. */
export const accountSettingOperations = {
  GetAccountSetting: getAccountSetting,
  PutAccountSetting: putAccountSetting,
  ListPullTimeUpdateExclusions: listPullTimeUpdateExclusions,
  RegisterPullTimeUpdateExclusion: registerPullTimeUpdateExclusion,
  DeregisterPullTimeUpdateExclusion: deregisterPullTimeUpdateExclusion,
} satisfies OperationTable;

/** What may be put; other values are of the past (API reference). */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  BASIC_SCAN_TYPE_VERSION: ['AWS_NATIVE'],
  REGISTRY_POLICY_SCOPE: ['V2'],
  BLOB_MOUNTING: ['ENABLED', 'DISABLED'],
};

function getAccountSetting({ registry }: OperationContext, input: Input): Output {
  const { name } = knownSetting(input);
  return { name, value: registry.wide.accountSettings.get(name) };
}

function putAccountSetting({ registry }: OperationContext, input: Input): Output {
  const { name, values } = knownSetting(input);
  const value = requiredString(input, 'value');
  if (!values.includes(value)) {
    throw invalidParameter('value', `Member must satisfy enum value set: [${values.join(', ')}]`);
  }
  registry.wide.accountSettings.set(name, value);
  return { name, value };
}

function knownSetting(input: Input): { readonly name: string; readonly values: readonly string[] } {
  const name = requiredString(input, 'name');
  const values = VALUES[name];
  if (values === undefined) throw invalidParameter('name', `'${name}' is not an account setting`);
  return { name, values };
}

/** From the API reference, RegisterPullTimeUpdateExclusion. */
const PRINCIPAL = /^arn:aws(-[a-z]+)*:iam::[0-9]{12}:(role|user)\/[\w+=,.@-]+(\/[\w+=,.@-]+)*$/;

function listPullTimeUpdateExclusions({ registry }: OperationContext, input: Input): Output {
  const all = [...registry.wide.exclusions].map(([arn, { sequence }]) => ({ arn, sequence }));
  const size = maxResults(input) ?? 100;
  const page = cutPage(all, ({ sequence }) => sequence, size, optionalString(input, 'nextToken'));
  return { pullTimeUpdateExclusions: page.items.map(({ arn }) => arn), nextToken: page.nextToken };
}

function registerPullTimeUpdateExclusion({ world, registry }: OperationContext, input: Input): Output {
  const principalArn = principalOf(input);
  const { exclusions } = registry.wide;
  if (exclusions.has(principalArn)) {
    throw new AwsError(
      'ExclusionAlreadyExistsException',
      'The specified pull time update exclusion already exists for the registry.',
    );
  }
  const sequence = Math.max(0, ...[...exclusions.values()].map((one) => one.sequence)) + 1;
  const createdAt = world.clock.now();
  exclusions.set(principalArn, { sequence, createdAt });
  return { principalArn, createdAt };
}

function deregisterPullTimeUpdateExclusion({ registry }: OperationContext, input: Input): Output {
  const principalArn = principalOf(input);
  if (registry.wide.exclusions.delete(principalArn)) return { principalArn };
  throw new AwsError('ExclusionNotFoundException', 'The specified pull time update exclusion was not found.');
}

function principalOf(input: Input): string {
  const arn = requiredString(input, 'principalArn');
  if (arn.length <= 200 && PRINCIPAL.test(arn)) return arn;
  throw invalidParameter('principalArn', `must satisfy regular expression '${PRINCIPAL.source}'`);
}
