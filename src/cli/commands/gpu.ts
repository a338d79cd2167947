// `gradsplit gpu`: which GPU modes work here, how exact and how fast each is, and from which size it beats WASM.
import type { Command } from 'commander';
import { Outputs } from '../outputs.ts';
import { createProgress } from '../terminal.ts';

/** Adds the command. */
export function addGpu(program: Command): void {
  program
    .command('gpu')
    .description('say which GPU modes of the optional gpu.js work here, and from which size they win')
    .option('--json <file>', 'write a gradsplit/gpu@1 document; - is stdout')
    .addHelpText(
      'after',
      `
Examples:
  gradsplit gpu
  gradsplit gpu --json gpu.json

The exit code is 0 if every mode is listed, even if none works, and 1 if a GPU computes wrongly. gpu.js is optional: npm install gpu.js`,
    )
    .action(gpuCommand);
}

async function gpuCommand(flags: { readonly json?: string }): Promise<void> {
  const outputs = new Outputs({ '--json': flags.json });
  const [{ gpu, wrongKernels }, { loadGpuJs }, { loadWasmKernels }] = await Promise.all([
    import('../../analyses/gpu/survey.ts'),
    import('../../host/gpu.ts'),
    import('../../host/loadKernels.ts'),
  ]);
  const progress = await createProgress();
  const onProgress = (mode: string, done: number, total: number, what: string): void =>
    progress.update(done, total, `${mode} ${what}`);
  try {
    const document = await gpu(loadGpuJs, await loadWasmKernels(), { onProgress });
    progress.stop();
    const wrong = wrongKernels(document);
    if (wrong.length > 0) {
      process.exitCode = 1;
      process.stderr.write(`gradsplit: wrong on this device: ${wrong.join(', ')}\n`);
    }
    await outputs.present({ document, text: ({ gpuTable }, palette) => gpuTable(document, palette) });
  } finally {
    progress.stop();
  }
}
