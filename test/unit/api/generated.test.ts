import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { test } from '@jest/globals';

const ROOT = join(import.meta.dirname, '..', '..', '..');

/** In a process of its own: the formatter inside of the generator imports at run time, which jest's module loader does not take. */
test('the generated types are those of the CRDs', async () => {
  await promisify(execFile)(process.execPath, [join(ROOT, 'scripts', 'generate-api.ts'), '--check']);
}, 60_000);
