import type { RegistrySpec } from '../../../src/api/registry.generated.ts';
import type { Condition } from '../../../src/api/shared.generated.ts';
import type { RecordedAction } from '../../lab/aws/action-record.ts';
import { resourceForm } from '../../lab/aws/operator-record.ts';
import type { KubeObject } from '../../lab/kube-client.ts';
import { ACCOUNT, type Lab, startLab } from '../../lab/lab.ts';
import { shippedPolicy, shippedValues, type Values } from '../../lab/shipped-policies.ts';
import { waitFor } from '../../lab/wait-for.ts';

/** As the shipped values have it. */
const OPERATOR_ROLE = `arn:aws:iam::${ACCOUNT}:role/ecr-operator`;

/** An object with conditions. */
export interface Conditioned extends KubeObject {
  readonly status?: { readonly conditions?: readonly Condition[]; readonly observedGeneration?: number };
}

/** A cluster whose operator runs as a role with nothing but `assume-roles.json`; other roles have other files. */
export interface IamLab extends Lab {
  /** A role of that name with these files, filled in, which trusts the operator as `trust-role.json` says. Returns its ARN. */
  role(name: string, files: readonly string[], values?: Values): string;
  /** A Registry whose identity is the role of its name. */
  registry(name: string, region: string, settings?: Partial<RegistrySpec>): Promise<Conditioned>;
  apply(object: object): Promise<Conditioned>;
  /** Resolves when a condition, Ready unless told, is True for the present spec. */
  holds(object: KubeObject, type?: string): Promise<void>;
  /** Resolves when it is False, since AWS refused something for want of rights. */
  isDenied(object: KubeObject, type?: string): Promise<void>;
  /** What was asked for in the name of a role. */
  askedAs(role: string): readonly RecordedAction[];
}

/** What a role got from AWS, as `ecr:CreateRepository repository/NAME`, each once; who we are needs no permission. */
export function gotAs(lab: IamLab, role: string): readonly string[] {
  const got = lab
    .askedAs(role)
    .filter(({ result, action }) => result === 'ok' && action !== 'sts:GetCallerIdentity')
    .flatMap(({ action, resources }) => resources.map((arn) => `${action} ${resourceForm(arn)}`));
  return [...new Set(got)].sort();
}

/** Starts it; `env` is for the operator. */
export async function startIamLab(env: Readonly<Record<string, string>> = {}): Promise<IamLab> {
  const lab = await startLab();
  const { admin, aws } = lab;
  aws.addRole({
    arn: OPERATOR_ROLE,
    policies: [shippedPolicy('assume-roles').text],
    maxSessionSeconds: 43_200,
  });
  const session = aws.issueSession(OPERATOR_ROLE, { seconds: 43_200 });
  await lab.startOperator({
    env: {
      AWS_ACCESS_KEY_ID: session.accessKeyId,
      AWS_SECRET_ACCESS_KEY: session.secretAccessKey,
      AWS_SESSION_TOKEN: session.sessionToken,
      ...env,
    },
  });
  async function settled(
    object: KubeObject,
    type: string,
    what: string,
    until: (condition: Condition) => boolean,
  ): Promise<void> {
    await waitFor(() => admin.get<Conditioned>(object), {
      what: `${type} of ${object.kind} ${object.metadata.name} to ${what}`,
      until: (now) => {
        const found = now?.status?.conditions?.find((condition) => condition.type === type);
        return found?.observedGeneration === now?.metadata.generation && found !== undefined && until(found);
      },
      timeoutMs: 40_000,
    });
  }
  const apply = (object: object): Promise<Conditioned> => admin.apply(object as KubeObject);
  return {
    ...lab,
    apply,
    role(name, files, values) {
      const arn = roleArn(name);
      aws.addRole({ arn, policies: files.map((file) => shippedPolicy(file, values).text), ...trust() });
      return arn;
    },
    registry: (name, region, settings = {}) =>
      apply({
        apiVersion: 'ecr-operator.io/v1alpha1',
        kind: 'Registry',
        metadata: { name },
        spec: {
          accountId: ACCOUNT,
          region,
          credentials: { roleArn: roleArn(name), externalId: shippedValues()['EXTERNAL_ID'] },
          tenancy: { rules: [{ allow: ['Pull', 'Create', 'Adopt', 'DeleteImages', 'Share', 'Public'] }] },
          ...settings,
        },
      }),
    holds: (object, type = 'Ready') => settled(object, type, 'hold', ({ status }) => status === 'True'),
    isDenied: (object, type = 'Ready') =>
      settled(
        object,
        type,
        'be denied',
        ({ status, reason, message }) => status === 'False' && `${reason}${message}`.includes('AccessDenied'),
      ),
    askedAs: (role) =>
      aws.actions.all().filter(({ principalArn }) => principalArn.includes(`:assumed-role/ecr-${role}/`)),
  };
}

function roleArn(name: string): string {
  return `arn:aws:iam::${ACCOUNT}:role/ecr-${name}`;
}

/** Whom `trust-role.json` lets in, in the words of the simulator. */
function trust(): { readonly trusts: readonly string[]; readonly externalId: string } {
  const [statement] = shippedPolicy('trust-role').statements;
  const externalId = statement?.Condition?.['StringEquals']?.['sts:ExternalId'];
  return { trusts: Object.values(statement?.Principal ?? {}), externalId: String(externalId) };
}
