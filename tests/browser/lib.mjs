// The browser tests' own kit: the stage (provider and Kinpost), Chromium, the two viewports, and what every page must keep to.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { createRequire } from "node:module";
import { mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import assert from "node:assert/strict";

const modules = process.env.KINPOST_NODE_MODULES ?? join(process.env.HOME, ".cache/kinpost/node/node_modules");
const require = createRequire(join(modules, "x.js"));
export const { chromium } = require("playwright-core");
const axePath = require.resolve("axe-core/axe.min.js");

export const DESK = { width: 1440, height: 900 };
export const PHONE = { width: 390, height: 844 };

/** Starts the provider and Kinpost; `ask(command)` acts on them, `end()` ends them. */
export async function stage(...words) {
  const bin = join(dirname(process.env.KINPOST_BIN), "stage");
  const child = spawn(bin, words, { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const read = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error("the stage ended early");
    return JSON.parse(value);
  };
  const place = await read();
  return {
    ...place,
    async ask(command) {
      child.stdin.write(JSON.stringify(command) + "\n");
      const answer = await read();
      if (answer.error) throw new Error(answer.error);
      return answer.said;
    },
    deliver(to, letter, mailbox = "INBOX") {
      return this.ask({ do: "deliver", to, mailbox, letter: Buffer.from(letter).toString("base64") });
    },
    end() {
      const gone = new Promise((done) => child.once("exit", done));
      child.stdin.end();
      return gone;
    },
  };
}

/** Debian's Chromium, quiet and offline but for loopback. */
export function launchOptions(more = []) {
  return {
    executablePath: "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", ...more],
  };
}

export function browser() {
  return chromium.launch(launchOptions());
}

/** A page that fails the test on any console error, uncaught error or failed request of its own. */
export async function open(instance, viewport, options = {}) {
  const context = await instance.newContext({ viewport, hasTouch: viewport.width < 600, isMobile: viewport.width < 600, colorScheme: options.dark ? "dark" : "light", locale: "en-GB", ...options.context });
  const page = await context.newPage();
  const faults = [];
  page.on("console", (message) => message.type() === "error" && !(options.allow ?? []).some((word) => message.text().includes(word)) && faults.push(message.text()));
  page.on("pageerror", (error) => faults.push(String(error)));
  page.setDefaultTimeout(20_000);
  pages.push(page);
  return { context, page, faults, clean: () => assert.deepEqual(faults, []) };
}

const pages = [];

/** Pictures of all open pages, for a test that failed. */
export async function failed(error) {
  for (const [index, page] of pages.entries()) if (!page.isClosed()) await shot(page, `failed-${index}`).catch(() => {});
  throw error;
}

/** Logs in by the form. */
export async function login(page, url, email, password) {
  await page.goto(url);
  await page.getByTestId("login-email").fill(email);
  await page.getByTestId("login-password").fill(password);
  await page.getByTestId("login-submit").click();
  await page.getByTestId("mailbox-row").first().waitFor({ state: "attached" });
}

/** No accessibility violation by WCAG 2.2 AA, the strangers' own documents in message frames excepted. */
export async function accessible(page, where) {
  // Not as a script element: the page's own policy would block that, and rightly say so on the console.
  await page.evaluate(readFileSync(axePath, "utf8"));
  const found = await page.evaluate(async () => {
    const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
    const { violations } = await globalThis.axe.run({ exclude: [["iframe"]] }, { runOnly: tags, iframes: false });
    return violations.map((v) => `${v.id}: ${v.help} (${v.nodes.slice(0, 3).map((n) => n.target.join(" ")).join("; ")})`);
  });
  assert.deepEqual(found, [], `axe on ${where}`);
}

/** Keeps a screenshot where KINPOST_SHOTS names a folder. */
export async function shot(page, name) {
  const folder = process.env.KINPOST_SHOTS;
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`) });
}

let next = 1;
/** A letter with CRLF line ends; `parts` may hold html, text, attachment {name, type, body}, headers. */
export function letter({ from, to, subject, text = "", html, attachment, date = new Date(), headers = {} }) {
  const id = `<${Date.now()}.${next++}@browser.test>`;
  const head = { From: from, To: to, Subject: encode(subject), Date: date.toUTCString().replace("GMT", "+0000"), "Message-ID": id, "MIME-Version": "1.0", ...headers };
  const inner = html
    ? `Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n${b64(html)}`
    : `Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n${b64(text)}`;
  const top = Object.entries(head).map(([name, value]) => `${name}: ${value}`).join("\r\n");
  if (!attachment) return `${top}\r\n${inner}\r\n`;
  return `${top}\r\nContent-Type: multipart/mixed; boundary=bb\r\n\r\n--bb\r\n${inner}\r\n--bb\r\nContent-Type: ${attachment.type}; name="${attachment.name}"\r\nContent-Disposition: attachment; filename="${attachment.name}"\r\nContent-Transfer-Encoding: base64\r\n\r\n${b64(attachment.body)}\r\n--bb--\r\n`;
}

const b64 = (text) => Buffer.from(text).toString("base64").replace(/.{76}/g, "$&\r\n");
const encode = (text) => (/^[\x20-\x7e]*$/.test(text) ? text : `=?utf-8?B?${Buffer.from(text).toString("base64")}?=`);
