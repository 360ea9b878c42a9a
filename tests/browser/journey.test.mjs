// The whole journey with real servers: read (plain, HTML, attachment, non-Latin) → answer with an attachment to To, Cc and Bcc →
// see it arrive live → file, undo, delete, search; on a desk, on a phone, and by the keyboard alone.
import { test } from "node:test";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { DESK, PHONE, accessible, browser, failed, letter, login, open, shot, stage } from "./lib.mjs";

/** Alice reads anna's mail, bob reads bert's; anna has four letters. */
async function begun() {
  const house = await stage();
  const [anna, bert] = house.people;
  await house.ask({ do: "connect", member: house.alice, address: anna });
  await house.ask({ do: "connect", member: house.bob, address: bert });
  const to = anna, from = `Bert Berg <${bert}>`;
  await house.deliver(anna, letter({ from, to, subject: "Plain words", text: "Shall we meet at four?\n\nBert\n\n> an older line\n> another one\n" }));
  await house.deliver(anna, letter({ from: "News <news@shop.test>", to, subject: "With pictures", html: "<h1>Hello</h1><p>A picture: <img src='http://pictures.test/a.png' alt='a'></p><script>parent.pwned=1</script>" }));
  await house.deliver(anna, letter({ from, to, subject: "A file for you", text: "See the file.", attachment: { name: "notes.txt", type: "text/plain", body: "The notes.\n" } }));
  await house.deliver(anna, letter({ from: "=?utf-8?B?55Sw5Lit?= <tanaka@school.test>", to, subject: "来週の授業について", text: "授業は水曜日です。" }));
  const instance = await browser();
  return { house, instance };
}

const row = (page, text) => page.getByTestId("thread-row").filter({ hasText: text });
const frame = (page) => page.frameLocator('[data-testid="message-frame"]').last();

async function back(page, phone) {
  if (phone) await page.getByRole("button", { name: "Back to the list" }).click();
}

for (const [name, viewport] of [["desk", DESK], ["phone", PHONE]]) {
  test(`the journey on a ${name}`, { timeout: 240_000 }, async () => {
    const { house, instance } = await begun();
    const phone = name === "phone";
    try {
      const { page, clean } = await open(instance, viewport);
      await login(page, house.url, house.alice, house.password);
      await row(page, "Plain words").waitFor();
      await row(page, "来週の授業について").waitFor();
      await accessible(page, "the list");
      await shot(page, `list-${name}`);

      await row(page, "来週の授業について").click();
      await frame(page).getByText("授業は水曜日です。").waitFor();
      await back(page, phone);
      await row(page, "With pictures").click();
      await frame(page).getByText("Hello").waitFor();
      await page.getByTestId("load-images").waitFor();
      assert.equal(await page.evaluate(() => globalThis.pwned ?? null), null);
      await back(page, phone);
      await row(page, "A file for you").click();
      await frame(page).getByText("See the file.").waitFor();
      const download = page.waitForEvent("download");
      await page.getByRole("link", { name: /notes\.txt/ }).or(page.getByRole("button", { name: /notes\.txt/ })).first().click();
      assert.equal(readFileSync(await (await download).path(), "utf8").replaceAll("\r", ""), "The notes.\n");
      await back(page, phone);
      await row(page, "Plain words").click();
      await frame(page).getByText("Shall we meet at four?").waitFor();
      await accessible(page, "the reader");
      await shot(page, `read-${name}`);

      // bob watches his inbox while alice answers.
      const other = await open(instance, DESK);
      await login(other.page, house.url, house.bob, house.password);
      await page.getByRole("button", { name: "Reply", exact: true }).first().click();
      await page.getByTestId("compose-body").waitFor();
      await page.getByTestId("compose-cc").fill(house.people[2]);
      await page.keyboard.press("Enter");
      await page.getByTestId("compose-bcc").fill(house.people[3]);
      await page.keyboard.press("Enter");
      await page.getByTestId("compose-body").click();
      await page.keyboard.press("Control+Home");
      await page.keyboard.type("Yes, at four.");
      await page.getByTestId("compose-file").setInputFiles({ name: "map.txt", mimeType: "text/plain", buffer: Buffer.from("turn left") });
      await page.getByText("map.txt").first().waitFor();
      await accessible(page, "the composer");
      await shot(page, `compose-${name}`);
      await page.getByTestId("compose-send").click();
      await page.getByTestId("undo").waitFor();
      await row(other.page, "Re: Plain words").waitFor({ timeout: 40_000 });
      await row(other.page, "Re: Plain words").click();
      await frame(other.page).getByText("Yes, at four.").waitFor();
      await other.page.getByText("map.txt").first().waitFor();
      assert.equal(await other.page.getByText(house.people[3]).count(), 0, "Bcc was told");
      other.clean();
      await other.context.close();

      if (phone) await back(page, phone);
      await row(page, "With pictures").click();
      if (phone) await page.locator(".reader__bar").getByRole("button", { name: "Archive" }).click();
      else await page.keyboard.press("e");
      await row(page, "With pictures").waitFor({ state: "detached" });
      await page.getByTestId("undo").click();
      await row(page, "With pictures").waitFor();
      await row(page, "With pictures").click();
      if (phone) await page.locator(".reader__bar").getByRole("button", { name: "Delete" }).click();
      else await page.keyboard.press("#");
      await row(page, "With pictures").waitFor({ state: "detached" });

      await page.goto(`${house.url}/`);
      if (phone) await page.getByRole("button", { name: "Search" }).or(page.getByRole("link", { name: "Search" })).last().click();
      await page.getByTestId("search").fill("subject:file has:attachment");
      await page.keyboard.press("Enter");
      await row(page, "A file for you").waitFor();
      await row(page, "Plain words").waitFor({ state: "detached" });
      await accessible(page, "the search");
      await shot(page, `search-${name}`);
      clean();
    } catch (error) {
      await failed(error);
    } finally {
      await instance.close();
      await house.end();
    }
  });
}

test("the journey by the keyboard alone", { timeout: 240_000 }, async () => {
  const { house, instance } = await begun();
  try {
    const { page, clean } = await open(instance, DESK);
    await page.goto(house.url);
    await page.locator('[data-testid="login-email"]:focus').waitFor();
    await page.keyboard.type(house.alice);
    await page.keyboard.press("Tab");
    await page.keyboard.type(house.password);
    await page.keyboard.press("Enter");
    await row(page, "Plain words").waitFor();
    await row(page, "来週の授業について").waitFor();
    // Down the list until the plain letter is open.
    for (let step = 0; step < 6; step++) {
      await page.keyboard.press("j");
      await page.keyboard.press("Enter");
      if (await page.getByRole("heading", { name: "Plain words" }).waitFor({ timeout: 1500 }).then(() => true, () => false)) break;
    }
    await frame(page).getByText("Shall we meet at four?").waitFor();
    await page.keyboard.press("r");
    await page.getByTestId("compose-body").waitFor();
    await page.keyboard.type("By keys alone.");
    await page.keyboard.press("Control+Enter");
    await page.getByTestId("undo").waitFor();
    await page.keyboard.press("e");
    await row(page, "Plain words").waitFor({ state: "detached" });
    await page.keyboard.press("z");
    await row(page, "Plain words").waitFor();
    await page.keyboard.press("/");
    await page.keyboard.type("subject:pictures");
    await page.keyboard.press("Enter");
    await row(page, "With pictures").waitFor();
    await row(page, "Plain words").waitFor({ state: "detached" });
    await page.keyboard.press("Escape");
    await page.keyboard.press("?");
    await page.getByRole("dialog").waitFor();
    await page.keyboard.press("Escape");
    clean();
  } catch (error) {
    await failed(error);
  } finally {
    await instance.close();
    await house.end();
  }
});
