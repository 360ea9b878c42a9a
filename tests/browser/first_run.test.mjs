// An empty house: the first person, an IMAP account found by its address, a POP3 account entered by hand, mail arriving.
import { test } from "node:test";
import assert from "node:assert/strict";
import { DESK, PHONE, accessible, browser, failed, letter, open, shot, stage } from "./lib.mjs";

for (const [name, viewport] of [["desk", DESK], ["phone", PHONE]]) {
  test(`first run on a ${name}: discovery, then POP3 by hand`, { timeout: 180_000 }, async () => {
    const house = await stage("--empty");
    const instance = await browser();
    try {
      await house.deliver(house.people[0], letter({ from: "Mormor <mormor@posten.test>", to: house.people[0], subject: "By IMAP", text: "Found by its address." }));
      await house.deliver(house.people[1], letter({ from: "Bo <bo@posten.test>", to: house.people[1], subject: "By POP3", text: "Entered by hand." }));
      const { page, clean } = await open(instance, viewport);
      await page.goto(house.url);
      await page.getByTestId("setup-name").fill("Alice");
      await shot(page, `first-${name}`);
      await accessible(page, "the first screen");
      await page.getByTestId("setup-email").fill(house.alice);
      await page.getByTestId("setup-password").fill(house.password);
      await page.getByTestId("setup-submit").click();
      await page.getByTestId("setup-connect").click();

      // A wrong password first: the reason is said, nothing is saved.
      await page.getByTestId("connect-email").fill(house.people[0]);
      await page.getByTestId("connect-submit").click();
      await page.getByTestId("connect-password").fill("wrong");
      await page.getByTestId("connect-submit").click();
      await page.getByText(/password/i).filter({ hasText: /wrong|refus|accept/i }).first().waitFor();
      await accessible(page, "the connect screen");
      await page.getByTestId("connect-password").fill(house.mailPassword);
      await page.getByTestId("connect-submit").click();
      await page.getByTestId("setup-people-done").click();
      await shot(page, `first-done-${name}`);
      await page.getByTestId("setup-open").click();
      await page.getByTestId("thread-row").filter({ hasText: "By IMAP" }).waitFor();

      await page.goto(`${house.url}/connect`);
      await page.getByTestId("connect-by-hand").click();
      await page.getByTestId("connect-email").fill(house.people[1]);
      await page.getByText("POP3", { exact: true }).first().click();
      await page.getByTestId("connect-in-host").fill("localhost");
      await page.getByTestId("connect-in-port").fill(String(house.pop3s));
      await page.getByTestId("connect-out-host").fill("localhost");
      await page.getByTestId("connect-out-port").fill(String(house.submissions));
      await page.getByTestId("connect-password").fill(house.mailPassword);
      await page.getByText("I know that mail then lies only on this Kinpost.").click();
      await accessible(page, "the form by hand");
      await shot(page, `by-hand-${name}`);
      await page.getByTestId("connect-submit").click();
      await page.waitForURL((url) => !url.pathname.startsWith("/connect"));
      await page.goto(house.url);
      await page.getByTestId("thread-row").filter({ hasText: "By POP3" }).waitFor();
      await page.getByTestId("thread-row").filter({ hasText: "By IMAP" }).waitFor();
      await accessible(page, "all inboxes");
      assert.equal(await page.getByTestId("thread-row").count(), 2);
      clean();
    } catch (error) {
      await failed(error);
    } finally {
      await instance.close();
      await house.end();
    }
  });
}
