// Members of an object that are left out where there is nothing to say.

/** An object with this member, or an empty one where the value is undefined. */
export function maybe<K extends string, V>(name: K, value: V | undefined): { readonly [P in K]?: V } {
  return (value === undefined ? {} : { [name]: value }) as { readonly [P in K]?: V };
}
