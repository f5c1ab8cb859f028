import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createScrapeRecord } from '../../lab/scrape-record.ts';

let server: Server;
let url: string;
let answer: string | undefined;

beforeEach(async () => {
  answer = '';
  server = createServer((_, response) => {
    response.writeHead(answer === undefined ? 500 : 200).end(answer);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`;
});

afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

test('a record has a value for each scrape, a staleness marker where a series ends, and nothing before it begins', async () => {
  const record = createScrapeRecord({ targets: () => new Map([['a', url]]), labels: { job: 'j' } });
  const answers = [
    'up 1\n',
    '# HELP up words\nup 1\nbusy{name="x y"} 2.5\n',
    undefined,
    'up 0\nbusy{name="x y"} Nan\n',
  ];
  for (const [index, text] of answers.entries()) {
    answer = text;
    await record.scrape((index + 1) * 60_000);
  }
  expect(record.length).toBe(4);
  expect(record.inputSeries(() => true)).toEqual([
    { series: 'up{job="j",instance="a"}', values: '1 1 stale 0' },
    { series: 'busy{job="j",instance="a",name="x y"}', values: '_ 2.5 stale NaN' },
  ]);
  expect(record.inputSeries((name) => name === 'up')).toHaveLength(1);
  expect(record.range()).toEqual({ start: 60, end: 240, step: 60 });
  expect(record.openMetrics((name) => name === 'up')).toBe(
    ['1 60', '1 120', '0 240']
      .map((sample) => `up{job="j",instance="a"} ${sample}\n`)
      .join('')
      .concat('# EOF\n'),
  );
  expect(record.last('a')).toBe(answer);
});

test('what the last scrape did not reach cannot be asked for', async () => {
  const record = createScrapeRecord({ targets: () => new Map([['a', url]]), labels: {} });
  answer = undefined;
  await record.scrape(0);
  expect(() => record.last('a')).toThrow('a did not answer the last scrape');
});
