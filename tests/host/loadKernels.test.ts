// Loading the built module, and what the module may not contain.
import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/base/errors.ts';
import { loadWasmKernels, loadWasmKernelsSync, readWasmBytes } from '../../src/host/loadKernels.ts';
import { chooseBuild } from '../../src/host/wasmBuild.ts';

describe('loading the built module', () => {
  it('gives a working backend, at once or later', async () => {
    for (const kernels of [loadWasmKernelsSync(), await loadWasmKernels()]) {
      expect([kernels.backend, kernels.build]).toEqual(['wasm', chooseBuild()]);
      const x = kernels.allocate('f64', 3);
      kernels.fill(x, 2);
      expect(Array.from(await kernels.read(x))).toEqual([2, 2, 2]);
    }
  });

  it('takes the build it is asked for', () => {
    expect(loadWasmKernelsSync({ build: 'plain' }).build).toBe('plain');
    expect(chooseBuild('plain')).toBe('plain');
    // Every engine the package supports has relaxed SIMD, at worst behind a flag.
    expect(chooseBuild('')).toBe('relaxed');
    expect(loadWasmKernelsSync({ build: 'relaxed' }).build).toBe('relaxed');
    expect(() => chooseBuild('fast')).toThrow('GRADSPLIT_SIMD must be plain or relaxed, found "fast"');
  });

  it('takes a build by name in a process that has asked for nothing before', () => {
    const module = new URL('../../dist/src/host/index.js', import.meta.url);
    const text = `import { loadWasmKernelsSync } from ${JSON.stringify(module.href)};
      console.log(loadWasmKernelsSync({ build: 'relaxed' }).build);`;
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', text], {
      encoding: 'utf8',
    });
    expect(stdout).toBe('relaxed\n');
  });

  it('says what to do when the module has not been built', () => {
    const missing = new URL('file:///nowhere/plain.wasm');
    expect(() => readWasmBytes(missing)).toThrow(InputError);
    expect(() => readWasmBytes(missing)).toThrow(
      'the kernels have not been built: /nowhere/plain.wasm is missing, run "npm run build" first',
    );
  });
});

describe('the built module', () => {
  /** Ids of the sections: 11 is data, 12 its count, 8 the start function. */
  function sections(bytes: Uint8Array): number[] {
    const ids: number[] = [];
    let at = 8;
    while (at < bytes.length) {
      ids.push(bytes[at++]!);
      let length = 0;
      for (let shift = 0; ; shift += 7) {
        const byte = bytes[at++]!;
        length += (byte & 127) * 2 ** shift;
        if (byte < 128) break;
      }
      at += length;
    }
    return ids;
  }

  it('has no static data and no start function, which every new thread would run over live memory', () => {
    const found = sections(readWasmBytes());
    expect(found).toContain(10);
    for (const id of [8, 11, 12]) expect(found).not.toContain(id);
  });
});
