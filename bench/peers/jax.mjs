// jax-js on its WebAssembly backend, compiled with jit; one thread in Node, which has no global Worker. It computes when a
// result is read, so that a call is the computation and a copy of the result.
import { versionOf } from './version.mjs';

/** Inputs of a task, and its function. */
function compile({ numpy: np, nn }, task) {
  const array = (values, shape) => np.array(values, { dtype: np.float32 }).reshape(shape);
  if (task.op === 'softmax') {
    return { inputs: [array(task.x, [task.rows, task.columns])], apply: (x) => nn.softmax(x, -1) };
  }
  const { form, batch, m, n, k } = task;
  const shape = (rows, columns) => (batch === 1 ? [rows, columns] : [batch, rows, columns]);
  const a = array(task.a, form === 'tn' ? shape(k, m) : shape(m, k));
  const b = array(task.b, form === 'nt' ? shape(n, k) : shape(k, n));
  const turn = (x) => np.swapaxes(x, -1, -2);
  const apply = (x, y) => np.matmul(form === 'tn' ? turn(x) : x, form === 'nt' ? turn(y) : y);
  return { inputs: [a, b], apply };
}

/** The peer `jax-js`. */
export async function open() {
  const jax = await import('@jax-js/jax');
  if (!(await jax.init('wasm')).includes('wasm')) throw new Error('the wasm backend does not start');
  jax.defaultDevice('wasm');
  return [
    {
      name: 'jax-js',
      description: `@jax-js/jax ${versionOf('@jax-js/jax')}, wasm backend, jit, one thread, the result read`,
      prepare(task) {
        if (task.op !== 'matmul' && task.op !== 'softmax') return undefined;
        const { inputs, apply } = compile(jax, task);
        const compiled = jax.jit(apply);
        const compute = () => compiled(...inputs.map((input) => input.ref)).dataSync();
        return {
          run: compute,
          output: compute,
          release: () => {
            for (const input of inputs) input.dispose();
            compiled.dispose();
          },
        };
      },
      close: () => {},
    },
  ];
}
