import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ACCOUNT, type Lab, REGION, startLab } from '../lab/lab.ts';
import { operatorEnvironment } from '../lab/operator-environment.ts';
import { startProcess } from '../lab/process.ts';
import { runCommand } from '../lab/run-command.ts';

const ROOT = join(import.meta.dirname, '../..');
const API = 'ecr-operator.io/v1alpha1';

let lab: Lab;

beforeAll(async () => {
  lab = await startLab();
}, 600_000);

afterAll(async () => {
  await lab.stop();
});

/** Runs the operator as users do, and returns what it said when it had ended. */
async function runUntilReady(name: string, command: string, args: readonly string[]): Promise<string> {
  const operator = await startProcess({
    name,
    command,
    args,
    cwd: ROOT,
    logFile: join(lab.controlPlane.folder, `${name}.log`),
    env: {
      ...(await operatorEnvironment(lab, name)),
      // Any free port of this machine alone.
      ECR_OPERATOR_METRICS_BIND_ADDRESS: '127.0.0.1:0',
      ECR_OPERATOR_HEALTH_PROBE_BIND_ADDRESS: '127.0.0.1:0',
    },
  });
  try {
    const metadata = { name };
    await lab.admin.create({
      apiVersion: API,
      kind: 'Registry',
      metadata,
      spec: { accountId: ACCOUNT, region: REGION },
    } as never);
    await lab.kubectl('wait', '--for=condition=Ready', `ecrreg/${name}`, '--timeout=60s');
    await operator.stop();
    expect(await operator.exited).toEqual({ code: 0, signal: null });
    return await operator.logTail();
  } finally {
    await operator.stop();
  }
}

describe('the operator as users start it', () => {
  test('npm start works against the current kubeconfig and stops cleanly on SIGTERM', async () => {
    const log = await runUntilReady('from-source', process.execPath, ['--no-warnings', 'src/main.ts']);
    expect(log).toContain('"clean":true');
  }, 120_000);

  test('the bundle that the Dockerfile puts into the image does the same', async () => {
    const built = await runCommand('npm', ['run', '--silent', 'build'], { cwd: ROOT, timeoutMs: 60_000 });
    expect({ code: built.code, stderr: built.stderr }).toEqual({ code: 0, stderr: '' });
    const log = await runUntilReady('from-bundle', process.execPath, ['dist/ecr-operator.js']);
    expect(log).toContain('"clean":true');
  }, 180_000);

  test('wrong flags are all reported at once, with exit code 2', async () => {
    const { code, stderr } = await runCommand(
      process.execPath,
      ['--no-warnings', 'src/main.ts', '--nope', '--log-level=loud', '--lease-duration-seconds=3'],
      {
        cwd: ROOT,
        env: { PATH: process.env['PATH'] },
      },
    );
    expect(code).toBe(2);
    expect(stderr).toContain('--nope is not known');
    expect(stderr).toContain('write less than --lease-duration-seconds, which is 3');
    expect(stderr).toContain('write debug, info, warn or error');
  }, 60_000);

  test('a cluster that cannot be reached is said in one line, with exit code 1', async () => {
    const { code, stdout } = await runCommand(process.execPath, ['--no-warnings', 'src/main.ts'], {
      cwd: ROOT,
      env: { PATH: process.env['PATH'], KUBECONFIG: '/nowhere/kubeconfig' },
    });
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ level: 'error', msg: 'the Kubernetes API cannot be used' });
  }, 60_000);
});
