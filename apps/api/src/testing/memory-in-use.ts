import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Bytes that this process can't give back: of objects, and of buffers outside the heap. */
export function memoryInUse(): { total: number; buffers: number } {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  const { heapUsed, external, arrayBuffers } = process.memoryUsage();
  return { total: heapUsed + external, buffers: arrayBuffers };
}
