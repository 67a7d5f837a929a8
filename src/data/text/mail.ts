/**
 * What a person reads of a mail: its body, without the header lines (they name the list or the server that it came by), tags of HTML, soft
 * line breaks and runs of letters that are no words (attachments). The subject is kept as the first line.
 */
export function mailText(mail: string): string {
  const whole = mail.replaceAll("\r", "");
  const end = whole.indexOf("\n\n");
  const [head, body] = end < 0 ? ["", whole] : [whole.slice(0, end), whole.slice(end + 2)];
  const subject = /^subject:[ \t]*(.*)$/im.exec(head)?.[1] ?? "";
  const text = body
    .replaceAll("=\n", "")
    .replace(/<(script|style)\b[\s\S]*?<\/\1>/gi, " ")
    .replace(/<(?:br|p|div|tr|li|h\d)\b[^>]*>/gi, "\n\n")
    .replace(/<[^<>]*>/g, " ")
    .replace(/&(?:#\d+|[a-z]+);/gi, " ")
    .replace(/\S{40,}/g, " ");
  return `${subject}\n\n${text}`;
}
