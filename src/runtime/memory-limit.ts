import { totalmem } from 'node:os';
import { constrainedMemory } from 'node:process';

/**
 * How much memory this process may have (bytes), by its control group, as it is now: kubelet can change it. Undefined where
 * there is no limit, which Linux tells as 0 or as more than the machine has.
 */
export function memoryLimit(told = constrainedMemory(), total = totalmem()): number | undefined {
  return told > 0 && told <= total ? told : undefined;
}
