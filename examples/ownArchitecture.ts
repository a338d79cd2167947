// An architecture of your own in one file: blocks whose attention and gated MLP run side by side on one RMSNorm, as in PaLM. It says what
// parameters it has and what its parts compute; everything else that a network can do follows, and so does its attribution.
import { groupsOf, splitByGroup } from 'gradsplit/attribution';
import {
  add,
  attention,
  crossEntropy,
  embedding,
  gather,
  grad,
  indices,
  matmulNT,
  mul,
  type Parameters,
  reshape,
  rmsNorm,
  silu,
  sum,
  type Tensor,
  useKernels,
} from 'gradsplit/autodiff';
import {
  type Network,
  type NetworkConfig,
  networkOf,
  type ParameterSpec,
  weightsInMemory,
} from 'gradsplit/nn';
import { loadWasmKernels } from 'gradsplit/node';
import { randomStream } from 'gradsplit/random';

interface ParallelConfig extends NetworkConfig {
  readonly heads: number;
  /** The width of the MLP. */
  readonly inner: number;
}

const EPSILON = 1e-6;

/** Weights are [out, in]. */
function matrix(path: string, to: number, from: number): ParameterSpec {
  return { path: `${path}.weight`, shape: [to, from], initial: { deviation: 0.2 } };
}

function normed(path: string, width: number): ParameterSpec {
  return { path: `${path}.weight`, shape: [width], initial: { value: 1 } };
}

function layoutOf({ vocabulary, context, width, inner, layers }: ParallelConfig): ParameterSpec[] {
  const blocks = Array.from({ length: layers }, (_, l) => [
    normed(`block${l}.norm`, width),
    ...['query', 'key', 'value', 'output'].map((role) => matrix(`block${l}.attention.${role}`, width, width)),
    matrix(`block${l}.mlp.gate`, inner, width),
    matrix(`block${l}.mlp.up`, inner, width),
    matrix(`block${l}.mlp.down`, width, inner),
  ]).flat();
  return [
    matrix('embedding.token', vocabulary, width),
    matrix('embedding.position', context, width),
    ...blocks,
    normed('norm', width),
    matrix('head', vocabulary, width),
  ];
}

/** x + attention(norm(x)) + mlp(norm(x)). */
export function parallelTransformer(config: ParallelConfig): Network<ParallelConfig> {
  const project = (parameters: Parameters, path: string, x: Tensor): Tensor =>
    matmulNT(x, parameters[`${path}.weight`]!);
  const norm = (parameters: Parameters, path: string, x: Tensor): Tensor =>
    rmsNorm(x, parameters[`${path}.weight`]!, EPSILON);
  return networkOf({
    architecture: 'parallel',
    config,
    layout: layoutOf(config),
    embed: (parameters, ids) => {
      const [batch, length] = ids.shape as [number, number];
      const places = indices(Int32Array.from({ length: batch * length }, (_, row) => row % length));
      const tokens = embedding(parameters['embedding.token.weight']!, reshape(ids, [batch * length]));
      return add(tokens, embedding(parameters['embedding.position.weight']!, places));
    },
    blocks: (length) =>
      Array.from({ length: config.layers }, (_, l) => (parameters, x) => {
        const y = norm(parameters, `block${l}.norm`, x);
        const [query, key, value, gate, up] = [
          ...['attention.query', 'attention.key', 'attention.value', 'mlp.gate', 'mlp.up'],
        ].map((path) => project(parameters, `block${l}.${path}`, y)) as [
          Tensor,
          Tensor,
          Tensor,
          Tensor,
          Tensor,
        ];
        const mixed = attention(query, key, value, { heads: config.heads, length });
        const attended = project(parameters, `block${l}.attention.output`, mixed);
        return add(add(x, attended), project(parameters, `block${l}.mlp.down`, mul(silu(gate), up)));
      }),
    head: (parameters, x) => project(parameters, 'head', norm(parameters, 'norm', x)),
  });
}

if (process.argv[1] === import.meta.filename) {
  useKernels(await loadWasmKernels());
  const sizes = { vocabulary: 12, context: 8, width: 16, layers: 2, tied: false, heads: 2, inner: 24 };
  const network = parallelTransformer(sizes);
  const parameters = network.initial(randomStream(1, 'model'), 'f64');
  const weights = weightsInMemory(parameters);

  // One response of five tokens after a prompt of two; the last token decides.
  const ids = Int32Array.of(3, 7, 1, 9, 4, 4);
  const batch = {
    inputs: [{ ids, length: 6 }],
    offsets: Int32Array.of(0, 5),
    rows: Int32Array.of(1, 2, 3, 4, 5),
    targets: Int32Array.of(1, 9, 4, 4, 0),
  };
  const labels = [
    { component: 'sample', term: 'policy', seeds: Float64Array.of(1, 1, 1, 1, 0) },
    { component: 'decision', term: 'policy', seeds: Float64Array.of(0, 0, 0, 0, 1) },
  ];
  const groups = groupsOf(network, 'group');
  const { gramByGroup, residual, bound } = await splitByGroup({ network, weights, batch, labels, groups });
  groups.names.forEach((name, g) => {
    console.log(name, labels.map((_, l) => Math.sqrt(gramByGroup[g]![3 * l]!).toFixed(3)).join(' '));
  });
  console.log('parts add up:', residual <= bound);

  // The same from plain reverse mode: ‖∇ Σ_t log p_t‖² is the sum of all entries of all Gram matrices.
  const plain = grad((at: Parameters) => {
    const logits = reshape(network.logits(at, reshape(indices(ids), [1, 6])), [6, sizes.vocabulary]);
    return sum(crossEntropy(gather(logits, indices(batch.rows)), indices(batch.targets)));
  })(parameters);
  const squared = Object.values(plain).reduce((all, g) => all + sum(mul(g, g)).item(), 0);
  const fromGroups = gramByGroup.reduce((all, gram) => all + gram.reduce((a, b) => a + b, 0), 0);
  console.log('as in plain reverse mode:', Math.abs(fromGroups - squared) < 1e-9 * squared);
}
