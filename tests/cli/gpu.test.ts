// `gradsplit gpu` and `--backend`, where gpu.js is not installed, as everywhere that nobody asked for it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { gpuSchema } from '../../src/documents/gpu.ts';
import { trainSchema } from '../../src/documents/train.ts';
import { inProcess } from './inProcess.ts';
import { gradsplit, workplace } from './run.ts';

const place = workplace();

const MISSING = 'gpu.js is not installed; "npm install gpu.js" beside gradsplit gets it';
const RUN = ['train', '--preset', 'pick-sum', '--steps', '1', '--set', 'base.batch=4'] as const;

describe('gradsplit gpu', () => {
  test('lists every mode and why it does not work: exit 0', () => {
    const { code, stdout } = gradsplit(['gpu']);
    expect(code).toBe(0);
    for (const mode of ['webgl2', 'webgl', 'headlessgl', 'webgpu']) {
      expect(stdout).toMatch(new RegExp(`^${mode} +not available: ${MISSING.slice(0, 20)}`, 'm'));
    }
  });

  test('its document follows the schema', () => {
    const { code, stdout } = gradsplit(['gpu', '--json', '-']);
    expect(code).toBe(0);
    const document = JSON.parse(stdout);
    expect(gpuSchema.safeParse(document).error).toBeUndefined();
    expect(document.modes[2]).toMatchObject({ mode: 'headlessgl', available: false, kernels: [] });
  });
});

describe('--backend gpu', () => {
  test.each([[RUN], [['bench', 'softmax', '--samples', '1', '--seconds', '0.001']]])('%j refuses', (args) => {
    const dir = place.path('refused');
    const out = args[0] === 'train' ? ['--out', dir] : [];
    const { code, stdout, stderr } = gradsplit([...args, ...out, '--backend', 'gpu']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(`--backend gpu: ${MISSING}`);
    expect(stderr).toContain('--allow-fallback computes on WASM instead');
  });

  test('--allow-fallback computes on WASM, says so, and the documents name WASM', async () => {
    const dir = place.path('run');
    const json = place.path('train.json');
    const args = [...RUN, '--out', dir, '--backend', 'gpu', '--allow-fallback', '--json', json];
    const { code, stderr } = await inProcess(args);
    expect(code).toBe(0);
    expect(stderr).toContain('computing on WASM, as --allow-fallback permits\n');
    const document = JSON.parse(readFileSync(json, 'utf8'));
    expect(trainSchema.safeParse(document).error).toBeUndefined();
    expect(document.kernels).toMatchObject({ backend: 'wasm', device: 'cpu' });
    const config = JSON.parse(readFileSync(join(dir, 'config.json'), 'utf8'));
    expect(config.kernels).toEqual(document.kernels);
  });

  test('a run goes on with the kernels it began with', async () => {
    const dir = place.path('other');
    expect((await inProcess([...RUN, '--out', dir])).code).toBe(0);
    const path = join(dir, 'config.json');
    // Without the hash, as version 0.2.0 wrote it: with it any edit is refused.
    const { sha256, kernels, ...config } = JSON.parse(readFileSync(path, 'utf8'));
    expect(sha256).toMatch(/^[0-9a-f]{64}$/);
    place.file('other/config.json', JSON.stringify({ ...config, kernels: { ...kernels, backend: 'gpu' } }));
    const { code, stderr } = await inProcess(['train', '--out', dir, '--resume']);
    expect(code).toBe(2);
    expect(stderr).toContain('the run began with --backend gpu, expected the same, found wasm');
  });

  test('verify refuses it with the reason', async () => {
    const { code, stdout, stderr } = await inProcess(['verify', '--backend', 'gpu']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toBe(
      'gradsplit: --backend gpu: verify computes in float64, which GPU modes do not have; expected wasm\n',
    );
    expect(
      (await inProcess(['verify', '--backend', 'wasm', '--claims', 'C3', '--no-transformer'])).code,
    ).toBe(0);
  });
});
