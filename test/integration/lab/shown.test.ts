import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { type Lab, startLab } from '../../lab/lab.ts';
import { readShown } from '../../lab/shown.ts';

jest.setTimeout(60_000);

let lab: Lab | undefined;

beforeAll(async () => {
  lab = await startLab();
}, 600_000);

afterAll(async () => {
  await lab?.stop();
});

const API_VERSION = 'ecr-operator.io/v1alpha1';
const inDefault = (name: string) => ({ name, namespace: 'default' });

/** One object of each sort that people read, and a Secret, each with its own mark. */
async function mark({ admin, controlPlane }: Lab): Promise<void> {
  const spec = { registries: [{ name: 'none' }] };
  const annotated = (name: string, mark: string) => ({ ...inDefault(name), annotations: { mark } });
  await admin.create({
    ...{ apiVersion: API_VERSION, kind: 'PullSecret', metadata: annotated('one', 'mark-of-ours') },
    ...{ spec },
  });
  await admin.create({
    ...{ apiVersion: 'v1', kind: 'Event', metadata: inDefault('one') },
    ...{ involvedObject: { kind: 'Pod', ...inDefault('one') }, message: 'mark-of-event' },
  });
  await admin.create({
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: annotated('one', 'mark-of-account'),
  });
  await admin.create({ apiVersion: 'v1', kind: 'Secret', metadata: annotated('one', 'mark-of-secret') });
  await writeFile(join(controlPlane.folder, 'some.log'), 'mark-of-log\n');
}

test('what people see is looked through at the end, and an end where a key stands in it is a failure', async () => {
  if (!lab) throw new Error('no lab');
  await mark(lab);
  const seen = await readShown(lab.controlPlane.folder, lab.admin);
  const marks = ['ours', 'event', 'account', 'log', 'secret'].filter((each) =>
    seen.includes(`mark-of-${each}`),
  );
  expect(marks).toEqual(['ours', 'event', 'account', 'log']);

  await lab.admin.patch(
    { apiVersion: API_VERSION, kind: 'PullSecret', metadata: inDefault('one') },
    { metadata: { annotations: { mark: lab.operatorKey.secretAccessKey } } },
  );
  const { stop } = lab;
  lab = undefined;
  await expect(stop()).rejects.toThrow('1 issued tokens stand in logs, statuses or Events');
});
