// Calls the methods through jmap-jam, a JMAP client that others wrote: URL SECRET.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const require = createRequire(join(process.env.KINPOST_NODE_MODULES, "x.js"));
const { JamClient } = await import(pathToFileURL(require.resolve("jmap-jam")));
const [url, secret] = process.argv.slice(2);
const jam = new JamClient({ bearerToken: secret, sessionUrl: `${url}/.well-known/jmap` });
const accountId = await jam.getPrimaryAccount();

const [mailboxes] = await jam.api.Mailbox.get({ accountId });
const inbox = mailboxes.list.find((m) => m.role === "inbox");
assert.equal(inbox.totalEmails, 5);
const [{ query, emails }] = await jam.requestMany((t) => {
  const query = t.Email.query({ accountId, filter: { inMailbox: inbox.id }, sort: [{ property: "receivedAt", isAscending: false }], calculateTotal: true });
  const emails = t.Email.get({ accountId, ids: query.$ref("/ids"), properties: ["id", "subject", "keywords", "mailboxIds"] });
  return { query, emails };
});
assert.equal(query.total, 5);
assert.equal(emails.list.length, 5);
const first = emails.list[0];
const [set] = await jam.api.Email.set({ accountId, update: { [first.id]: { "keywords/$flagged": true } } });
assert.ok(first.id in set.updated);
const [made] = await jam.api.Mailbox.set({ accountId, create: { a: { name: "Jam", parentId: null } } });
assert.ok(made.created.a.id);
const [changes] = await jam.api.Email.changes({ accountId, sinceState: emails.state });
assert.deepEqual(changes.updated, [first.id]);
const blob = await jam.uploadBlob(accountId, new Blob(["From: a@b.test\r\nSubject: Uploaded\r\n\r\nx"], { type: "message/rfc822" }));
const [imported] = await jam.api.Email.import({ accountId, emails: { i: { blobId: blob.blobId, mailboxIds: { [made.created.a.id]: true } } } });
assert.ok(imported.created.i.id);
const file = await jam.downloadBlob({ accountId, blobId: imported.created.i.blobId, fileName: "x.eml", mimeType: "message/rfc822" });
assert.match(await file.text(), /Subject: Uploaded/);
await assert.rejects(jam.api.Email.get({ accountId: "a999", ids: [] }));
