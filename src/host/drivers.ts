import { existsSync, readdirSync } from "node:fs";
import { delimiter, join } from "node:path";

/** Where Vulkan drivers announce themselves on Linux, beside the folders of XDG_DATA_DIRS. */
const MANIFEST_FOLDERS = [
  "/etc/vulkan/icd.d",
  "/usr/share/vulkan/icd.d",
  "/usr/local/share/vulkan/icd.d",
  "/run/opengl-driver/share/vulkan/icd.d",
];

/**
 * Whether this machine has a driver for a real GPU, as far as files tell. macOS and Windows always bring one. On Linux it takes
 * a device node and a Vulkan driver that is no software one; asking the Vulkan loader instead would print its warnings.
 */
export function hasGpuDriver(): boolean {
  if (process.platform !== "linux") return true;
  const node =
    files("/dev/dri").some((name) => name.startsWith("renderD")) || ["/dev/nvidia0", "/dev/nvidiactl", "/dev/dxg"].some(existsSync);
  const data = (process.env.XDG_DATA_DIRS ?? "").split(delimiter).filter(Boolean);
  const manifests = [...MANIFEST_FOLDERS, ...data.map((folder) => join(folder, "vulkan/icd.d"))].flatMap(files);
  return node && manifests.some((name) => name.endsWith(".json") && !/lvp|swiftshader/i.test(name));
}

function files(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}
