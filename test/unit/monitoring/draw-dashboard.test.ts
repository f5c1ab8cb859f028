import { expect, test } from '@jest/globals';
import type { AnsweredPanel } from '../../integration/monitoring/dashboard.ts';
import { drawDashboard } from '../../integration/monitoring/draw-dashboard.ts';
import { shown } from '../../integration/monitoring/panel-units.ts';

type Values = readonly (readonly [number, string])[];

function panel(type: 'timeseries' | 'stat', values: Values, y = 0): AnsweredPanel {
  const target = { refId: 'A', expr: 'x', legendFormat: '{{a}} & {{b}}' };
  return {
    id: y,
    type,
    title: 'A <title>',
    gridPos: { x: 0, y, w: 12, h: 8 },
    fieldConfig: { defaults: { unit: 's' } },
    answers: [{ target, series: [{ metric: { a: 'one' }, values }] }],
  };
}

const minutes = (from: number, to: number): Values =>
  Array.from({ length: to - from }, (_, index) => [(from + index) * 60, String(index % 2)]);

const linesIn = (svg: string) =>
  [...svg.matchAll(/<polyline [^>]* points="([^"]*)"/g)].map(([, points = '']) => points);

test('all graphs show the same time, and a line stops where there was nothing', () => {
  const svg = drawDashboard([
    panel('timeseries', minutes(0, 100)),
    panel('timeseries', [...minutes(25, 50), ...minutes(75, 100)], 8),
  ]);
  const [whole = '', first = '', second = ''] = linesIn(svg);
  expect(linesIn(svg)).toHaveLength(3);
  const x = (points: string, at: number) => Number(points.split(' ').at(at)?.split(',')[0]);
  const width = x(whole, -1) - x(whole, 0);
  expect((x(first, 0) - x(whole, 0)) / width).toBeCloseTo(25 / 99, 2);
  expect((x(second, 0) - x(whole, 0)) / width).toBeCloseTo(75 / 99, 2);
  expect(x(second, -1)).toBe(x(whole, -1));
});

test('words are escaped, and labels that a series lacks are left out', () => {
  const svg = drawDashboard([panel('timeseries', minutes(0, 3))]);
  expect(svg).toContain('>A &lt;title&gt;</text>');
  expect(svg).toContain('>one &amp;</text>');
});

test('points on a straight line are left out', () => {
  const straight: Values = [0, 1, 2, 3, 4].map((minute) => [minute * 60, String(minute)]);
  expect(linesIn(drawDashboard([panel('timeseries', straight)]))[0]?.split(' ')).toHaveLength(2);
});

test('a number shows the last value, and a dash where there is none', () => {
  expect(drawDashboard([panel('stat', minutes(0, 2))])).toContain('>1 s</text>');
  expect(drawDashboard([panel('stat', [[0, 'NaN']])])).toContain('>–</text>');
});

test.each([
  [0.0123, 's', '12.3 ms'],
  [90, 's', '90 s'],
  [-5_400, 's', '-90 min'],
  [21_600, 's', '6 h'],
  [536_870_912, 'bytes', '512 MiB'],
  [0.25, 'reqps', '0.25/s'],
  [12_345, 'short', '12.3 k'],
])('%d with the unit %s is shown as %s', (value, unit, words) => {
  expect(shown(value, unit)).toBe(words);
});
