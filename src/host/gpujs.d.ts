// Declares the part of gpu.js that is used. The published types do not include this file, because they must not need gpu.js.
declare module 'gpu.js' {
  const gpujs: import('../kernels/gpu/gpujs.ts').GpuJs;
  export default gpujs;
}
