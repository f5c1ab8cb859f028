import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { answered, readDashboard } from '../integration/monitoring/dashboard.ts';
import { drawDashboard } from '../integration/monitoring/draw-dashboard.ts';
import { startIncidentLab } from '../integration/monitoring/incident-lab.ts';
import { goThrough, settle } from '../integration/monitoring/incidents.ts';
import { startPrometheus } from '../lab/prometheus.ts';
import { ROOT } from '../unit/docs/markdown.ts';

const PICTURE = join(ROOT, 'docs/images/dashboard.svg');

/** Between two points of a line: more could not be told apart. */
const STEP_S = 180;

/** `node test/bench/draw-dashboard.ts`: the picture of the dashboard in the documentation, with what troubles look like. */
async function draw(): Promise<void> {
  const lab = await startIncidentLab();
  try {
    await settle(lab);
    await goThrough(lab);
    const prometheus = await startPrometheus(lab.record.openMetrics());
    try {
      const range = { ...lab.record.range(), step: STEP_S };
      const panels = await answered(await readDashboard(), prometheus, range);
      await mkdir(dirname(PICTURE), { recursive: true });
      await writeFile(PICTURE, drawDashboard(panels));
    } finally {
      await prometheus.stop();
    }
  } finally {
    await lab.stop();
  }
}

await draw();
