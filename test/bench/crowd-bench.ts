import { startLab } from '../lab/lab.ts';
import { arrivals } from './arrivals.ts';
import { duration, type Report } from './figures.ts';
import {
  CONTROL_PLANE,
  firstDelivery,
  makeNamespaces,
  REGISTRIES,
  stopOperator,
  watchFleet,
} from './fleet.ts';
import { memory } from './memory.ts';

export interface CrowdSizes {
  /** Namespaces, each with its ServiceAccount `default`. */
  readonly namespaces: number;
  /** Namespaces that come after them, one after the other; 0 leaves that part out. */
  readonly arrivals: number;
  /** Rotations between two looks at the operator's memory; 0 leaves that part out. */
  readonly rotations: number;
}

/** What depends on how many namespaces there are: how soon a new one is served, and memory. */
export async function crowdBench(report: Report, sizes: CrowdSizes): Promise<void> {
  const lab = await startLab({ controlPlane: CONTROL_PLANE });
  try {
    report.part(`${sizes.namespaces} namespaces present, ${REGISTRIES.length} registries, mode All`);
    await makeNamespaces(lab, sizes.namespaces, 1);
    const watches = await watchFleet(lab);
    try {
      const operator = await lab.startOperator({ env: { ECR_OPERATOR_LOG_LEVEL: 'info' } });
      report.row('first delivery', duration(await firstDelivery(lab, watches, sizes.namespaces, 1)));
      if (sizes.arrivals > 0) await arrivals(lab, report, watches, sizes.arrivals);
      await stopOperator(operator);
      if (sizes.rotations > 0) await memory(lab, report, watches, sizes.rotations);
    } finally {
      await watches.stop();
    }
  } finally {
    await lab.stop();
  }
}
