/** What a person types to get here: through npm in a checkout, or by name where it is installed. */
export const CALL = process.env.npm_lifecycle_event === undefined ? "nearfar" : "npm run -s nearfar --";

/** A path as a shell takes it. */
export const quoted = (path: string): string => (/^[\w./@%+,:=-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`);
