import { add } from "../../ops/add.ts";
import { globalMeanPool, maxPool } from "../../ops/pool.ts";
import { relu } from "../../ops/relu.ts";
import { checkChoice, checkNames, checkNumber } from "../../options.ts";
import { type Activations, type ImageEncoder, imageEncoder } from "../encoder.ts";
import { kaimingNormal } from "../init.ts";
import { type Layer, sequential } from "../layer.ts";
import { batchNormLayer, conv2dLayer } from "../layers.ts";
import type { Parameters } from "../parameters.ts";
import { HEADS, type Head, projectionHead } from "./head.ts";

export interface ResNet18Config {
  /** Input: channels, height and width in pixels. */
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  /** `cifar`: 3x3 convolution of stride 1, no pooling: for small images. `imagenet`: 7x7 of stride 2, then 3x3 max pooling of stride 2. */
  readonly stem: "cifar" | "imagenet";
  /** Channels of the first stage; each of the other three has twice the one before. Published: 64. */
  readonly base: number;
  /** Size of a feature. */
  readonly dim: number;
  readonly head: Head;
  /** How blocks keep what they hand on, `f32` or `f16`: half the memory, where the adapter has shader-f16. Default f32. */
  readonly activations: Activations;
  /** Put before every parameter's name, with a dot; for models of several encoders. */
  readonly prefix: string;
}

const DEFAULTS: ResNet18Config = {
  channels: 3,
  height: 32,
  width: 32,
  stem: "cifar",
  base: 64,
  dim: 128,
  head: "plain",
  activations: "f32",
  prefix: "",
};

/**
 * ResNet-18 (He et al. 2016, arXiv:1512.03385, table 1) with a projection to unit rows: x[B, channels, height, width] -> [B, dim].
 * Parameters have torchvision's names, layouts and initialisation (`conv1.weight`, `bn1.running_mean`, `layer2.0.downsample.0.weight`,
 * `fc.weight`, ...), so that a state_dict of torchvision's resnet18 with `fc` of `dim` outputs fits as it is.
 * @throws UsageError on an unknown option or a value that makes no network.
 */
export function resNet18(parameters: Parameters, options: Partial<ResNet18Config> = {}): ImageEncoder<ResNet18Config> {
  const config = check({ ...DEFAULTS, ...options });
  const { base, dim, head } = config;
  const name = (suffix: string) => (config.prefix ? `${config.prefix}.${suffix}` : suffix);
  const stages = [1, 2, 4, 8].map((times, i): Layer => {
    const [inputs, outputs, stride] = [i === 0 ? base : (base * times) / 2, base * times, i === 0 ? 1 : 2];
    const block = (n: number, from: number, by: number) => basicBlock(parameters, name(`layer${i + 1}.${n}`), from, outputs, by);
    return sequential(block(0, inputs, stride), block(1, outputs, 1));
  });
  const first = stem(parameters, name, config); // [B, base, ...]
  const project = projectionHead(parameters, name("fc"), 8 * base, dim, head);
  return imageEncoder("resNet18", config, [first, ...stages], sequential(globalMeanPool, project));
}

function stem(parameters: Parameters, name: (suffix: string) => string, { stem, channels, base }: ResNet18Config): Layer {
  const shape = stem === "cifar" ? { kernel: 3, stride: 1, padding: 1 } : { kernel: 7, stride: 2, padding: 3 };
  const first = sequential(
    conv2dLayer(parameters, name("conv1"), channels, base, { ...shape, bias: false, init: kaimingNormal }),
    batchNormLayer(parameters, name("bn1"), base, { relu: true }),
  );
  return stem === "cifar" ? first : sequential(first, (tape, x) => maxPool(tape, x, { kernel: 3, stride: 2, padding: 1 }));
}

/** Two 3x3 convolutions beside an identity, or a strided 1x1 convolution where the shape changes. */
function basicBlock(parameters: Parameters, name: string, inputs: number, outputs: number, stride: number): Layer {
  const conv = (part: string, from: number, kernel: number, by: number) => {
    const options = { kernel, stride: by, padding: (kernel - 1) / 2, bias: false, init: kaimingNormal };
    return conv2dLayer(parameters, `${name}.${part}`, from, outputs, options);
  };
  const residual = sequential(
    conv("conv1", inputs, 3, stride),
    batchNormLayer(parameters, `${name}.bn1`, outputs, { relu: true }),
    conv("conv2", outputs, 3, 1),
    batchNormLayer(parameters, `${name}.bn2`, outputs),
  );
  const shortcut =
    stride === 1 && inputs === outputs
      ? undefined
      : sequential(conv("downsample.0", inputs, 1, stride), batchNormLayer(parameters, `${name}.downsample.1`, outputs));
  return (tape, x) => relu(tape, add(tape, residual(tape, x), shortcut ? shortcut(tape, x) : x));
}

function check(config: ResNet18Config): ResNet18Config {
  checkNames("resNet18", config, Object.keys(DEFAULTS));
  for (const name of ["channels", "height", "width", "base", "dim"] as const) {
    checkNumber(`resNet18: ${name}`, config[name], { min: 1, integer: true });
  }
  checkChoice("resNet18: stem", config.stem, ["cifar", "imagenet"]);
  checkChoice("resNet18: head", config.head, HEADS);
  return config;
}
