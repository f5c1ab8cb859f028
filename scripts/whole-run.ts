/** Flags of jest that leave no test out. */
const HARMLESS =
  /^(-i|--runInBand|-w=?\d*|--maxWorkers(=.*)?|--workerThreads|--verbose|--silent|--ci|--colors?|--logHeapUsage)$/;

/** Whether jest, called with these arguments, runs all the tests (pure); an argument that it does not know may not. */
export function isWholeRun(jestArgs: readonly string[]): boolean {
  return jestArgs.every((argument) => HARMLESS.test(argument));
}
