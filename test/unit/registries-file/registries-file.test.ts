import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ConfigError } from '../../../src/config.ts';
import { openRegistriesFile, type RegistriesFile } from '../../../src/registries-file/registries-file.ts';
import { waitFor } from '../../lab/wait-for.ts';
import { createFakeClock, type FakeClock } from '../fake-clock.ts';
import { type RecordedLog, recordedLog } from '../runtime/recorded-log.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'registries-file-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

const one = (name: string, region = 'eu-central-1') =>
  JSON.stringify({
    apiVersion: 'ecr-operator.io/v1alpha1',
    kind: 'Registry',
    metadata: { name },
    spec: { accountId: '123456789012', region },
  });

interface Trial {
  readonly path: string;
  readonly clock: FakeClock;
  readonly log: RecordedLog;
  readonly file: RegistriesFile;
  readonly refused: (readonly string[])[];
  write(text: string): Promise<void>;
  /** Ten seconds later, once the file was looked at. */
  later(): Promise<void>;
}

/** Runs while `steps` do. */
async function trial(name: string, steps: (trial: Trial) => Promise<void>): Promise<void> {
  const path = join(folder, name);
  const clock = createFakeClock();
  const log = recordedLog();
  const write = async (text: string): Promise<void> => {
    await writeFile(`${path}.new`, text);
    await rename(`${path}.new`, path);
  };
  await write(one('a'));
  const file = await openRegistriesFile({ path, clock, log });
  const refused: (readonly string[])[] = [];
  file.onRefused((problems) => refused.push(problems));
  const stop = new AbortController();
  const run = file.run(stop.signal);
  const later = async (): Promise<void> => {
    clock.advance(10_000);
    await waitFor(() => clock.pending().length > 0, { what: 'the file to be looked at', intervalMs: 1 });
  };
  try {
    await steps({ path, clock, log, file, refused, write, later });
  } finally {
    stop.abort();
    await run;
  }
}

test('Registries are told of when it runs, also to who listens later', () =>
  trial('told', async ({ file }) => {
    const told: string[] = [];
    await file.ready;
    file.listen((key) => told.push(key));
    expect(told).toEqual(['a']);
    expect(file.lister.get('a')?.spec.region).toBe('eu-central-1');
  }));

test('a change is seen ten seconds later, and tells of what changed alone', () =>
  trial('changed', async ({ file, write, later, log }) => {
    const told: unknown[] = [];
    file.listen((key, now, before) => told.push([key, now !== undefined, before !== undefined]));
    await write(`${one('a')}\n---\n${one('b')}`);
    await later();
    await later();
    await write(one('b'));
    await later();
    expect(told).toEqual([
      ['a', true, false],
      ['b', true, false],
      ['a', false, true],
    ]);
    expect(log.messages()).toEqual(['registries read', 'registries read', 'registries read']);
  }));

test('a file that is wrong changes nothing, and is told of once, and anew where it is wrong in another way', () =>
  trial('wrong', async ({ file, write, later, log, refused }) => {
    await write(`${one('a')}\n---\n${one('b', 'Frankfurt')}`);
    await later();
    await later();
    expect([...file.lister.keys()]).toEqual(['a']);
    expect(file.problems()).toEqual([expect.stringContaining('write the name of a region')]);
    await write(one('Big'));
    await later();
    expect(refused.map(([first]) => first?.slice(0, 10))).toEqual(['Registry b', 'manifest 1']);
    expect(log.lines.filter(({ level }) => level === 'error').length).toBe(2);
    await write(one('a'));
    await later();
    expect(file.problems()).toEqual([]);
  }));

test('how it stands with a Registry is kept while it is in the file, also over a change of it', () =>
  trial('status', async ({ file, write, later }) => {
    const told: (string | undefined)[] = [];
    await file.ready;
    file.listen((_, now) => told.push(now?.status?.identity));
    file.setStatus('a', { identity: 'me' });
    file.setStatus('a', { identity: 'me' });
    expect(file.lister.get('a')).toMatchObject({ metadata: { generation: 1 }, status: { identity: 'me' } });
    await write(one('a').replace('"region"', '"access":"PullOnly","region"'));
    await later();
    expect(file.lister.get('a')).toMatchObject({ metadata: { generation: 2 }, status: { identity: 'me' } });
    await write(one('b'));
    await later();
    file.setStatus('a', { identity: 'me' });
    await write(`${one('a')}\n---\n${one('b')}`);
    await later();
    expect(file.lister.get('a')?.status).toBeUndefined();
    expect(told).toEqual([undefined, 'me', 'me', undefined, undefined, undefined]);
  }));

test('a file that is gone changes nothing, and is read again when it is back', () =>
  trial('gone', async ({ path, file, write, later }) => {
    await rm(path);
    await later();
    expect(file.lister.size).toBe(1);
    expect(file.problems()).toEqual([expect.stringContaining('it cannot be read')]);
    await write(one('a'));
    await later();
    expect(file.problems()).toEqual([]);
    await write(one('c'));
    await later();
    expect([...file.lister.keys()]).toEqual(['c']);
  }));

test('a file that is wrong, or missing, at first is a ConfigError with all that is wrong', async () => {
  const path = join(folder, 'first');
  const open = () => openRegistriesFile({ path, clock: createFakeClock(), log: recordedLog() });
  await expect(open()).rejects.toBeInstanceOf(ConfigError);
  await writeFile(path, `${one('a', 'Frankfurt')}\n---\n${one('Big')}`);
  await expect(open()).rejects.toMatchObject({
    problems: [
      expect.stringContaining(`${path}: Registry a: spec.region:`),
      expect.stringContaining(`${path}: manifest 2:`),
    ],
  });
});

test('aliases that stand for more than anybody would write are refused', async () => {
  const path = join(folder, 'aliases');
  const lines = Array.from(
    { length: 12 },
    (_, index) => `a${index}: &a${index} [${`*a${index - 1},`.repeat(9)}]`,
  );
  await writeFile(path, ['a-1: &a-1 x', ...lines].join('\n'));
  await expect(openRegistriesFile({ path, clock: createFakeClock(), log: recordedLog() })).rejects.toThrow(
    /alias/i,
  );
});
