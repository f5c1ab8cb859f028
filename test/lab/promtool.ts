import { binaryPath } from './binaries.ts';
import { type CommandResult, runCommand } from './run-command.ts';

/** Runs promtool; any exit code is a result. */
export async function promtool(args: readonly string[], input?: string): Promise<CommandResult> {
  const options = { timeoutMs: 120_000, ...(input === undefined ? {} : { input }) };
  return runCommand(await binaryPath('promtool'), args, options);
}

/** What `promtool check metrics` has against the answer of a `/metrics`; empty where it has nothing. */
export async function metricsProblems(text: string): Promise<string> {
  const { code, stdout, stderr } = await promtool(['check', 'metrics'], text);
  return code === 0 ? '' : `${stdout}${stderr}`.trim() || `exit code ${code}`;
}
