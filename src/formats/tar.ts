import { fault, quote } from "./fault.ts";

const BLOCK = 512;
/** Longest file name that a GNU or pax record may give. */
const MAX_NAME = 65_536;
const MAX_ENTRIES = 100_000;

/**
 * The regular files of a tar archive (POSIX.1-1988 ustar, pax `path` and `size`, GNU long names), by path: views into `bytes`.
 * Folders are passed over. Nothing is written anywhere, and a path that would lead outside a folder is refused all the same.
 * @param name what to call the bytes in errors
 * @throws FormatError on a wrong checksum, a truncated archive, a link, device or sparse file, a path that is absolute or has `..`,
 * a path that occurs twice, more than 100,000 entries
 */
export function readTar(bytes: Uint8Array, name = "tar archive"): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  let given: Given = {};
  let at = 0;
  for (let entries = 0; ; entries++) {
    const header = bytes.subarray(at, at + BLOCK);
    if (header.length < BLOCK)
      throw fault(name, `byte ${at}`, "a header or the end mark of a tar archive", "the end of the data: truncated");
    if (header.every((byte) => byte === 0)) return files;
    if (entries >= MAX_ENTRIES) throw fault(name, `byte ${at}`, `at most ${MAX_ENTRIES} entries`, "more");
    verifyChecksum(header, at, name);
    const type = String.fromCharCode(header[156] ?? 0);
    const describing = "xgLK".includes(type);
    const size = (describing ? undefined : given.size) ?? octal(header.subarray(124, 136), `${name}: byte ${at + 124}`, "size");
    const data = bytes.subarray(at + BLOCK, at + BLOCK + size);
    if (data.length < size) throw fault(name, `byte ${at + BLOCK}`, `${size} bytes of an entry`, `${data.length}: truncated`);
    if (describing) {
      if (size > MAX_NAME) throw fault(name, `byte ${at + 124}`, `at most ${MAX_NAME} bytes of a long name`, size);
      if (type === "x") given = { ...given, ...paxRecords(data, at + BLOCK, name) };
      if (type === "L") given = { ...given, path: text(data) };
    } else {
      const path = given.path ?? headerPath(header);
      given = {};
      const folder = type === "5" || path.endsWith("/");
      if (!folder && !"0\0".includes(type)) {
        throw fault(name, `byte ${at + 156}`, "files and folders only", `entry ${quote(path)} of type ${quote(type)} (a link or device?)`);
      }
      const safe = safePath(path, at, name);
      if (!folder) {
        if (files.has(safe)) throw fault(name, `byte ${at}`, "every path once", `${quote(safe)} again`);
        files.set(safe, data);
      }
    }
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
}

/** What a record before an entry says about it. */
interface Given {
  readonly path?: string;
  readonly size?: number;
}

/** The sum of all header bytes, those of the checksum itself taken as spaces. */
function verifyChecksum(header: Uint8Array, at: number, name: string): void {
  const sum = header.reduce((total, byte, i) => total + (i >= 148 && i < 156 ? 32 : byte), 0);
  const written = octal(header.subarray(148, 156), `${name}: byte ${at + 148}`, "checksum");
  if (written !== sum) throw fault(name, `byte ${at + 148} (checksum)`, String(sum), `${written}: no tar archive, or damaged`);
}

/** Octal digits, spaces around them, ended by a NUL or a space. */
function octal(field: Uint8Array, where: string, what: string): number {
  const digits = text(field).trim();
  if (!/^[0-7]+$/.test(digits)) throw fault(where, what, "an octal number", quote(digits));
  return Number.parseInt(digits, 8);
}

/** ustar keeps what does not fit into 100 bytes of name in a prefix. GNU uses that place for other things. */
function headerPath(header: Uint8Array): string {
  const path = text(header.subarray(0, 100));
  const prefix = text(header.subarray(257, 263)) === "ustar" ? text(header.subarray(345, 500)) : "";
  return prefix === "" ? path : `${prefix}/${path}`;
}

/** Records `LENGTH KEY=VALUE\n`; LENGTH counts the whole record in bytes. */
function paxRecords(data: Uint8Array, at: number, name: string): Given {
  let given: Given = {};
  for (let from = 0; from < data.length; ) {
    const space = data.indexOf(32, from);
    const length = space < 0 ? Number.NaN : Number(text(data.subarray(from, space)));
    const equals = data.indexOf(61, space);
    const end = from + length;
    if (!Number.isInteger(length) || end > data.length || equals < 0 || equals >= end || data[end - 1] !== 10) {
      throw fault(name, `byte ${at + from}`, "a pax record", "something else");
    }
    const value = text(data.subarray(equals + 1, end - 1));
    const key = text(data.subarray(space + 1, equals));
    if (key === "path") given = { ...given, path: value };
    if (key === "size") {
      if (!/^\d{1,15}$/.test(value)) throw fault(name, `byte ${at + from}`, "a pax size", quote(value));
      given = { ...given, size: Number(value) };
    }
    from = end;
  }
  return given;
}

function safePath(path: string, at: number, name: string): string {
  const parts = path.split("/").filter((part) => part !== "." && part !== "");
  if (path === "" || /^\/|\\|^[a-z]:/i.test(path) || parts.includes("..")) {
    throw fault(name, `byte ${at}`, "a path inside the archive", quote(path));
  }
  return parts.join("/");
}

/** Text up to the first NUL. */
function text(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
}
