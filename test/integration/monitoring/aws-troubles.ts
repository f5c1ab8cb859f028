import type { Fault } from '../../lab/aws/faults.ts';
import { core } from '../repository/ecr-lab.ts';
import type { IncidentLab } from './incident-lab.ts';
import { change, isObserved, namespace, poke, REGISTRY, repository } from './incident-objects.ts';
import { heal, type Trouble } from './trouble.ts';

/** AWS does not know the keys any more. */
const KEYS_REFUSED: Fault = {
  kind: 'error',
  name: 'UnrecognizedClientException',
  message: 'The security token included in the request is invalid.',
};
/** More than are forgiven in an hour. */
const MANY_CHANGES = 14;

/** What goes wrong in AWS, or is not as declared there. */
export const AWS_TROUBLES: readonly Trouble[] = [
  {
    name: 'somebody keeps changing a repository',
    alerts: ['EcrOperatorDriftFought'],
    async run(lab, mark) {
      // It takes a minute or a few until each change is seen; all have to be within an hour.
      for (let minute = 0, changes = 0; changes < MANY_CHANGES && minute < 55; minute += 1) {
        if (change(lab, 'web')) changes += 1;
        await poke(lab, repository('web'), minute);
        await lab.minutes(1);
      }
      mark();
      await lab.minutes(65);
    },
  },
  {
    name: 'AWS throttles all of ECR',
    alerts: [
      'EcrOperatorThrottled',
      'EcrOperatorRotationFailing',
      'EcrOperatorTokenOverdue',
      'EcrOperatorTokenExpiring',
      'EcrOperatorDriftCheckFailing',
    ],
    run: (lab, mark) => withFault(lab, mark, { action: 'ecr:*', fault: { kind: 'throttle' }, minutes: 75 }),
  },
  {
    name: 'AWS refuses the keys',
    alerts: ['EcrOperatorCredentialsRefused', 'EcrOperatorRegistryNotReady'],
    async run(lab, mark) {
      lab.aws.faults.add({ match: { action: '*' }, fault: KEYS_REFUSED });
      await lab.minutes(7);
      await poke(lab, REGISTRY, 1);
      await lab.until('a:8080', /^ecr_operator_registry_ready\{.*\} 0$/m);
      await lab.until('a:8080', /^ecr_operator_tokens_failing\{.*CredentialsRefused.*\} 1$/m);
      await lab.minutes(20);
      mark();
      await heal(lab);
    },
  },
  {
    name: 'ECR does not answer',
    alerts: ['EcrOperatorAwsUnreachable'],
    run: (lab, mark) =>
      withFault(lab, mark, { action: 'ecr:*', fault: { kind: 'server-error' }, minutes: 40 }),
  },
  {
    name: 'a right is missing, a name is taken, and ECR differs',
    alerts: [
      'EcrOperatorAccessDenied',
      'EcrOperatorObjectNotReady',
      'EcrOperatorReconcileErrors',
      'EcrOperatorNamespaceFailing',
      'EcrOperatorDriftNotMended',
    ],
    async run(lab, mark) {
      const { admin } = lab;
      lab.aws.faults.add({ match: { action: 'ecr:CreateRepository' }, fault: { kind: 'access-denied' } });
      for (const name of ['new-1', 'new-2', 'new-3']) await admin.apply(repository(name));
      await admin.create(namespace('taken', { 'ecr-operator.io/pull-secrets': 'disabled' }));
      await admin.create(core('Secret', 'ecr-pull', 'taken'));
      await admin.apply(namespace('taken', { 'ecr-operator.io/pull-secrets': 'enabled' }));
      await admin.apply(repository('watched', { mode: 'Observe' }));
      // Or the change would still be mended.
      while (!(await isObserved(lab, repository('watched')))) await lab.minutes(1);
      change(lab, 'watched');
      await poke(lab, repository('watched'), 1);
      await lab.until('a:8080', /^ecr_operator_objects_not_ready\{.*DriftObserved.*\} 1$/m);
      await lab.until('a:8080', /^ecr_operator_objects_not_ready\{.*AccessDenied.*\} 3$/m);
      await lab.until('a:8080', /^ecr_operator_pull_secret_namespaces\{.*failed.*\} 1$/m);
      await lab.minutes(40);
      mark();
      await admin.delete(core('Secret', 'ecr-pull', 'taken'));
      await admin.apply(repository('watched', { mode: 'Enforce' }));
      await heal(lab);
    },
  },
];

interface AwsTrouble {
  readonly action: string;
  readonly fault: Fault;
  readonly minutes: number;
}

async function withFault(
  lab: IncidentLab,
  mark: () => void,
  { action, fault, minutes }: AwsTrouble,
): Promise<void> {
  lab.aws.faults.add({ match: { action }, fault });
  await lab.minutes(minutes);
  mark();
  await heal(lab);
}
