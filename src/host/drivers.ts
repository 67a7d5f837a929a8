import { existsSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";

/** Where Vulkan drivers announce themselves on Linux, beside the user's own folder and those of XDG_DATA_DIRS. */
const DATA_FOLDERS = ["/etc", "/usr/share", "/usr/local/share", "/run/opengl-driver/share"];

/**
 * Whether this machine has a driver for a real GPU, as far as files tell. macOS and Windows always bring one. On Linux it takes
 * a device node and a Vulkan driver that is no software one; asking the Vulkan loader instead would print its warnings.
 */
export function hasGpuDriver(): boolean {
  if (process.platform !== "linux") return true;
  const node =
    files("/dev/dri").some((name) => name.startsWith("renderD")) || ["/dev/nvidia0", "/dev/nvidiactl", "/dev/dxg"].some(existsSync);
  const given = (process.env.XDG_DATA_DIRS ?? "").split(delimiter).filter(Boolean);
  const own = process.env.XDG_DATA_HOME ?? join(homedir(), ".local/share");
  const manifests = [...DATA_FOLDERS, own, ...given].flatMap((folder) => files(join(folder, "vulkan/icd.d")));
  return node && manifests.some((name) => name.endsWith(".json") && !/lvp|swiftshader/i.test(name));
}

function files(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}
