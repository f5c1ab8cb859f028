import type { RangeSeries } from '../../lab/prometheus.ts';
import type { AnsweredPanel, GridPosition, Target } from './dashboard.ts';
import { shown } from './panel-units.ts';

/** Pixels of a cell of Grafana's grid, of which 24 are beside each other. */
const CELL = { w: 50, h: 30 } as const;
const PAD = 6;
/** Left of and below a graph, for what its axes say; below it for its legend too. */
const AXIS = { left: 58, bottom: 34, top: 26 } as const;
const COLORS = [
  '#73bf69',
  '#f2cc0c',
  '#5794f2',
  '#ff780a',
  '#b877d9',
  '#f2495c',
  '#8ab8ff',
  '#37872d',
] as const;
const MOST_LEGENDS = 4;
const GRID_LINES = 3;

interface Box {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

/** The time that all graphs show, and how far two points of it are apart (s). */
interface Span {
  readonly from: number;
  readonly to: number;
  readonly step: number;
}

interface Line {
  readonly legend: string;
  readonly values: readonly (readonly [time: number, value: number])[];
}

/** A picture of a dashboard as SVG: panels where they are in Grafana, with these answers in them (pure). */
export function drawDashboard(panels: readonly AnsweredPanel[]): string {
  const span = spanOf(panels);
  const width = 24 * CELL.w;
  const height = Math.max(...panels.map(({ gridPos: { y, h } }) => y + h)) * CELL.h + PAD;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="11">`,
    `<rect width="${width}" height="${height}" fill="#111217"/>`,
    ...panels.flatMap((panel) => drawPanel(panel, span)),
    '</svg>',
    '',
  ].join('\n');
}

function drawPanel(panel: AnsweredPanel, span: Span): string[] {
  const box = boxOf(panel.gridPos);
  if (panel.type === 'row')
    return [text(box.x + PAD, box.y + 19, panel.title, { size: 14, fill: '#ccccdc', weight: 'bold' })];
  const frame = `<rect x="${box.x}" y="${box.y}" width="${box.w}" height="${box.h}" rx="2" fill="#181b1f" stroke="#2c3235"/>`;
  const title = text(box.x + 8, box.y + 17, panel.title, { size: 12, fill: '#ccccdc' });
  const lines = panel.answers.flatMap(({ target, series }) => series.map((one) => lineOf(target, one)));
  const unit = panel.fieldConfig?.defaults.unit ?? 'short';
  const inner = panel.type === 'stat' ? drawStat(box, lines, unit) : drawGraph(box, lines, unit, span);
  return [frame, title, ...inner];
}

function boxOf({ x, y, w, h }: GridPosition): Box {
  return {
    x: x * CELL.w + PAD / 2,
    y: y * CELL.h + PAD / 2,
    w: w * CELL.w - PAD,
    h: h * CELL.h - PAD,
  };
}

function lineOf({ legendFormat }: Target, { metric, values }: RangeSeries): Line {
  const legend = legendFormat.replace(/\{\{(\w+)\}\}/g, (_, label: string) => metric[label] ?? '');
  const numbers = values.map(([time, value]) => [time, Number(value)] as const);
  return { legend: legend.trim(), values: numbers.filter(([, value]) => Number.isFinite(value)) };
}

function drawStat({ x, y, w, h }: Box, lines: readonly Line[], unit: string): string[] {
  const step = (h - 30) / Math.max(lines.length, 1);
  return lines.flatMap(({ legend, values }, index) => {
    const top = y + 26 + step * index;
    const value = values.at(-1)?.[1];
    return [
      text(x + w / 2, top + step / 2 + 8, value === undefined ? '–' : shown(value, unit), {
        size: 26,
        fill: '#73bf69',
        anchor: 'middle',
      }),
      text(x + w / 2, top + step / 2 + 26, legend, { size: 11, fill: '#9d9fa8', anchor: 'middle' }),
    ];
  });
}

function drawGraph(box: Box, lines: readonly Line[], unit: string, { from, to, step }: Span): string[] {
  const points = lines.flatMap(({ values }) => values);
  if (points.length === 0) return [];
  const numbers = points.map(([, value]) => value);
  const lowest = Math.min(0, least(numbers));
  const highest = Math.max(-least(numbers.map((value) => -value)), lowest + Number.EPSILON);
  const top = highest === 0 && lowest === 0 ? 1 : highest;
  const plot: Box = {
    x: box.x + AXIS.left,
    y: box.y + AXIS.top,
    w: box.w - AXIS.left - 10,
    h: box.h - AXIS.top - AXIS.bottom,
  };
  const px = (time: number): string =>
    (plot.x + ((time - from) / Math.max(to - from, 1)) * plot.w).toFixed(1);
  const py = (value: number): string =>
    (plot.y + plot.h - ((value - lowest) / (top - lowest)) * plot.h).toFixed(1);
  const ticks = Array.from(
    { length: GRID_LINES },
    (_, index) => lowest + ((top - lowest) * index) / (GRID_LINES - 1),
  );
  return [
    ...ticks.flatMap((value) => [
      `<line x1="${plot.x}" x2="${plot.x + plot.w}" y1="${py(value)}" y2="${py(value)}" stroke="#2c3235"/>`,
      text(plot.x - 5, Number(py(value)) + 4, shown(value, unit), {
        size: 10,
        fill: '#9d9fa8',
        anchor: 'end',
      }),
    ]),
    ...lines.flatMap(({ values }, index) =>
      unbroken(values, step).map((part) => {
        const path = thinned(part).map(([time, value]) => `${px(time)},${py(value)}`);
        return `<polyline fill="none" stroke="${colorOf(index)}" stroke-width="1.2" points="${path.join(' ')}"/>`;
      }),
    ),
    ...legends(box, lines),
  ];
}

function spanOf(panels: readonly AnsweredPanel[]): Span {
  const all = panels.flatMap(({ answers }) => answers.flatMap(({ series }) => series));
  const times = [...new Set(all.flatMap(({ values }) => values.map(([time]) => time)))].sort((a, b) => a - b);
  const [from = 0, next = 1] = times;
  return { from, to: times.at(-1) ?? 1, step: next - from };
}

/** The parts of a line between which there was nothing. */
function unbroken(values: Line['values'], step: number): Line['values'][] {
  const parts: (readonly [number, number])[][] = [];
  let before = Number.NEGATIVE_INFINITY;
  for (const point of values) {
    if (point[0] - before > 1.5 * step) parts.push([]);
    parts.at(-1)?.push(point);
    [before] = point;
  }
  return parts;
}

/** What lies on a straight line between its neighbours needs no point of its own. */
function thinned(values: Line['values']): Line['values'] {
  return values.filter(([time, value], index) => {
    const [before, after] = [values[index - 1], values[index + 1]];
    if (!before || !after) return true;
    const between = before[1] + ((after[1] - before[1]) * (time - before[0])) / (after[0] - before[0]);
    return Math.abs(between - value) > 1e-9 * Math.max(1, Math.abs(value));
  });
}

function legends({ x, y, w, h }: Box, lines: readonly Line[]): string[] {
  const named = lines.slice(0, MOST_LEGENDS);
  const each = (w - 16) / Math.max(named.length, 1);
  const letters = Math.floor(each / 6) - 3;
  const out = named.flatMap(({ legend }, index) => [
    `<rect x="${(x + 8 + each * index).toFixed(1)}" y="${y + h - 16}" width="10" height="3" fill="${colorOf(index)}"/>`,
    text(x + 22 + each * index, y + h - 11, legend.slice(0, Math.max(letters, 3)), {
      size: 10,
      fill: '#9d9fa8',
    }),
  ]);
  return out;
}

function colorOf(index: number): string {
  return COLORS[index % COLORS.length] ?? COLORS[0];
}

/** Not by spreading: there can be more values than a call takes arguments. */
function least(values: readonly number[]): number {
  return values.reduce((smallest, value) => Math.min(smallest, value), Number.POSITIVE_INFINITY);
}

interface TextStyle {
  readonly size: number;
  readonly fill: string;
  readonly anchor?: 'middle' | 'end';
  readonly weight?: 'bold';
}

function text(x: number, y: number, words: string, { size, fill, anchor, weight }: TextStyle): string {
  const extra = `${anchor ? ` text-anchor="${anchor}"` : ''}${weight ? ` font-weight="${weight}"` : ''}`;
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" font-size="${size}" fill="${fill}"${extra}>${escaped(words)}</text>`;
}

function escaped(words: string): string {
  return words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
