import { describe, expect, test } from "vitest";
import type { Gpu } from "../../src/gpu/device.ts";
import { choose, type Family, type Offers, type Variant, type VariantTable } from "../../src/gpu/variants.ts";

interface Task {
  readonly size: number;
}

const variant = (name: string, more: Partial<Variant<Task>> = {}): Variant<Task> => ({ name, record: () => {}, ...more });
const family: Family<Task> = { name: "work", general: variant("general"), classOf: ({ size }) => (size < 10 ? "small" : "large") };
const classes = (swiftshader: string) => ({
  defaults: { swiftshader, llvmpipe: "lanes", gpu: "shared" },
  example: () => {
    throw new Error("not timed here");
  },
});
const offers: Offers<Task> = {
  family,
  variants: [
    variant("fours", { fits: ({ size }) => size % 4 === 0 }),
    variant("lanes", { needs: { lanes: 8 } }),
    variant("shared", { needs: { lanes: 64 } }),
  ],
  classes: { small: classes("general"), large: classes("fours") },
};

interface Fake {
  readonly description?: string;
  readonly software?: boolean;
  readonly features?: readonly string[];
  readonly lanes?: number;
  readonly table?: Partial<VariantTable>;
}

function gpu({ description = "SwiftShader", software = true, features = ["subgroups"], lanes = 4, table = {} }: Fake): Gpu {
  return {
    name: description,
    adapter: { software, subgroupMinSize: lanes, subgroupMaxSize: lanes },
    features: new Set(features),
    variants: { offers: [offers], choices: {}, origin: "", ...table },
  } as unknown as Gpu;
}

const chosen = (fake: Fake, size: number) => {
  const { key, chosen, variant: found } = choose(gpu(fake), family, { size });
  return [key, chosen, found.name];
};

describe("choose", () => {
  test("takes the default of the adapter's kind", () => {
    expect(chosen({}, 4)).toEqual(["work/small", "general", "general"]);
    expect(chosen({}, 12)).toEqual(["work/large", "fours", "fours"]);
    expect(chosen({ description: "llvmpipe", lanes: 8 }, 12)).toEqual(["work/large", "lanes", "lanes"]);
  });

  test("takes what the table says before the default", () => {
    expect(chosen({ lanes: 8, table: { choices: { "work/large": "lanes" } } }, 12)).toEqual(["work/large", "lanes", "lanes"]);
    expect(chosen({ table: { choices: { "work/large": "general" } } }, 12)).toEqual(["work/large", "general", "general"]);
    expect(chosen({ table: { choices: { "work/small": "fours" } } }, 12)[1]).toBe("fours");
  });

  test("passes over what the adapter lacks, and names that nobody knows", () => {
    expect(chosen({ table: { choices: { "work/large": "lanes" } } }, 12)[2]).toBe("fours"); // four lanes
    expect(chosen({ lanes: 8, features: [], table: { choices: { "work/large": "lanes" } } }, 12)[2]).toBe("fours");
    expect(chosen({ description: "a GPU", software: false }, 12)).toEqual(["work/large", "general", "general"]); // four lanes
    expect(chosen({ table: { choices: { "work/large": "renamed" } } }, 12)[2]).toBe("fours");
  });

  test("gives a task that the choice does not fit to the next, and names the choice all the same", () => {
    expect(chosen({}, 13)).toEqual(["work/large", "fours", "general"]);
    expect(chosen({ description: "llvmpipe", lanes: 8, table: { choices: { "work/large": "fours" } } }, 13)).toEqual([
      "work/large",
      "fours",
      "lanes",
    ]);
  });

  test("is the general variant on a device without offers", () => {
    expect(chosen({ table: { offers: [], choices: { "work/large": "fours" } } }, 12)).toEqual(["work/large", "general", "general"]);
  });
});
