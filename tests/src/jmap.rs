//! A small JMAP client: one method a call, or many with back-references.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use crate::wait;

/// Everything that Kinpost announces.
pub const USING: &[&str] = &[
    "urn:ietf:params:jmap:core",
    "urn:ietf:params:jmap:mail",
    "urn:ietf:params:jmap:submission",
    "urn:kinpost:sources",
    "urn:kinpost:household",
];

/// A logged-in JMAP client.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    user: String,
    secret: String,
    /// The Session object as it was at the start.
    pub session: Value,
    /// The primary account for mail.
    pub account: String,
}

impl Client {
    /// Logs in with an app password and reads the Session.
    pub async fn connect(base: &str, user: &str, secret: &str) -> Result<Self> {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .timeout(Duration::from_secs(60))
            .tls_danger_accept_invalid_certs(true)
            // Tests end and start the server: a connection kept from before would fail the next request.
            .pool_max_idle_per_host(0)
            .build()?;
        let answer = http.get(format!("{base}/.well-known/jmap")).basic_auth(user, Some(secret)).send().await?;
        if !answer.status().is_success() {
            bail!("the session answers {}", answer.status());
        }
        let session: Value = serde_json::from_slice(&answer.bytes().await?)?;
        let account =
            session["primaryAccounts"]["urn:ietf:params:jmap:mail"].as_str().context("no mail account")?.to_owned();
        Ok(Self { http, user: user.to_owned(), secret: secret.to_owned(), session, account })
    }

    /// A whole request; the `methodResponses`.
    pub async fn request(&self, calls: Value) -> Result<Vec<Value>> {
        let url = self.session["apiUrl"].as_str().context("no apiUrl")?;
        let body = json!({"using": USING, "methodCalls": calls}).to_string();
        let answer = self
            .http
            .post(url)
            .basic_auth(&self.user, Some(&self.secret))
            .header("content-type", "application/json")
            .body(body)
            .send()
            .await?;
        let status = answer.status();
        let bytes = answer.bytes().await?;
        if !status.is_success() {
            bail!("{status}: {}", String::from_utf8_lossy(&bytes));
        }
        let mut answer: Value = serde_json::from_slice(&bytes)?;
        match answer["methodResponses"].take() {
            Value::Array(responses) => Ok(responses),
            other => bail!("no methodResponses but {other}"),
        }
    }

    /// One method with `accountId` filled in; its arguments back. A method error is an error.
    pub async fn call(&self, method: &str, mut arguments: Value) -> Result<Value> {
        if arguments.get("accountId").is_none() {
            arguments["accountId"] = self.account.clone().into();
        }
        let mut responses = self.request(json!([[method, arguments, "0"]])).await?;
        let mut first = responses.swap_remove(0);
        if first[0] == "error" { bail!("{method}: {}", first[1]) } else { Ok(first[1].take()) }
    }

    /// The Mailbox with this role, or this name.
    pub async fn mailbox(&self, name: &str) -> Result<String> {
        let all = self.call("Mailbox/get", json!({})).await?;
        all["list"]
            .as_array()
            .into_iter()
            .flatten()
            .find(|mailbox| mailbox["role"] == name || mailbox["name"] == name)
            .and_then(|mailbox| mailbox["id"].as_str().map(str::to_owned))
            .with_context(|| format!("no mailbox {name}"))
    }

    /// Waits until the first Source's folders have taken the roles over; until then they are local.
    pub async fn wait_for_roles(&self) -> Result<()> {
        wait::until("the Source's folders", Duration::from_secs(30), || async {
            let all = self.call("Mailbox/get", json!({})).await?;
            let taken = |role: &str| {
                all["list"].as_array().into_iter().flatten().any(|m| m["role"] == role && m["sourceId"].is_string())
            };
            Ok(["inbox", "drafts", "sent", "archive", "trash"].iter().all(|role| taken(role)).then_some(()))
        })
        .await
    }

    /// Ids of a filter, newest first.
    pub async fn query(&self, filter: Value) -> Result<Vec<String>> {
        let sort = json!([{"property": "receivedAt", "isAscending": false}]);
        let found = self.call("Email/query", json!({"filter": filter, "sort": sort})).await?;
        Ok(serde_json::from_value(found["ids"].clone())?)
    }

    /// Waits until a filter finds exactly `count` Emails.
    pub async fn wait_for(&self, filter: Value, count: usize) -> Result<Vec<String>> {
        wait::until(&format!("{count} Emails of {filter}"), Duration::from_secs(60), || async {
            let found = self.query(filter.clone()).await?;
            Ok((found.len() == count).then_some(found))
        })
        .await
    }

    /// Uploads a blob; its id.
    pub async fn upload(&self, kind: &str, bytes: Vec<u8>) -> Result<String> {
        let url = self.session["uploadUrl"].as_str().context("no uploadUrl")?.replace("{accountId}", &self.account);
        let answer = self
            .http
            .post(url)
            .basic_auth(&self.user, Some(&self.secret))
            .header("content-type", kind)
            .body(bytes)
            .send()
            .await?;
        let status = answer.status();
        let answer: Value = serde_json::from_slice(&answer.bytes().await?)?;
        answer["blobId"].as_str().map(str::to_owned).with_context(|| format!("upload: {status} {answer}"))
    }

    /// Downloads a blob; status and bytes.
    pub async fn download(&self, blob: &str) -> Result<(u16, Vec<u8>)> {
        let url = self.session["downloadUrl"]
            .as_str()
            .context("no downloadUrl")?
            .replace("{accountId}", &self.account)
            .replace("{blobId}", blob)
            .replace("{name}", "blob")
            .replace("{type}", "application%2Foctet-stream");
        let answer = self.http.get(url).basic_auth(&self.user, Some(&self.secret)).send().await?;
        Ok((answer.status().as_u16(), answer.bytes().await?.to_vec()))
    }

    /// Imports a message into a Mailbox; its id.
    pub async fn import(&self, mailbox: &str, message: Vec<u8>) -> Result<String> {
        let blob = self.upload("message/rfc822", message).await?;
        let emails = json!({"a": {"blobId": blob, "mailboxIds": {mailbox: true}}});
        let done = self.call("Email/import", json!({"emails": emails})).await?;
        done["created"]["a"]["id"].as_str().map(str::to_owned).with_context(|| format!("import: {done}"))
    }
}
