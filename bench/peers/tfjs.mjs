// TensorFlow.js on its WebAssembly backend (XNNPACK): SIMD, one thread in Node. Ops are computed when they are called.
import { fileURLToPath } from 'node:url';
import { versionOf } from './version.mjs';

/** Tensors of a task, and its op on them. */
function compile(tf, task) {
  if (task.op === 'softmax') {
    const x = tf.tensor2d(task.x, [task.rows, task.columns]);
    return { inputs: [x], compute: () => tf.softmax(x) };
  }
  const { form, batch, m, n, k } = task;
  const shape = (rows, columns) => (batch === 1 ? [rows, columns] : [batch, rows, columns]);
  const a = tf.tensor(task.a, form === 'tn' ? shape(k, m) : shape(m, k));
  const b = tf.tensor(task.b, form === 'nt' ? shape(n, k) : shape(k, n));
  return { inputs: [a, b], compute: () => tf.matMul(a, b, form === 'tn', form === 'nt') };
}

/** The peer `tfjs-wasm`. */
export async function open() {
  const tf = await import('@tensorflow/tfjs-core');
  const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
  setWasmPaths(
    fileURLToPath(new URL('node_modules/@tensorflow/tfjs-backend-wasm/wasm-out/', import.meta.url)),
  );
  if (!(await tf.setBackend('wasm'))) throw new Error('the wasm backend does not start');
  const simd = await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT');
  return [
    {
      name: 'tfjs-wasm',
      description: `@tensorflow/tfjs-core ${versionOf('@tensorflow/tfjs-core')}, wasm backend, ${simd ? 'SIMD' : 'no SIMD'}, one thread`,
      prepare(task) {
        if (task.op !== 'matmul' && task.op !== 'softmax') return undefined;
        const { inputs, compute } = compile(tf, task);
        return {
          run: () => compute().dispose(),
          output: () => {
            const result = compute();
            const values = result.dataSync().slice();
            result.dispose();
            return values;
          },
          release: () => tf.dispose(inputs),
        };
      },
      close: () => {},
    },
  ];
}
