// What kernels are called with: buffers, the names of what is computed, sizes.

/** Element types: f32 for training, f64 for verification, i32 for indices. */
export type DType = 'f32' | 'f64' | 'i32';

/** Float element types. */
export type FloatType = 'f32' | 'f64';

/** What `readSync` returns. */
export type HostArray = Float32Array | Float64Array | Int32Array;

/** Memory of a backend. Opaque: a pointer here, a texture elsewhere. All arrays are dense and row-major. */
export interface KernelBuffer {
  readonly dtype: DType;
  /** Number of elements. */
  readonly length: number;
}

/**
 * out[i] = f(x[i]). `sign(0) = 0`, `sign(NaN) = NaN`; `rsqrt` is 1/√x, `expm1` eˣ − 1, `expm1MinusX` eˣ − 1 − x and `log1p`
 * log(1 + x), these three right to a few ulp of themselves near 0 too. With w = √(8/π)·(x + 0.044715·x³) and the logistic
 * function σ: gelu = x·σ(w), silu = x·σ(x), at −Infinity their limit 0.
 */
export type UnaryKernel =
  | 'neg'
  | 'abs'
  | 'sign'
  | 'exp'
  | 'log'
  | 'sqrt'
  | 'reciprocal'
  | 'tanh'
  | 'sigmoid'
  | 'rsqrt'
  | 'gelu'
  | 'expm1'
  | 'expm1MinusX'
  | 'log1p'
  | 'silu';

/**
 * out[i] = f(x[i], y[i]). Comparisons give 0 or 1 (0 if an operand is NaN); minimum and maximum
 * propagate NaN; geluVjp is y·gelu′(x) with gelu′ = σ(w) + x·σ(w)·σ(−w)·w′, siluVjp y·silu′(x) with silu′ = σ(x) + x·σ(x)·σ(−x), at
 * −Infinity their limit 0.
 */
export type BinaryKernel =
  | 'add'
  | 'sub'
  | 'mul'
  | 'div'
  | 'minimum'
  | 'maximum'
  | 'greater'
  | 'greaterEqual'
  | 'equal'
  | 'geluVjp'
  | 'siluVjp';

/** Reductions over one axis. Empty sums are 0, empty maxima −Infinity; a NaN makes the maximum NaN. */
export type ReduceKernel = 'sum' | 'max';

/**
 * Row-wise kernels over the last axis, stable for any finite input. With M the row's maximum and d = x − M, where d = 0 for
 * x = M even if both are infinite: softmax = e^d / Σ e^d, logSoftmax = d − log Σ e^d. So +Infinity entries share the mass
 * equally, −Infinity entries get 0, a row of −Infinity alone is uniform, and a NaN makes its row NaN.
 */
export type RowKernel = 'softmax' | 'logSoftmax';

/** nn: A·B with A [m,k], B [k,n];  tn: Aᵀ·B with A [k,m], B [k,n];  nt: A·Bᵀ with A [m,k], B [n,k]. Result [m,n]. */
export type MatmulForm = 'nn' | 'tn' | 'nt';

/** Sizes of a matrix product: m·n elements of k terms each. */
export interface LinearSizes {
  readonly m: number;
  readonly n: number;
  readonly k: number;
}

/** Sizes of a batched matrix product. */
export interface MatmulSizes extends LinearSizes {
  readonly batch: number;
}

/**
 * Products of rows x, y [batch·length, heads·width] and triangles p [batch·length, heads, length], head by head, over places
 * j ≤ t only. scores: p_tj = ⟨x_t, y_j⟩ from (x, y), 0 above the diagonal;  mix: y_t = Σ_{j ≤ t} p_tj·x_j from (p, x);  spread:
 * x_j = Σ_{t ≥ j} p_tj·y_t from (p, y). What p holds above the diagonal is not read.
 */
export type CausalForm = 'scores' | 'mix' | 'spread';

/** Sizes of a layer norm or an RMS norm, and what is added to the variance or the mean square. */
export interface NormSizes {
  readonly rows: number;
  readonly columns: number;
  readonly epsilon: number;
}

/** Numbers of a step of AdamW: β₁, β₂, ε, η, the step's number t ≥ 1, and s [1], which is 1 if left out. */
export interface AdamWStep {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly rate: number;
  readonly t: number;
  readonly scale?: KernelBuffer;
}

/** What AdamW knows of one parameter. */
export interface AdamWOperands {
  readonly gradient: KernelBuffer;
  readonly mean: KernelBuffer;
  readonly square: KernelBuffer;
  readonly parameter: KernelBuffer;
  /** λ. */
  readonly decay: number;
}

/** What a step of AdamW gives. */
export type AdamWResults = Readonly<Record<'update' | 'mean' | 'square', KernelBuffer>>;

/** Sizes of attention: head h has columns h·width … (h + 1)·width − 1 of every row. */
export interface AttentionSizes {
  readonly batch: number;
  readonly heads: number;
  readonly length: number;
  readonly width: number;
  /** How many places a place sees, the last up to itself; all if left out. Only weights know it. */
  readonly window?: number;
}

/** Sizes of attention with kept keys and values; head h has columns h·width … (h + 1)·width − 1. */
export interface CacheSizes {
  readonly rows: number;
  /** Sequences that are kept. */
  readonly slots: number;
  /** Places of each. */
  readonly context: number;
  readonly heads: number;
  readonly width: number;
  /** How many places a place sees, the last up to itself; all if left out. */
  readonly window?: number;
}
