import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { expect, test } from '@jest/globals';
import type { ProxiedRequest } from '../../lab/proxy-faults.ts';
import { proxyGate } from '../../lab/proxy-gate.ts';

const request = { method: 'GET', path: '/a', isWatch: true, query: new URLSearchParams() } as ProxiedRequest;

test('an open gate passes whole lines at once, and the rest at the end', async () => {
  const stream = proxyGate().stream(request);
  const passed: string[] = [];
  stream.on('data', (chunk) => passed.push(String(chunk)));
  for (const text of ['one\ntw', 'o\nthr', 'ee']) stream.write(text);
  stream.end();
  await finished(stream);
  expect(passed).toEqual(['one\n', 'two\n', 'three']);
});

test('letters of several bytes survive being cut in two', async () => {
  const bytes = Buffer.from('ä\n');
  const chunks = await Readable.from([bytes.subarray(0, 1), bytes.subarray(1)])
    .pipe(proxyGate().stream(request))
    .toArray();
  expect(Buffer.concat(chunks).toString()).toBe('ä\n');
});

test('a silence holds back what matches until it is resumed', async () => {
  const gate = proxyGate();
  const silence = gate.silence({ path: '/a' });
  const order: string[] = [];
  const held = gate.passage(request).then(() => order.push('held'));
  await gate.passage({ ...request, path: '/b' }).then(() => order.push('free'));
  silence.resume();
  await held;
  expect(order).toEqual(['free', 'held']);
});

test('a request that two silences hold waits for both', async () => {
  const gate = proxyGate();
  const first = gate.silence({});
  const second = gate.silence({ path: '/a' });
  let passed = false;
  const held = gate.passage(request).then(() => {
    passed = true;
  });
  first.resume();
  await gate.passage({ ...request, path: '/b' });
  expect(passed).toBe(false);
  second.resume();
  await held;
});
