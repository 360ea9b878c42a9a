// Measures the first load: URL EMAIL PASSWORD. Prints one line of JSON: bytes, requests, fast, slow, again (milliseconds).
import { DESK, PHONE, browser, login, open } from "./lib.mjs";

const [url, email, password] = process.argv.slice(2);
const instance = await browser();

/** A logged-in context with an empty cache, since the cookie is all that is carried over. */
async function visitor(viewport) {
  const first = await open(instance, viewport);
  await login(first.page, url, email, password);
  const state = await first.context.storageState();
  await first.context.close();
  return open(instance, viewport, { context: { storageState: { cookies: state.cookies, origins: [] } } });
}

async function slow(page) {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("Network.enable");
  await cdp.send("Network.emulateNetworkConditions", { offline: false, latency: 150, downloadThroughput: 1.6e6 / 8, uploadThroughput: 0.75e6 / 8 });
  await cdp.send("Emulation.setCPUThrottlingRate", { rate: 4 });
}

async function readable(page) {
  const start = performance.now();
  await page.goto(url, { waitUntil: "commit" });
  await page.getByTestId("thread-row").first().waitFor();
  return performance.now() - start;
}

const median = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
const out = {};

{
  const { context, page } = await visitor(DESK);
  const cdp = await context.newCDPSession(page);
  await cdp.send("Network.enable");
  let bytes = 0, requests = 0;
  cdp.on("Network.loadingFinished", (event) => { bytes += event.encodedDataLength; requests += 1; });
  await readable(page);
  await page.waitForTimeout(500);
  out.bytes = bytes;
  out.requests = requests;
  await context.close();
}
{
  const times = [];
  for (let run = 0; run < 5; run++) {
    const { context, page } = await visitor(DESK);
    times.push(await readable(page));
    await context.close();
  }
  out.fast = median(times);
}
{
  const first = [], again = [];
  for (let run = 0; run < 3; run++) {
    const { context, page } = await visitor(PHONE);
    await slow(page);
    first.push(await readable(page));
    await page.goto("about:blank");
    again.push(await readable(page));
    await context.close();
  }
  out.slow = median(first);
  out.again = median(again);
}
console.log(JSON.stringify(out));
await instance.close();
