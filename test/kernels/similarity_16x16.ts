import { similarity16x16 } from "../../src/gpu/kernels.gen.ts";
import { similarityCase } from "../similarity_case.ts";

export const kernelCase = similarityCase(similarity16x16, 16);
