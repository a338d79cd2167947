// A gpu.js that runs kernel sources as they are, in float64, and counts what it holds: for tests without a GPU. Its classes bear
// the names of the real ones; `builds` says which one a mode really builds.
import type { GpuJs, GpuJsKernel } from '../../../src/kernels/gpu/gpujs.ts';

const classes = {
  WebGL2Kernel: { features: { maxTextureSize: 1024 } },
  WebGLKernel: { features: { maxTextureSize: 8192 } },
  HeadlessGLKernel: { features: null },
  WebGPUKernel: { features: null },
  CPUKernel: { features: null },
};

/** What the tests look at and change. */
export interface Fake {
  readonly gpujs: GpuJs;
  /** Kernels made and not destroyed. */
  kernels: number;
  /** Textures made and not deleted. */
  textures: number;
  /** Launches so far. */
  launches: number;
  contextLost: boolean;
  /** Adds to every result. */
  error: number;
}

type Row = Float32Array;
interface Settings {
  readonly output: readonly number[];
  readonly constants: Readonly<Record<string, number>>;
  readonly pipeline: boolean;
}

const flat = (value: unknown): Row => {
  const { values } = value as { readonly values: Row };
  return values;
};

/** Evaluates a source for every thread. */
function evaluate(source: string, { output, constants }: Settings, operands: readonly unknown[]): Row {
  const [x = 1, y = 1, z = 1] = output;
  const compute = new Function(`return ${source}`)() as (...lists: readonly Row[]) => number;
  const lists = operands.map(flat);
  return Float32Array.from({ length: x * y * z }, (_, i) => {
    const thread = { x: i % x, y: Math.floor(i / x) % y, z: Math.floor(i / (x * y)) };
    return compute.apply({ thread, constants }, lists);
  });
}

function shaped(values: Row, [x, y, z]: readonly number[]): unknown {
  if (y === undefined) return values;
  const planes = Array.from({ length: z! }, (_, plane) => plane * y * x!);
  return planes.map((from) =>
    Array.from({ length: y }, (_, r) => values.subarray(from + r * x!, from + (r + 1) * x!)),
  );
}

/** @param builds the class that `new GPU({ mode })` really uses; the mode's own if left out */
export function fakeGpuJs(builds?: keyof typeof classes): Fake {
  const own: Record<string, keyof typeof classes> = {
    webgl2: 'WebGL2Kernel',
    webgl: 'WebGLKernel',
    webgpu: 'WebGPUKernel',
    cpu: 'CPUKernel',
  };
  const fake: Fake = {
    kernels: 0,
    textures: 0,
    launches: 0,
    contextLost: false,
    error: 0,
    gpujs: {
      ...classes,
      input: (values, size) => ({ values, value: values, size }),
      GPU: class {
        readonly mode: string;
        constructor({ mode }: { readonly mode: string }) {
          if (!(mode in own)) throw new Error(`A requested mode of "${mode}" and is not supported`);
          this.mode = mode;
        }
        createKernel(source: string, settings: object): GpuJsKernel {
          fake.kernels++;
          const { mode } = this;
          const context = {
            RENDERER: 1,
            getParameter: () => 'fake renderer',
            isContextLost: () => fake.contextLost,
          };
          const run = (...operands: readonly unknown[]): unknown => {
            fake.launches++;
            const { output, pipeline } = settings as Settings;
            const values = evaluate(source, settings as Settings, operands).map((v) => v + fake.error);
            if (!pipeline)
              return mode === 'webgpu' ? Promise.resolve(shaped(values, output)) : shaped(values, output);
            fake.textures++;
            const texture = {
              values,
              toArray: () => shaped(values, output),
              delete: () => {
                fake.textures--;
              },
            };
            return mode === 'webgpu' ? Promise.resolve(texture) : texture;
          };
          return Object.assign(run, {
            kernel: { constructor: classes[builds ?? own[mode]!], context },
            destroy: () => {
              fake.kernels--;
            },
          });
        }
        async destroy(): Promise<void> {
          fake.kernels = 0;
        }
      },
    },
  };
  return fake;
}
