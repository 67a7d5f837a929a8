/** Base of every error that nearfar throws on purpose: the message says where, what was expected, what was found, what to do. */
export class NearfarError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** An option, argument or command line that cannot be used as given (CLI exit code 2). */
export class UsageError extends NearfarError {}

/** A tensor, buffer or parameter whose size does not match the shape line of a kernel or the contract of an op. */
export class ShapeError extends NearfarError {}

/** A file or byte string that is not what its format says (wrong magic, truncated, hostile, ...). */
export class FormatError extends NearfarError {}

/** WebGPU is absent, or the adapter cannot do what was asked. */
export class GpuUnavailableError extends NearfarError {}

/** A plan, a bank or a data set does not fit the adapter's limits. Thrown before anything is allocated. */
export class OutOfGpuMemoryError extends NearfarError {}

/** The device reported an error that no caller was waiting for, or was lost: the run cannot be trusted any more. */
export class DeviceError extends NearfarError {}

/** The loss, a gradient or a feature became NaN or infinite at a named step. */
export class NonFiniteError extends NearfarError {}

/** A defect in nearfar itself. */
export class InternalError extends NearfarError {}
