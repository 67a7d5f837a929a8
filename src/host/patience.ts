/** Between two looks at the device. Shorter than a step on any software adapter, so that no wait grows noticeably. */
const NAP_MS = 1;

/**
 * Makes waiting for this device cheap. While a promise is open, Dawn's Node binding looks for its end as fast as it can and keeps
 * one core busy, which on a software adapter is a core that the kernels need (measured on 2 cores with SwiftShader: a third of all
 * CPU time). This lets the thread sleep between two looks. The three calls that wait on the device are watched for it.
 */
export function waitGently(device: GPUDevice): void {
  const cell = new Int32Array(new SharedArrayBuffer(4));
  let open = 0;
  let napping = false;
  const nap = (): void => {
    napping = open > 0;
    if (!napping) return;
    Atomics.wait(cell, 0, 0, NAP_MS); // nobody notifies: a sleep
    setImmediate(nap);
  };
  const settled = (): void => {
    open--;
  };
  const watched = <T>(promise: Promise<T>): Promise<T> => {
    open++;
    promise.then(settled, settled);
    if (!napping) setImmediate(nap);
    napping = true;
    return promise;
  };
  const { queue } = device;
  const createBuffer = device.createBuffer.bind(device);
  const compile = device.createComputePipelineAsync.bind(device);
  const submitted = queue.onSubmittedWorkDone.bind(queue);
  device.createComputePipelineAsync = (descriptor) => watched(compile(descriptor));
  queue.onSubmittedWorkDone = () => watched(submitted());
  device.createBuffer = (descriptor) => {
    const buffer = createBuffer(descriptor);
    const map = buffer.mapAsync.bind(buffer);
    buffer.mapAsync = (...range) => watched(map(...range));
    return buffer;
  };
}
