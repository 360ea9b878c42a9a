"""Reads, files and listens through jmapc, a JMAP client that others wrote: HOST USER SECRET."""

import sys
import threading

from jmapc import Client, Comparator, Email, EmailAddress, EmailBodyPart, EmailBodyValue, EmailHeader, EmailQueryFilterCondition, MailboxQueryFilterCondition, Ref
from jmapc.methods import EmailChanges, EmailGet, EmailQuery, EmailSet, IdentityGet, MailboxGet, MailboxQuery, SearchSnippetGet, ThreadGet

host, user, secret = sys.argv[1:4]
client = Client.create_with_password(host=host, user=user, password=secret)
assert client.account_id, "no account"

inbox = client.request([MailboxQuery(filter=MailboxQueryFilterCondition(role="inbox")), MailboxGet(ids=Ref("/ids"))])[1].response.data[0]
assert inbox.total_emails == 5, inbox
drafts = client.request([MailboxQuery(filter=MailboxQueryFilterCondition(role="drafts")), MailboxGet(ids=Ref("/ids"))])[1].response.data[0]

found = client.request([
    EmailQuery(filter=EmailQueryFilterCondition(in_mailbox=inbox.id), sort=[Comparator(property="receivedAt", is_ascending=False)], limit=3),
    EmailGet(ids=Ref("/ids"), properties=["id", "threadId", "subject", "from", "preview"]),
    ThreadGet(ids=Ref("/list/*/threadId")),
])
assert len(found[1].response.data) == 3 and found[1].response.data[0].preview == "Text of the letter", found
assert len(found[2].response.data) == 3

snippet = client.request([EmailQuery(filter=EmailQueryFilterCondition(text="letter")), SearchSnippetGet(ids=Ref("/ids"), filter=EmailQueryFilterCondition(text="letter"))])
assert "<mark>" in str(snippet[1].response.data), snippet

identity = client.request(IdentityGet()).data[0]
assert identity.email, identity

state = found[1].response.state
pushed = threading.Event()


def listen():
    for event in client.events:
        pushed.set()
        return


listener = threading.Thread(target=listen, daemon=True)
listener.start()

draft = Email(
    mail_from=[EmailAddress(name="Alice", email=user)],
    to=[EmailAddress(name="Bo", email="bo@b.test")],
    subject="A draft by a stranger",
    keywords={"$draft": True},
    mailbox_ids={drafts.id: True},
    body_values={"body": EmailBodyValue(value="Words")},
    text_body=[EmailBodyPart(part_id="body", type="text/plain")],
    headers=[EmailHeader(name="X-Made-By", value=" jmapc")],
)
for attempt in range(40):
    made = client.request(EmailSet(create={"d": draft}))
    assert made.created and made.created["d"].id, made
    if pushed.wait(0.5):
        break
assert pushed.is_set(), "no push arrived"
changes = client.request(EmailChanges(since_state=state))
assert made.created["d"].id in changes.created, changes
