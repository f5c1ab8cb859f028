import type { IncidentLab } from './incident-lab.ts';

/** Something that goes wrong and is put right again, with the time that both take. */
export interface Trouble {
  readonly name: string;
  readonly alerts: readonly string[];
  /** Calls `mark` when everything has gone wrong for long enough. */
  readonly run: (lab: IncidentLab, mark: () => void) => Promise<void>;
}

/** Longer than an object's back-off and the longest window of an alert together. */
const HEALING_MINUTES = 35;

/** Puts AWS and the API server right, and lets the time pass that all takes to be well again. */
export async function heal(lab: IncidentLab): Promise<void> {
  lab.aws.faults.clear();
  lab.proxy.heal();
  await lab.minutes(HEALING_MINUTES);
}
