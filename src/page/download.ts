/** Hands the user a file. */
export function download(name: string, type: string, content: Uint8Array | string): void {
  const url = URL.createObjectURL(new Blob([content as BlobPart], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The browser has taken hold of the content once the click is handled; some do so a moment later.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
