import { UsageError } from "../errors.ts";
import { holdOut } from "./hold_out.ts";

/** One file of a folder of images. */
export interface FolderSample {
  readonly path: string;
  /** Number of its class folder among `classes`; undefined: the part has no class folders. */
  readonly label: number | undefined;
}

/** What a folder of images holds. */
export interface FolderLayout {
  readonly train: readonly FolderSample[];
  readonly test: readonly FolderSample[];
  /** Names of the class folders, sorted. */
  readonly classes?: readonly string[];
}

/** A list of files to make sense of. */
export interface FolderFiles {
  /** What errors call the folder. */
  readonly name: string;
  readonly paths: readonly string[];
  /** Folders, empty ones too, where the source knows of them. */
  readonly folders?: readonly string[];
  /** One image of how many is held out when there is no test part. */
  readonly every: number;
  warn(message: string): void;
}

const IMAGE = /\.(?:png|jpe?g)$/i;
/** Names of part folders; the first of a kind that is there is the test part. */
const TRAIN = "train";
const TESTS = ["test", "val"];

/**
 * Finds parts and classes by the folders' names, in this order:
 * 1. Files and folders whose name begins with a dot, and `__MACOSX`, do not exist. Other files than `.png`, `.jpg` and `.jpeg` are passed
 *    over with a warning that counts them. Folders that hold everything else are stepped into.
 * 2. `train/` beside `test/` or `val/`, or alone: parts. With both, `val/` is left out with a warning. Without either a share is held out.
 * 3. Folders in a part are its classes (everything below one belongs to it), named and sorted bytewise. No folders: no classes. One
 *    class only tells nothing: no classes, with a warning.
 * Samples are sorted bytewise by path, so that they keep their numbers.
 * @throws UsageError without images, for images beside class or part folders, for class folders without images, for classes that only
 * the test part has, and as `holdOut`
 */
export function folderLayout(files: FolderFiles): FolderLayout {
  const { name, warn } = files;
  const visible = files.paths.filter((path) => !isHidden(path));
  const images = bytewise(visible.filter((path) => IMAGE.test(path)));
  const others = visible.filter((path) => !IMAGE.test(path));
  if (images.length === 0) throw new UsageError(`${name}: no PNG or JPEG files (.png, .jpg, .jpeg) among ${visible.length} files`);
  if (others.length > 0) warn(`${name}: ${counted(others.length, "file")} passed over, neither .png, .jpg nor .jpeg: ${listed(others)}`);
  const folders = [...(files.folders ?? []).filter((path) => !isHidden(`${path}/`)), ...others.map(folderOf)];
  const root = rootOf(images);
  const parts = partsOf(images, root, files);
  const train = classesOf(parts.train, folders, name);
  const test = parts.test && classesOf(parts.test, folders, name);
  if (parts.train.prefix !== "" && parts.train.prefix === root && train.classes.length === 0) {
    warn(`${name}: all images are in one folder (${root}): taken as images without classes`);
  }
  return labelled(train, test, files);
}

/** Images of one part, by class folder; `undefined` for those in no folder. */
interface ClassedPart {
  readonly prefix: string;
  readonly images: readonly string[];
  readonly classes: readonly string[];
}

/** The innermost folder that holds all images and is no part. */
function rootOf(images: readonly string[]): string {
  for (let root = ""; ; ) {
    const children = childrenOf(images, root);
    const [only] = children;
    if (children.size !== 1 || only === undefined || only === "" || only === TRAIN || TESTS.includes(only)) return root;
    root += `${only}/`;
  }
}

interface Part {
  readonly prefix: string;
  readonly images: readonly string[];
}

function partsOf(images: readonly string[], root: string, { name, warn }: FolderFiles): { train: Part; test?: Part } {
  const children = childrenOf(images, root);
  const found = TESTS.filter((part) => children.has(part));
  const strays = [...children].filter((child) => child !== TRAIN && !TESTS.includes(child));
  const part = (child: string): Part => {
    const prefix = `${root}${child}/`;
    return { prefix, images: images.filter((path) => path.startsWith(prefix)) };
  };
  // A class may be called "train", as in a set of vehicles.
  const isParted = children.has(TRAIN) ? found.length > 0 || strays.length === 0 : strays.length === 0;
  if (!isParted) return { train: { prefix: root, images } };
  if (!children.has(TRAIN)) throw new UsageError(`${name}: images in ${root}${found[0]}/ but none in ${root}${TRAIN}/`);
  if (strays.length > 0) {
    const where = strays.map((child) => `${root}${child}` || "the folder itself").join(", ");
    throw new UsageError(`${name}: images in ${where}, beside ${root}${TRAIN}/ and ${root}${found[0]}/: move them or take them away`);
  }
  const [test, unused] = found;
  if (unused !== undefined)
    warn(`${name}: ${counted(part(unused).images.length, "image")} in ${root}${unused}/ not used: ${root}${test}/ is the test part`);
  return { train: part(TRAIN), ...(test !== undefined && { test: part(test) }) };
}

function classesOf({ prefix, images }: Part, folders: readonly string[], name: string): ClassedPart {
  const classes = bytewise([...childrenOf(images, prefix)]);
  if (!classes.includes("")) {
    const known = new Set(classes);
    const empty = [
      ...childrenOf(
        folders.map((path) => `${path}/`),
        prefix,
      ),
    ].filter((child) => child !== "" && !known.has(child));
    if (empty.length > 0) {
      const where = listed(bytewise(empty.map((child) => `${prefix}${child}/`)));
      throw new UsageError(`${name}: class folders without a PNG or JPEG file: ${where}. Fill them or take them away`);
    }
    return { prefix, images, classes };
  }
  if (classes.length === 1) return { prefix, images, classes: [] };
  const direct = images.filter((path) => !path.slice(prefix.length).includes("/"));
  throw new UsageError(
    `${name}: ${counted(direct.length, "image")} beside the folders in ${prefix || "it"} (${listed(direct)}): ` +
      "give every image a class folder, or none",
  );
}

function labelled(train: ClassedPart, test: ClassedPart | undefined, { name, every, warn }: FolderFiles): FolderLayout {
  const classes = train.classes.length > 0 ? train.classes : (test?.classes ?? []);
  const stray = test?.classes.find((name) => !classes.includes(name));
  if (stray !== undefined) {
    throw new UsageError(`${name}: ${test?.prefix}${stray}/ is a class that ${train.prefix} does not have (it has ${listed(classes)})`);
  }
  const single = classes.length === 1;
  if (single) warn(`${name}: all images are of one class (${classes[0]}): taken as images without classes`);
  const label = ({ prefix, classes: own }: ClassedPart, path: string) =>
    single || own.length === 0 ? undefined : classes.indexOf(path.slice(prefix.length).split("/")[0] ?? "");
  const samples = (part: ClassedPart) => part.images.map((path) => ({ path, label: label(part, path) }));
  const named = single || classes.length === 0 ? {} : { classes };
  if (test) return { train: samples(train), test: samples(test), ...named };
  const all = samples(train);
  const split = holdOut(
    all.map((sample) => sample.label),
    every,
    name,
  );
  const chosen = (places: Uint32Array) => [...places].flatMap((i) => all[i] ?? []);
  return { train: chosen(split.train), test: chosen(split.test), ...named };
}

/** First folders below `prefix`, in order; "" stands for files right in it. */
function childrenOf(paths: readonly string[], prefix: string): Set<string> {
  const below = paths.filter((path) => path.startsWith(prefix)).map((path) => path.slice(prefix.length));
  return new Set(below.map((path) => (path.includes("/") ? path.slice(0, path.indexOf("/")) : "")));
}

/** Sorted by their UTF-8 bytes, which is the order of code points: what `sort` does by itself differs beyond the basic plane. */
export function bytewise(paths: readonly string[]): string[] {
  return [...paths].sort((a, b) => {
    let at = 0;
    while (at < a.length && a[at] === b[at]) at++;
    // Within a surrogate pair the whole pair counts.
    if (/[\uDC00-\uDFFF]/.test(a[at] ?? "") && at > 0) at--;
    return (a.codePointAt(at) ?? -1) - (b.codePointAt(at) ?? -1);
  });
}

/** Whether a name in the path begins with a dot, or is one that macOS leaves behind. */
export const isHidden = (path: string): boolean => /(?:^|\/)(?:\.|__MACOSX\/)/.test(path);
const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf("/")));

/** The first few names, and how many more there are. */
export function listed(names: readonly string[], most = 5): string {
  const more = names.length - most;
  return names.slice(0, most).join(", ") + (more > 0 ? ` and ${more} more` : "");
}

export const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;
