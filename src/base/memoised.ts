// Pure functions that compute each of their values once.

/** `f`, which must be pure, with its values kept as long as their arguments live. */
export function memoised<K extends WeakKey, V>(f: (key: K) => V): (key: K) => V {
  const known = new WeakMap<K, { readonly value: V }>();
  return (key) => {
    const found = known.get(key) ?? { value: f(key) };
    known.set(key, found);
    return found.value;
  };
}

/** The value of `f`, computed when first asked for. */
export function once<V>(f: () => V): () => V {
  let known: { readonly value: V } | undefined;
  return () => {
    known ??= { value: f() };
    return known.value;
  };
}
