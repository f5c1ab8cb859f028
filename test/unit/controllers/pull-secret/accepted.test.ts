import { describe, expect, test } from '@jest/globals';
import { accepted, type Installation } from '../../../../src/controllers/pull-secret/accepted.ts';
import { cluster, own } from './pull-objects.ts';

const INSTALLATION: Installation = {
  secretNames: ['ecr-pull', 'second'],
  serviceAccountNames: undefined,
  repairPods: false,
};
const NARROW = { ...INSTALLATION, serviceAccountNames: ['default', 'builder'] };

const WELL = { status: 'True', reason: 'Accepted', message: 'all that is declared can be done' };
const accounts = (what: string, allowed = 'default, builder') => ({
  status: 'False',
  reason: 'ServiceAccountsNotConfigured',
  message: `the operator has no right to write to ${what}, only to ${allowed}: name these, or have the installation allow more (serviceAccountNames, and its ClusterRole)`,
});

type Spec = Parameters<typeof cluster>[1];

describe('Accepted', () => {
  test('says what cannot be read of the namespace of a PullSecret, and of no other', () => {
    const closure = { namespace: 'team-a', what: 'serviceaccounts', message: 'it is forbidden' };
    const closures = (namespace: string) => (namespace === 'team-a' ? [closure] : []);
    const installation = { ...INSTALLATION, closures };
    expect(accepted(installation, own('x', {}, { namespace: 'team-a' }))).toEqual({
      type: 'Accepted',
      status: 'False',
      reason: 'NamespaceClosed',
      message:
        'the operator cannot read serviceaccounts in namespace team-a: give its ServiceAccount the Role of watched namespaces there; it is forbidden',
    });
    expect(accepted(installation, own('x', {}, { namespace: 'team-b' }))).toMatchObject(WELL);
    expect(accepted(installation, cluster('x', {}))).toMatchObject(WELL);
  });

  test.each<[string, Installation, Spec, object]>([
    ['what the defaults say', INSTALLATION, {}, WELL],
    [
      'another configured name, every ServiceAccount, and a schedule',
      INSTALLATION,
      {
        secretName: 'second',
        serviceAccounts: { mode: 'All' },
        rotation: { schedule: '0 6 * * 1', timeZone: 'Europe/Berlin' },
      },
      WELL,
    ],
    [
      'not a name that is not configured',
      INSTALLATION,
      { secretName: 'mine' },
      {
        status: 'False',
        reason: 'SecretNameNotConfigured',
        message:
          'the operator has no right to write Secrets named mine, only ecr-pull, second: choose one of these, or have the installation add it (pullSecretNames, and resourceNames in its ClusterRole)',
      },
    ],
    ['the default ServiceAccount where it is allowed', NARROW, {}, WELL],
    [
      'named ServiceAccounts that are allowed',
      NARROW,
      { serviceAccounts: { mode: 'Named', names: ['builder'] } },
      WELL,
    ],
    [
      'no ServiceAccount wherever',
      { ...NARROW, serviceAccountNames: [] },
      { serviceAccounts: { mode: 'None' } },
      WELL,
    ],
    [
      'not the default ServiceAccount where it is not allowed',
      { ...NARROW, serviceAccountNames: ['builder'] },
      {},
      accounts('ServiceAccount default', 'builder'),
    ],
    [
      'not named ServiceAccounts that are not allowed, which are told',
      NARROW,
      { serviceAccounts: { mode: 'Named', names: ['a', 'builder', 'b'] } },
      accounts('ServiceAccount a, b'),
    ],
    [
      'not every ServiceAccount where some are allowed',
      NARROW,
      { serviceAccounts: { mode: 'All' } },
      accounts('every ServiceAccount'),
    ],
    [
      'not a schedule that is none',
      INSTALLATION,
      { rotation: { schedule: '61 * * * *', timeZone: 'UTC' } },
      {
        status: 'False',
        reason: 'InvalidSchedule',
        message:
          'spec.rotation.schedule "61 * * * *" is no schedule: write five cron fields, such as 0 6 * * 1 for Mondays at six',
      },
    ],
    [
      'not a time zone that is none',
      INSTALLATION,
      { rotation: { schedule: '0 6 * * 1', timeZone: 'Mars/Base' } },
      {
        status: 'False',
        reason: 'InvalidTimeZone',
        message:
          'spec.rotation.timeZone "Mars/Base" is not known: write an IANA name, such as Europe/Berlin or UTC',
      },
    ],
    [
      'not the repair of Pods without the right to',
      INSTALLATION,
      { repairPods: true },
      {
        status: 'False',
        reason: 'RepairPodsNotConfigured',
        message:
          'the operator has no right to delete Pods: leave repairPods out, or have the installation allow it (repairPods, and the ClusterRole that goes with it)',
      },
    ],
    [
      'the repair of Pods with the right to',
      { ...INSTALLATION, repairPods: true },
      { repairPods: true },
      WELL,
    ],
    ['no repair of Pods', INSTALLATION, { repairPods: false }, WELL],
  ])('is %s', (_what, installation, spec, expected) => {
    for (const claim of [cluster('all', spec), own('mine', spec)])
      expect(accepted(installation, claim)).toEqual({ type: 'Accepted', ...expected });
  });

  test('tells first of what keeps it from everything', () => {
    const spec = {
      secretName: 'mine',
      serviceAccounts: { mode: 'All' as const },
      rotation: { schedule: 'x', timeZone: 'x' },
      repairPods: true,
    };
    const mended = [{}, { secretName: 'ecr-pull' }, { serviceAccounts: { mode: 'None' as const } }].map(
      (_, index, parts) => Object.assign({}, spec, ...parts.slice(0, index + 1)),
    );
    expect(mended.map((one) => accepted(NARROW, cluster('all', one)).reason)).toEqual([
      'SecretNameNotConfigured',
      'ServiceAccountsNotConfigured',
      'InvalidSchedule',
    ]);
  });
});
