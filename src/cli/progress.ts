/** What the bottom line of a training run shows. */
export interface Progress {
  readonly step: number;
  readonly steps: number;
  readonly epoch: number;
  readonly epochs: number;
  readonly loss?: number | undefined;
  readonly imagesPerSecond?: number | undefined;
  /** What the speed counts. Default: images. */
  readonly counted?: string | undefined;
  /** In [0, 1]. */
  readonly knn?: number | null | undefined;
  readonly secondsLeft?: number | undefined;
}

const BAR = 24;
const EIGHTHS = ["", "\u258f", "\u258e", "\u258d", "\u258c", "\u258b", "\u258a", "\u2589"];

/** One line of at most `columns` characters: what matters least is left out first. */
export function progressLine(progress: Progress, columns: number): string {
  const { step, steps, epoch, epochs } = progress;
  const share = steps > 0 ? step / steps : 1;
  const optional = progressFigures(progress).map((text) => `  ${text}`);
  const head = `epoch ${Math.min(epoch + 1, epochs)}/${epochs}`;
  const percent = ` ${String(Math.floor(100 * share)).padStart(3)} %`;
  // The terminal's last column stays free: writing there wraps the line.
  const room = Math.max(20, columns - 1);
  const withBar = `${head}  ${bar(share, BAR)}${percent}`;
  let line = withBar.length <= room ? withBar : `${head}${percent}`;
  for (const text of optional) {
    if (line.length + text.length > room) break;
    line += text;
  }
  return line;
}

/** "loss 4.123", "1,234 images/s", "kNN 92.1 %", "1:02 left": what is known, in this order. */
export function progressFigures({ loss, imagesPerSecond, counted = "images", knn, secondsLeft }: Progress): string[] {
  return [
    loss === undefined ? "" : `loss ${loss.toPrecision(4)}`,
    typeof knn === "number" ? `kNN ${percentage(knn)}` : "",
    secondsLeft === undefined ? "" : `${clock(secondsLeft)} left`,
    imagesPerSecond === undefined ? "" : `${Math.round(imagesPerSecond).toLocaleString("en")} ${counted}/s`,
  ].filter(Boolean);
}

/** A bar of `width` cells, an eighth of a cell fine. */
function bar(share: number, width: number): string {
  const eighths = Math.round(8 * width * Math.min(1, Math.max(0, share)));
  const filled = "\u2588".repeat(Math.floor(eighths / 8)) + (EIGHTHS[eighths % 8] ?? "");
  return `\u2595${filled.padEnd(width)}\u258f`;
}

export const percentage = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** "0:42", "12:05", "1:02:33" */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (n: number) => String(n).padStart(2, "0");
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}
