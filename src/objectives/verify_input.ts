import { FormatError } from "../errors.ts";
import { type SafetensorsFile, takeTensor } from "../formats/safetensors.ts";

/** The shape of a tensor of `dims` dimensions, none of them 0. @throws FormatError */
export function shapeOf({ name, tensors }: SafetensorsFile, tensor: string, dims: number): readonly number[] {
  const shape = tensors.get(tensor)?.shape;
  if (shape?.length === dims && shape.every((n) => n > 0)) return shape;
  throw new FormatError(`${name}: ${tensor}: expected ${dims} dimensions above 0, got ${shape ? `[${shape}]` : "no such tensor"}`);
}

/** Numbers of bank rows, each below `rows`. @throws FormatError */
export function rowNumbers(file: SafetensorsFile, tensor: string, shape: readonly number[], rows: number): Uint32Array {
  const numbers = takeTensor(file, tensor, "I32", shape);
  const stray = numbers.find((y) => y < 0 || y >= rows);
  if (stray !== undefined) throw new FormatError(`${file.name}: ${tensor}: row ${stray}: expected 0 to ${rows - 1}`);
  return Uint32Array.from(numbers);
}
