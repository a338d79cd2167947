// The part of the WebAssembly API that we use. @types/node 20 does not declare it. It is not part of the published types.
declare const WebAssembly: {
  validate(bytes: ArrayBufferView<ArrayBuffer> | ArrayBuffer): boolean;
  readonly Memory: new (descriptor: {
    initial: number;
    maximum: number;
    shared: boolean;
  }) => { readonly buffer: SharedArrayBuffer; grow(pages: number): number };
  readonly Module: new (bytes: ArrayBufferView<ArrayBuffer> | ArrayBuffer) => object;
  readonly Instance: new (
    module: object,
    imports: Record<string, Record<string, unknown>>,
  ) => { readonly exports: unknown };
};
