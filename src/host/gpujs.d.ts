// gpu.js as far as it is used; not part of the published types, which must not need it.
declare module 'gpu.js' {
  const gpujs: import('../kernels/gpu/gpujs.ts').GpuJs;
  export default gpujs;
}
