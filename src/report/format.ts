// Numbers as people read them. Locale-independent, so that a report does not change with the machine that wrote it.

const THIN_SPACE = "\u202f";

/** 0.9364 -> "93.6 %"; `digits` after the point. */
export function percent(share: number, digits = 1): string {
  return `${(100 * share).toFixed(digits)}${THIN_SPACE}%`;
}

/** 12345.6 -> "12,346". */
export function count(value: number): string {
  return Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ",");
}

/** Three significant digits without exponent in the usual range: 8.294 -> "8.29", 0.0312 -> "0.0312", 1e-7 -> "1.00e-7". */
export function short(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size < 1e-4 || size >= 1e7) return value.toExponential(2).replace("-", "\u2212").replace("+", "");
  if (size >= 1000) return minus(value < 0, count(size));
  return minus(value < 0, size.toPrecision(3));
}

/** Seconds -> "48 s", "2 min 11 s", "3 h 05 min". */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return "unknown";
  if (seconds < 9.95) return `${seconds.toFixed(1)}${THIN_SPACE}s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole}${THIN_SPACE}s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes}${THIN_SPACE}min ${String(whole % 60).padStart(2, "0")}${THIN_SPACE}s`;
  return `${Math.floor(minutes / 60)}${THIN_SPACE}h ${String(minutes % 60).padStart(2, "0")}${THIN_SPACE}min`;
}

/** Bytes -> "12.4 MiB". */
export function bytes(value: number): string {
  if (value < 1024) return `${value}${THIN_SPACE}B`;
  if (value < 2 ** 20) return `${(value / 1024).toFixed(1)}${THIN_SPACE}KiB`;
  return `${(value / 2 ** 20).toFixed(1)}${THIN_SPACE}MiB`;
}

/** "instdisc" -> "InstDisc" for the methods that have a customary spelling. */
export function methodName(objective: string): string {
  const names = new Map([
    ["instdisc", "InstDisc"],
    ["invaspread", "InvaSpread"],
    ["cmc", "CMC"],
    ["cpc", "CPC"],
    ["cmc", "CMC"],
  ]);
  return names.get(objective) ?? objective;
}

function minus(negative: boolean, text: string): string {
  return negative ? `\u2212${text}` : text;
}
