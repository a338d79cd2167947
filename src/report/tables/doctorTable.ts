// `doctor` on a terminal: one table, as a report of a fault needs it.
import { showBytes } from '../../base/memory.ts';
import type { DoctorDocument } from '../../documents/doctor.ts';
import { columns, safe } from './layout.ts';
import type { Palette } from './palette.ts';

/** The document as text. */
export function doctorTable(document: DoctorDocument, palette: Palette): string {
  const { version, node, system, simd, threads, memory, gpu, optional } = document;
  const limits = `kernels ${showBytes(memory.kernel)} at most, heap ${showBytes(memory.host)} at most`;
  const rows: readonly (readonly [string, string])[] = [
    ['gradsplit', version],
    ['Node', `${node.version}, V8 ${node.v8}; needed ${node.needed}`],
    ['system', `${system.platform} ${safe(system.release)}, ${system.arch}`],
    ['processor', `${safe(system.cpu)}, ${system.cores} cores`],
    ['SIMD', `${simd.build}: ${safe(simd.reason)}`],
    ['threads', `${threads.count}: ${safe(threads.reason)}`],
    ['memory', `${showBytes(memory.machine)}, ${showBytes(memory.free)} free; ${limits}`],
    ...gpu.map(({ mode, available, device, reason }): readonly [string, string] => [
      `GPU ${mode}`,
      available ? safe(device ?? 'available') : `not available: ${safe(reason ?? '')}`,
    ]),
    ...optional.map(({ name, found, detail }): readonly [string, string] => [
      name,
      `${found ? 'there' : 'not there'}: ${safe(detail)}`,
    ]),
  ];
  return columns(
    [
      ['part', 'left'],
      ['what there is', 'left'],
    ],
    rows,
    palette,
  );
}
