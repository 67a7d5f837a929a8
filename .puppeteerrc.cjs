// npm ci must work offline: the browser comes from the machine or from @sparticuz/chromium, never from puppeteer's own download.
module.exports = { skipDownload: true };
