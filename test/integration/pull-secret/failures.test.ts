import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Fault } from '../../lab/aws/faults.ts';
import { type Lab, startLab } from '../../lab/lab.ts';
import type { OperatorProcess } from '../../lab/operator.ts';
import { waitFor } from '../../lab/wait-for.ts';
import { tokensFail } from './many-registries.ts';
import {
  arrivedIn,
  HOUR,
  isValid,
  type Scene,
  scenes,
  secretIn,
  secretsOf,
  servedIn,
  settledAs,
  skip,
} from './pull-lab.ts';
import { bytesOf, versionsOf } from './pull-objects.ts';
import { attemptsPass, eventOf, isIn, rotatedIn, told } from './pull-steps.ts';
import { expectAsQuoted } from './quotes.ts';

jest.setTimeout(60_000);

let lab: Lab;
let operator: OperatorProcess;
let scene: (name: string) => Scene;

beforeAll(async () => {
  lab = await startLab();
  scene = scenes(lab);
  operator = await lab.startOperator();
}, 600_000);

afterAll(async () => {
  await lab?.stop();
});

const REQUEST = String.raw`( \(request id [-0-9a-f]+\))?`;

const WAYS: readonly [string, Fault, string, string, string][] = [
  [
    'down',
    { kind: 'server-error' },
    'AWSUnavailable',
    'ServerException: Internal Server Error',
    'AWS is down',
  ],
  [
    'out of reach',
    { kind: 'reset' },
    'AWSUnreachable',
    '\\w+: .*(ECONNRESET|socket hang up).*',
    'AWS cannot be reached',
  ],
  ['throttling', { kind: 'throttle' }, 'Throttled', 'ThrottlingException: Rate exceeded', 'AWS throttles'],
];

describe.each(WAYS)('AWS %s', (how, fault, reason, words, title) => {
  test('F1, F3: leaves every Secret as it is, says until when pulls work, and is noticed within 10 s when it is back', async () => {
    const away = scene(how.replaceAll(' ', '-'));
    const namespaces = await away.namespaces(3);
    const object = await away.serve(3);
    const before = await secretsOf(lab, namespaces);
    const until = object.status?.tokens?.[0]?.expiresAt ?? '';
    const active = tokensFail(lab, away, fault);

    await skip(lab, 6 * HOUR);
    const failing = await settledAs(lab, object, reason, 'Refreshed');
    const because = `ecr:GetAuthorizationToken on \\S+: ${words}`;
    expect(told(failing, 'Refreshed').message).toMatch(
      new RegExp(`^pulls work until ${until}; ${because}${REQUEST}$`),
    );
    expect(told(failing, 'Ready')).toMatchObject({ status: 'True', message: expect.stringContaining(until) });
    expect(failing.status?.tokens?.[0]).toMatchObject({
      reason,
      message: expect.stringMatching(because),
    });
    await expectAsQuoted(lab, failing, title);

    await skip(lab, 2.9 * HOUR);
    await settledAs(lab, object, 'Ready');
    await skip(lab, 0.2 * HOUR);
    const worried = await settledAs(lab, object, 'TokenExpiring');
    expect(told(worried, 'Ready')).toEqual({
      status: 'False',
      reason: 'TokenExpiring',
      message: expect.stringMatching(
        new RegExp(
          `^the token runs out at ${until}, then pulls fail; the last attempt to renew it: ${because}${REQUEST}$`,
        ),
      ),
    });
    expect((await eventOf(lab, object, 'TokenExpiring')).type).toBe('Warning');
    if (title === 'AWS is down') await expectAsQuoted(lab, worried, 'A quarter of the life is left');
    expect(versionsOf(await secretsOf(lab, namespaces))).toEqual(versionsOf(before));
    expect(isValid(lab, before[0])).toBe(true);

    await attemptsPass(lab, away.name, 2, 5_500);
    const back = performance.now();
    active.remove();
    await rotatedIn(lab, namespaces, bytesOf(before[0]));
    expect(performance.now() - back).toBeLessThan(10_000);
    const mended = await servedIn(lab, object, 3);
    expect(told(mended, 'Refreshed')).toEqual({
      status: 'True',
      reason: 'Refreshed',
      message: 'the last renewal worked',
    });
    expect(mended.status?.tokens?.[0]).not.toHaveProperty('reason');
  });
});

describe('the end of a token', () => {
  test('is told as it comes; the Secret stays even then, and the next token brings all back', async () => {
    const ends = scene('ends');
    const [namespace = ''] = await ends.namespaces(1);
    const object = await ends.serve(1);
    const before = await arrivedIn(lab, namespace);
    const until = object.status?.tokens?.[0]?.expiresAt ?? '';
    const active = tokensFail(lab, ends, { kind: 'server-error' });
    // An attempt has failed before the token runs out, or its end would be told without.
    await skip(lab, 11 * HOUR);
    await settledAs(lab, object, 'AWSUnavailable', 'Refreshed');
    await skip(lab, HOUR);
    const over = await settledAs(lab, object, 'TokenExpired');
    expect(told(over, 'Ready').message).toMatch(
      new RegExp(`^the token ran out at ${until}: pulls fail; the last attempt to renew it: ecr:Get`),
    );
    expect(told(over, 'Refreshed').message).toMatch(
      new RegExp(`^pulls fail since ${until}; ecr:GetAuthorizationToken on \\S+: ServerException: `),
    );
    await expectAsQuoted(lab, over, 'The token has run out');
    expect(versionsOf([await arrivedIn(lab, namespace)])).toEqual(versionsOf([before]));
    active.remove();
    await rotatedIn(lab, [namespace], bytesOf(before));
    await servedIn(lab, object, 1);
  });

  test('F1, F9: an operator that starts in an outage spoils nothing, says so, and heals what it has a token for', async () => {
    const dark = scene('dark');
    const [kept = '', lost = ''] = await dark.namespaces(2);
    const object = await dark.serve(2);
    const before = await arrivedIn(lab, kept);
    const active = tokensFail(lab, dark, { kind: 'server-error' });
    await operator.stop();
    await lab.admin.delete(await arrivedIn(lab, lost));
    const fresh = await dark.namespace('fresh');
    operator = await lab.startOperator();
    const dimmed = await settledAs(lab, object, 'AWSUnavailable', 'Delivered');
    expect(dimmed.status?.namespaces).toEqual({ matched: 3, ready: 1, failed: 2 });
    expect(dimmed.status?.failures?.map(({ namespace }) => namespace).sort()).toEqual([fresh, lost].sort());
    expect(told(dimmed, 'TokenValid').status).toBe('True');
    expect([await secretIn(lab, lost), await secretIn(lab, fresh)]).toEqual([undefined, undefined]);
    expect(versionsOf([await arrivedIn(lab, kept)])).toEqual(versionsOf([before]));
    const back = performance.now();
    active.remove();
    for (const namespace of [lost, fresh])
      await waitFor(() => isIn(lab, namespace), { what: `the Secret in ${namespace}` });
    expect(performance.now() - back).toBeLessThan(10_000);
    await servedIn(lab, object, 3);
    expect(versionsOf([await arrivedIn(lab, kept)])).toEqual(versionsOf([before]));

    // In an outage under a running operator, the token at hand serves whoever is new, and heals.
    const again = tokensFail(lab, dark, { kind: 'server-error' });
    await skip(lab, 6 * HOUR);
    await settledAs(lab, object, 'AWSUnavailable', 'Refreshed');
    await lab.admin.delete(await arrivedIn(lab, lost));
    const later = await dark.namespace('later');
    for (const namespace of [lost, later])
      await waitFor(() => isIn(lab, namespace), { what: `the Secret in ${namespace}` });
    again.remove();
  });
});
