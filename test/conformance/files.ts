/**
 * The reference cases of conformance/ by name. Vite hands them over as data URLs inlined into the module, so that the same import
 * works under Dawn in Node and in Chrome.
 */
export async function conformanceFiles(): Promise<Map<string, Uint8Array>> {
  const urls = import.meta.glob<string>("../../conformance/*.safetensors", { query: "?url&inline", import: "default", eager: true });
  const files = new Map<string, Uint8Array>();
  for (const [path, url] of Object.entries(urls)) {
    const bytes = new Uint8Array(await (await fetch(url)).arrayBuffer());
    files.set(path.replace(/^.*\/|\.safetensors$/g, ""), bytes);
  }
  return files;
}
