// Speaks JMAP over WebSocket (RFC 8887) through ws, which others wrote: URL USER SECRET.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { join } from "node:path";

const require = createRequire(join(process.env.KINPOST_NODE_MODULES, "x.js"));
const WebSocket = require("ws");
const [url, user, secret] = process.argv.slice(2);
const authorization = `Basic ${Buffer.from(`${user}:${secret}`).toString("base64")}`;
const session = await (await fetch(`${url}/.well-known/jmap`, { headers: { authorization } })).json();
const capability = session.capabilities["urn:ietf:params:jmap:websocket"];
assert.equal(capability.supportsPush, true);
const accountId = session.primaryAccounts["urn:ietf:params:jmap:mail"];

const socket = new WebSocket(capability.url, "jmap", { headers: { authorization } });
const heard = [];
const waiting = [];
socket.on("message", (data) => {
  const message = JSON.parse(data);
  const at = waiting.findIndex((w) => w.wanted(message));
  if (at < 0) heard.push(message);
  else waiting.splice(at, 1)[0].done(message);
});
const next = (wanted) => {
  const at = heard.findIndex(wanted);
  if (at >= 0) return Promise.resolve(heard.splice(at, 1)[0]);
  return new Promise((done, fail) => {
    waiting.push({ wanted, done });
    setTimeout(() => fail(new Error(`nothing came; heard ${JSON.stringify(heard)}`)), 20_000).unref();
  });
};
await new Promise((done, fail) => socket.once("open", done).once("error", fail));
assert.equal(socket.protocol, "jmap");

const using = ["urn:ietf:params:jmap:core", "urn:ietf:params:jmap:mail"];
const send = (message) => socket.send(JSON.stringify(message));
send({ "@type": "Request", id: "R1", using, methodCalls: [["Mailbox/get", { accountId, ids: null }, "0"]] });
const answer = await next((m) => m.requestId === "R1");
assert.equal(answer["@type"], "Response");
assert.equal(answer.methodResponses[0][0], "Mailbox/get");
const inbox = answer.methodResponses[0][1].list.find((m) => m.role === "inbox").id;

send({ "@type": "Request", id: "R2", using: ["urn:no:such"], methodCalls: [] });
const refused = await next((m) => m.requestId === "R2");
assert.equal(refused["@type"], "RequestError");
assert.equal(refused.type, "urn:ietf:params:jmap:error:unknownCapability");
socket.send("{ not json");
const garbage = await next((m) => m["@type"] === "RequestError" && m.requestId == null);
assert.equal(garbage.type, "urn:ietf:params:jmap:error:notJSON");

send({ "@type": "WebSocketPushEnable", dataTypes: ["Mailbox", "Email"], pushState: null });
send({ "@type": "Request", id: "R3", using, methodCalls: [["Email/query", { accountId, filter: { inMailbox: inbox } }, "q"], ["Email/set", { accountId, update: {} }, "s"]] });
const found = await next((m) => m.requestId === "R3");
const email = found.methodResponses[0][1].ids[0];
send({ "@type": "Request", id: "R4", using, methodCalls: [["Email/set", { accountId, update: { [email]: { "keywords/$seen": null } } }, "s"]] });
await next((m) => m.requestId === "R4");
const change = await next((m) => m["@type"] === "StateChange" && m.changed[accountId]?.Email);
assert.ok(change.changed[accountId].Mailbox, JSON.stringify(change));
send({ "@type": "WebSocketPushDisable" });
socket.close();
