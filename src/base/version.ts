// The version that results name. A constant, since a browser has no package.json to read; a test holds the two together.

/** Version of gradsplit, such as `0.1.0`. */
export const version: string = '0.1.0';
