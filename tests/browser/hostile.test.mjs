// Hostile HTML mail opened in Chromium beside a canary: every host but ours resolves to the canary, which counts connections.
// Each mail is opened in the reader's own frame and directly as a document. 0 connections, 0 scripts.
import { test } from "node:test";
import assert from "node:assert/strict";
import { createServer } from "node:net";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { DESK, chromium, launchOptions, letter, login, stage } from "./lib.mjs";

const corpus = join(dirname(fileURLToPath(import.meta.url)), "../corpus/html");

test("hostile mail makes no request and runs no script, in the reader and opened directly", { timeout: 600_000 }, async () => {
  const house = await stage();
  let connections = 0;
  // Chromium itself asks its maker's hosts now and then; by the name in its first bytes it is told from a letter's request.
  const own = /google|gstatic|gvt1|chromium/;
  const canary = createServer((socket) => {
    const silent = setTimeout(() => { connections += 1; socket.destroy(); }, 400);
    socket.on("error", () => {});
    socket.once("data", (bytes) => {
      clearTimeout(silent);
      if (!own.test(bytes.toString("latin1"))) connections += 1;
      socket.destroy();
    });
  });
  await new Promise((done) => canary.listen(0, "127.0.0.1", done));
  const trap = canary.address().port;
  const instance = await chromium.launch(launchOptions([`--host-resolver-rules=MAP * 127.0.0.1:${trap}, EXCLUDE localhost, EXCLUDE 127.0.0.1`]));
  try {
    const names = readdirSync(corpus).filter((name) => name.endsWith(".html")).sort();
    assert.ok(names.length >= 100, `only ${names.length} hostile mails`);
    const folder = mkdtempSync(join(tmpdir(), "kinpost-hostile-"));
    mkdirSync(folder, { recursive: true });
    for (const name of names) {
      const html = readFileSync(join(corpus, name), "utf8").replaceAll(/canary\.invalid(:PORT)?/g, `canary.invalid:${trap}`);
      assert.doesNotMatch(html, own, `${name} would hide behind Chromium's own requests`);
      writeFileSync(join(folder, name.replace(".html", ".eml")), letter({ from: "Mallory <mallory@evil.test>", to: house.alice, subject: name, html }));
    }
    await house.ask({ do: "cli", words: ["import", house.alice, folder] });

    const context = await instance.newContext({ viewport: DESK });
    const page = await context.newPage();
    await login(page, house.url, house.alice, house.password);
    const emails = await page.evaluate(async () => {
      const session = await (await fetch("/jmap/session")).json();
      const accountId = session.primaryAccounts["urn:ietf:params:jmap:mail"];
      const methodCalls = [["Email/query", { accountId, limit: 1000 }, "q"], ["Email/get", { accountId, "#ids": { resultOf: "q", name: "Email/query", path: "/ids" }, properties: ["id", "subject"] }, "g"]];
      const answer = await (await fetch("/jmap/api", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ using: ["urn:ietf:params:jmap:core", "urn:ietf:params:jmap:mail"], methodCalls }) })).json();
      return answer.methodResponses[1][1].list.map((email) => ({ ...email, accountId }));
    });
    assert.equal(emails.length, names.length);

    const scripts = [];
    const watch = (target) => {
      target.on("dialog", (dialog) => { scripts.push(dialog.message()); dialog.dismiss(); });
      target.on("request", (request) => { if (!request.url().startsWith(house.url) && !/^(data|blob|about):/.test(request.url())) scripts.push(`request ${request.url()}`); });
      target.on("popup", (popup) => scripts.push(`popup ${popup.url()}`));
    };
    watch(page);
    const direct = await context.newPage();
    watch(direct);
    for (const { id, accountId, subject } of emails) {
      for (const images of ["0", "1"]) {
        const path = `/view/${accountId}/${id}?images=${images}`;
        const before = connections, faults = scripts.length;
        await page.evaluate((path) => new Promise((done) => {
          document.querySelector("#probe")?.remove();
          const frame = document.createElement("iframe");
          frame.id = "probe";
          frame.setAttribute("sandbox", "allow-scripts allow-popups allow-popups-to-escape-sandbox");
          frame.onload = () => setTimeout(done, 40);
          frame.src = path;
          document.body.append(frame);
        }), path);
        const answer = await direct.goto(house.url + path);
        assert.equal(answer.status(), 200, subject);
        await direct.waitForTimeout(20);
        assert.equal(await direct.evaluate(() => globalThis.pwned ?? null), null, `${subject} ran a script`);
        assert.deepEqual(scripts.slice(faults), [], subject);
        assert.equal(connections, before, `${subject} reached the canary (images=${images})`);
      }
    }
    await direct.waitForTimeout(600);
    assert.equal(connections, 0, "something reached the canary late");
    // The trap itself works: a page of no policy does reach it.
    const free = await context.newPage();
    await free.setContent(`<img src="http://canary.invalid:${trap}/x.png">`);
    await free.waitForTimeout(300);
    assert.ok(connections > 0, "the canary does not sing");
  } finally {
    await instance.close();
    canary.close();
    await house.end();
  }
});
