// `gpu` on a terminal, and the line about a GPU at the beginning of other commands.
import type { ModeReport } from '../../documents/gpu.ts';
import type { KernelsInfo } from '../../documents/kernels.ts';
import { isSoftware } from '../../kernels/gpu/device.ts';
import { kernelsInfo } from '../../kernels/info.ts';
import type { Kernels } from '../../kernels/interface.ts';
import { formatNumber } from '../format.ts';
import { columns, paragraph, safe } from './layout.ts';
import { type Palette, plainPalette } from './palette.ts';

type Crossover = ModeReport['crossover'];

/** `matmul from 256, softmax never on this device`. */
function crossoverText(crossover: Crossover): string {
  return Object.entries(crossover)
    .map(([kernel, from]) => `${kernel} ${from === null ? 'never on this device' : `from size ${from}`}`)
    .join(', ');
}

/** The device, and whether it is one at all. */
function deviceText(device: string): string {
  const note = isSoftware(device) ? ' (software: proves results, not speed)' : '';
  return `${safe(device)}${note}`;
}

function modeText(report: ModeReport, palette: Palette): string {
  const { mode, available, kernelClass, device, reason, kernels, crossover } = report;
  const name = palette.bold(mode.padEnd(11));
  const named = (text: string): string => paragraph(text, 11, palette).replace(' '.repeat(11), name);
  if (!available) return palette.dim(named(`not available: ${safe(reason ?? '')}`));
  const rows = kernels.map(({ name: kernel, size, maxError, tolerance, milliseconds, wasmMilliseconds }) => [
    safe(kernel),
    String(size),
    formatNumber(maxError, 2),
    formatNumber(tolerance, 2),
    maxError <= tolerance ? palette.green('yes') : palette.red('no'),
    formatNumber(milliseconds, 3),
    formatNumber(wasmMilliseconds, 3),
  ]);
  const table = columns(
    [
      ['kernel', 'left'],
      ['size', 'right'],
      ['error', 'right'],
      ['allowed', 'right', { drop: 1 }],
      ['right', 'right'],
      ['ms', 'right'],
      ['ms on WASM', 'right'],
    ],
    rows,
    palette,
  );
  return [
    named(`${kernelClass} on ${deviceText(device ?? '')}`),
    table,
    paragraph(`faster than WASM: ${crossoverText(crossover)}`, 0, palette),
  ].join('\n');
}

/** The modes of a gradsplit/gpu@1 document as text. */
export function gpuTable(
  { build, modes }: { readonly build: string; readonly modes: readonly ModeReport[] },
  palette: Palette = plainPalette,
): string {
  const head = palette.dim(`beside WASM, ${safe(build)} build; times include the transfers`);
  return [head, ...modes.map((mode) => modeText(mode, palette))].join('\n\n');
}

/** `wasm (relaxed)`, or `gpu (webgl2) on …, the rest on wasm (relaxed); …`. */
export function backendText({ backend, build, device, gpu }: KernelsInfo): string {
  if (gpu === undefined) return `${backend} (${build})`;
  return `gpu (${gpu.mode}) on ${deviceText(device)}, the rest on wasm (${build}); ${crossoverText(gpu.crossover)}`;
}

/** What computes, in a line. */
export function backendLine(kernels: Kernels): string {
  return `kernels: ${backendText(kernelsInfo(kernels))}`;
}
