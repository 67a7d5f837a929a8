/** Of this package; a test holds it equal to package.json. Written into every checkpoint and report. */
export const VERSION = "0.1.0";
