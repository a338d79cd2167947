// `gradsplit doctor`: what gradsplit runs on here, and why so.
import type { Command } from 'commander';
import { Outputs } from '../outputs.ts';

/** Adds the command. */
export function addDoctor(program: Command): void {
  program
    .command('doctor')
    .description('say what gradsplit runs on here: Node, SIMD, threads, memory, GPU modes, optional parts')
    .option('--json <file>', 'write a gradsplit/doctor@1 document; - is stdout')
    .addHelpText(
      'after',
      `
A report of a fault should have what this prints.

Examples:
  gradsplit doctor
  GRADSPLIT_SIMD=plain gradsplit doctor --json -`,
    )
    .action(doctorCommand);
}

async function doctorCommand(flags: { readonly json?: string }): Promise<void> {
  const outputs = new Outputs({ '--json': flags.json });
  const [{ doctor }, { loadWasmKernels }, { useKernels }] = await Promise.all([
    import('../../host/doctor.ts'),
    import('../../host/loadKernels.ts'),
    import('../../tensor/backend.ts'),
  ]);
  const kernels = await loadWasmKernels();
  useKernels(kernels);
  const document = await doctor(kernels);
  await outputs.present({ document, text: ({ doctorTable }, palette) => doctorTable(document, palette) });
}
