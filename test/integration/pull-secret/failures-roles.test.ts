import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { type Lab, startLab } from '../../lab/lab.ts';
import { arrivedIn, type Scene, scenes, secretsOf, servedIn, settledAs, skip } from './pull-lab.ts';
import { fillRegistry, roleFor, visit } from './pull-logins.ts';
import { bytesOf, versionsOf } from './pull-objects.ts';
import { rotatedIn, told } from './pull-steps.ts';
import { expectAsQuoted } from './quotes.ts';

jest.setTimeout(60_000);

const MINUTE = 60_000;

let lab: Lab;
let scene: (name: string) => Scene;

beforeAll(async () => {
  lab = await startLab();
  scene = scenes(lab);
  await lab.startOperator();
}, 600_000);

afterAll(async () => {
  await lab?.stop();
});

const OPERATOR = 'arn:aws:iam::123456789012:user/ecr-operator';

interface RoleFailure {
  readonly how: string;
  /** In docs/reasons.md. */
  readonly title: string;
  /** Whether pulls with the present token go on. */
  readonly pulls: boolean;
  begin(arn: string): void;
  end(arn: string): void;
  /** What AWS says to it, after `pulls work until ...; `. */
  readonly words: (arn: string, region: string) => string;
}

const notAuthorized = (arn: string) =>
  `sts:AssumeRole on ${arn}: AccessDenied: User: ${OPERATOR} is not authorized to perform: sts:AssumeRole on resource: ${arn}`;

const FAILURES: readonly RoleFailure[] = [
  {
    how: 'whose trust was withdrawn',
    title: 'The role does not let itself be assumed',
    pulls: true,
    begin: (arn) => lab.aws.changeRole(arn, { trusts: [] }),
    end: (arn) => lab.aws.changeRole(arn, { trusts: [OPERATOR] }),
    words: notAuthorized,
  },
  {
    how: 'that was deleted',
    title: 'The role was deleted',
    // A token of a principal that is gone: see `tokensEndWithPrincipal` of the simulator.
    pulls: false,
    begin: (arn) => void lab.aws.deletePrincipal(arn),
    end: (arn) => lab.aws.addRole({ arn, trusts: [OPERATOR] }),
    words: notAuthorized,
  },
  {
    how: 'that may no longer ask for tokens',
    title: 'The role may not ask for tokens',
    pulls: true,
    begin: (arn) => lab.aws.changeRole(arn, { policies: [PULL_BUT_NO_TOKEN] }),
    end: (arn) => lab.aws.changeRole(arn, { policies: [EVERYTHING] }),
    words: () =>
      'ecr:GetAuthorizationToken on *: AccessDeniedException: User: arn:aws:sts::123456789012:assumed-role/',
  },
];

const allowing = (action: string) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: action, Resource: '*' }],
  });
const EVERYTHING = allowing('*');
const PULL_BUT_NO_TOKEN = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Action: '*', Resource: '*' },
    { Effect: 'Deny', Action: 'ecr:GetAuthorizationToken', Resource: '*' },
  ],
});

describe.each(FAILURES)('a role $how', ({ how, title, pulls, begin, end, words }) => {
  test('is named in AWS’s words, with the deadline; the Secrets stay, and all mends within a minute of its return', async () => {
    const role = scene(`role-${how.split(' ').at(-1)}`);
    const namespaces = await role.namespaces(2);
    fillRegistry(lab, role, 'web');
    const arn = roleFor(lab, role.name);
    await role.registry({ pullRoleArn: arn });
    const object = await servedIn(lab, await role.clusterPullSecret(), 2);
    expect(object.status).toMatchObject({ tokenScope: 'PullOnly', tokens: [{ scope: 'PullOnly' }] });
    const { issuedAt = '', expiresAt = '' } = object.status?.tokens?.[0] ?? {};
    // The session is what ends first; it begins a moment after it was asked for.
    expect(Date.parse(expiresAt) - Date.parse(issuedAt)).toBeLessThanOrEqual(61 * MINUTE);
    const before = await secretsOf(lab, namespaces);

    begin(arn);
    await skip(lab, 31 * MINUTE);
    const failing = await settledAs(lab, object, 'AccessDenied', 'Refreshed');
    const because = words(arn, role.region);
    expect(told(failing, 'Refreshed').message).toContain(`pulls work until ${expiresAt}; ${because}`);
    expect(told(failing, 'Ready').status).toBe('True');
    await expectAsQuoted(lab, failing, title);
    const status = await visit(lab, before[0], role.host).pull('web');
    expect(status === 200).toBe(pulls);

    await skip(lab, 15 * MINUTE);
    const worried = await settledAs(lab, object, 'TokenExpiring');
    expect(told(worried, 'Ready').message).toContain(
      `the token runs out at ${expiresAt}, then pulls fail; the last attempt to renew it: ${because}`,
    );
    // Whoever is new gets what there is.
    const fresh = await role.namespace('fresh');
    expect(bytesOf(await arrivedIn(lab, fresh))).toBe(bytesOf(before[0]));
    expect(versionsOf(await secretsOf(lab, namespaces))).toEqual(versionsOf(before));

    end(arn);
    // The longest wait.
    await lab.advance(66_000);
    await rotatedIn(lab, [...namespaces, fresh], bytesOf(before[0]));
    const [after] = await secretsOf(lab, namespaces);
    expect(await visit(lab, after, role.host).pull('web')).toBe(200);
    const mended = await servedIn(lab, object, 3);
    expect(told(mended, 'Refreshed').status).toBe('True');
  });
});
