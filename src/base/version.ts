// The version that results name. It is a constant because a browser has no package.json to read; a test keeps the two equal.

/** Version of gradsplit, such as `0.2.0`. */
export const version: string = '0.2.0';
