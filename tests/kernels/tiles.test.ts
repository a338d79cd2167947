// The choice among tiles: every tile gives the same bits, the fastest is kept, small products are not timed.
import { describe, expect, it } from 'vitest';
import { startMachine } from '../../src/kernels/wasm/machine.ts';
import { type Tile, TileChooser } from '../../src/kernels/wasm/tiles.ts';
import { expectSameBits, floatTypes, noise, wasmBytes } from './backends.ts';

describe('tiles', () => {
  it.each(floatTypes)('give the same bits, %s', (dtype) => {
    const { exports, heap, scratch } = startMachine(wasmBytes());
    for (const [m, n, k] of [
      [1, 1, 1],
      [3, 5, 7],
      [33, 31, 40],
      [61, 44, 9],
      [131, 77, 530],
      [6, 6, 6],
      [50, 20, 12],
    ] as const) {
      // From zero a last panel may overlap the one before; where a residual is C itself it must not.
      for (const [form, isAdded] of [0, 1, 2].flatMap((f) => [[f, false] as const, [f, true] as const])) {
        const results = [
          [4, 2],
          [2, 4],
          [6, 2],
          [3, 3],
        ].map(([tall, wide]) => {
          const [a, b, c, bias] = [
            heap.allocate(dtype, m * k),
            heap.allocate(dtype, k * n),
            heap.allocate(dtype, m * n),
            heap.allocate(dtype, n),
          ];
          heap.write(a, noise(m * k, 1));
          heap.write(b, noise(k * n, 2));
          heap.write(c, noise(m * n, 3));
          heap.write(bias, noise(n, 4));
          const strides = [form === 1 ? m : k, form === 2 ? k : n, n] as const;
          const [p, q, r] = [a.pointer, b.pointer, c.pointer];
          const start = isAdded ? ([bias.pointer, r] as const) : ([0, 0] as const);
          exports[dtype].matmul(form, p, q, r, 1, m, n, k, ...strides, ...start, scratch[0]!, tall!, wide!);
          return heap.read(c);
        });
        for (const other of results.slice(1)) expectSameBits(other, results[0]!);
      }
    }
  });
});

describe('the choice', () => {
  /** A product whose time depends on the tile: the loop keeps the clock busy. */
  function pretend(milliseconds: (tile: Tile) => number): (tile: Tile) => void {
    return (tile) => {
      const end = performance.now() + milliseconds(tile);
      while (performance.now() < end);
    };
  }
  const sizes = { batch: 1, m: 256, n: 256, k: 256 };

  it('falls on the fastest after every tile had its turns', () => {
    const chooser = new TileChooser();
    const seen: Tile[] = [];
    for (let i = 0; i < 80; i++) {
      chooser.time('f32', 'nn', sizes, (tile) => {
        seen.push(tile);
        pretend(([tall]) => (tall === 2 ? 0.1 : 1))(tile);
      });
    }
    expect(new Set(seen.map(String)).size).toBe(4);
    expect(new Set(seen.slice(-10).map(String))).toEqual(new Set(['2,4']));
    expect(chooser.choices()).toMatchObject([{ shape: 'f32 nn 256x256x256', variant: '2 rows × 4 vectors' }]);
  });

  it('is not made for products that are over before the clock moves, or many at once', () => {
    const chooser = new TileChooser();
    const seen: Tile[] = [];
    for (let i = 0; i < 9; i++) {
      chooser.time('f32', 'nn', { batch: 1, m: 16, n: 16, k: 16 }, (tile) => seen.push(tile));
      chooser.time('f64', 'tn', { ...sizes, batch: 3 }, (tile) => seen.push(tile));
    }
    expect(new Set(seen.map(String))).toEqual(new Set(['4,2']));
    expect(chooser.choices()).toEqual([]);
  });

  it('of small products wastes the least of whole tiles', () => {
    const chooser = new TileChooser();
    const chosen = (dtype: 'f32' | 'f64', m: number, n: number): Tile => {
      let tile: Tile | undefined;
      chooser.time(dtype, 'nn', { batch: 1, m, n, k: 33 }, (taken) => {
        tile = taken;
      });
      return tile!;
    };
    // 11·3 rows × 3·3 vectors of 4 hold 33 × 33; 9·4 rows × 5·2 vectors would compute a third more.
    expect(chosen('f32', 33, 33)).toEqual([3, 3]);
    expect(chosen('f32', 32, 32)).toEqual([4, 2]);
    expect(chosen('f32', 36, 40)).toEqual([4, 2]);
    expect(chosen('f64', 33, 18)).toEqual([3, 3]);
    expect(chosen('f64', 32, 16)).toEqual([4, 2]);
  });
});
