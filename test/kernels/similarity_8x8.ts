import { similarity8x8 } from "../../src/gpu/kernels.gen.ts";
import { similarityCase } from "../similarity_case.ts";

export const kernelCase = similarityCase(similarity8x8, 8);
