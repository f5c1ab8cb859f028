import { crowdBench } from './crowd-bench.ts';
import { createReport, type Report } from './figures.ts';
import { outageBench } from './outage-bench.ts';
import { repositoriesBench } from './repositories-bench.ts';
import { rotationBench } from './rotation-bench.ts';
import { sizingBench } from './sizing-bench.ts';
import { sweepBench } from './sweep-bench.ts';

// `npm run bench`, or `npm run bench -- rotation outage` for some of the parts; sizes are in the environment:
// BENCH_NAMESPACES=50 makes all of it small.

/** A number out of the environment. */
function size(name: string, fallback: number): number {
  const value = Number(process.env[name] ?? fallback);
  if (Number.isInteger(value) && value > 0) return value;
  throw new Error(`${name} is ${process.env[name]}: write a whole number above 0`);
}

const namespaces = size('BENCH_NAMESPACES', 1_000);
const sizes = {
  rounds: size('BENCH_ROUNDS', 5),
  crowd: size('BENCH_CROWD', 5 * namespaces),
  arrivals: size('BENCH_ARRIVALS', 100),
  rotations: size('BENCH_ROTATIONS', 10),
  outageSeconds: size('BENCH_OUTAGE_SECONDS', 600),
  repositories: size('BENCH_REPOSITORIES', 300),
  swept: size('BENCH_SWEPT', 10_000),
};

const PARTS = ['rotation', 'arrivals', 'memory', 'outage', 'repositories', 'sweep', 'sizing'] as const;
type Part = (typeof PARTS)[number];

function partsOf(words: readonly string[]): ReadonlySet<Part> {
  const unknown = words.filter((word) => !PARTS.includes(word as Part));
  if (unknown.length > 0)
    throw new Error(`there is no part ${unknown.join(', ')}; there are ${PARTS.join(', ')}`);
  return new Set(words.length > 0 ? (words as readonly Part[]) : PARTS);
}

async function bench(report: Report, parts: ReadonlySet<Part>): Promise<void> {
  if (parts.has('rotation')) await rotationBench(report, { namespaces, rounds: sizes.rounds });
  if (parts.has('arrivals') || parts.has('memory')) {
    await crowdBench(report, {
      namespaces: sizes.crowd,
      arrivals: parts.has('arrivals') ? sizes.arrivals : 0,
      rotations: parts.has('memory') ? sizes.rotations : 0,
    });
  }
  if (parts.has('outage')) await outageBench(report, { seconds: sizes.outageSeconds });
  if (parts.has('repositories')) await repositoriesBench(report, { repositories: sizes.repositories });
  if (parts.has('sizing')) await sizingBench(report, [namespaces / 10, namespaces, sizes.crowd]);
  if (parts.has('sweep')) await sweepBench(report, { repositories: sizes.swept });
}

const report = createReport();
const started = performance.now();
await bench(report, partsOf(process.argv.slice(2)));
report.part(`all of this took ${Math.round((performance.now() - started) / 1_000)} s`);
if (report.wrong().length > 0) {
  report.part(`WRONG: ${report.wrong().join('; ')}`);
  process.exitCode = 1;
}
