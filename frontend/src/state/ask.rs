//! One question to the server, and what went wrong with it in plain words.

use serde::{Serialize, de::DeserializeOwned};
use shared::wire::{GetArgs, GetResponse, Problem, SetArgs, SetError, SetResponse};

use crate::{
    api::{ApiError, Batch},
    i18n::{self, house as t},
};

/// What went wrong, and what to do.
pub fn words(error: &ApiError) -> String {
    match error {
        ApiError::Offline => t::error_offline().into(),
        ApiError::LoggedOut => t::error_logged_out().into(),
        ApiError::Status(_, Some(words)) => words.clone(),
        ApiError::Status(413, None) => t::error_too_large().into(),
        ApiError::Status(status, None) => i18n::fill(t::error_status(), &[&status.to_string()]),
        ApiError::Method(problem) => problem_words(problem),
        ApiError::Broken => t::error_broken().into(),
    }
}

fn problem_words(problem: &Problem) -> String {
    problem
        .detail
        .clone()
        .or_else(|| problem.description.clone())
        .unwrap_or_else(|| i18n::fill(t::error_refused(), &[&problem.r#type]))
}

/// Why one object was refused, and what to do.
pub fn set_words(error: &SetError) -> String {
    if let Some(words) = error.description.clone().filter(|words| !words.is_empty()) {
        return words;
    }
    match error.r#type.as_str() {
        "forbidden" => t::error_forbidden().into(),
        "notFound" => t::error_gone().into(),
        "overQuota" | "tooLarge" => t::error_too_large().into(),
        kind => i18n::fill(t::error_refused(), &[kind]),
    }
}

/// One call, one typed answer.
pub async fn ask<T: DeserializeOwned>(name: &'static str, args: &impl Serialize) -> Result<T, String> {
    let mut batch = Batch::new();
    let call = batch.call(name, args);
    let answer = batch.send().await.map_err(|error| words(&error))?;
    answer.take(call).map_err(|error| words(&error))
}

/// Objects of one type.
pub async fn get<T: DeserializeOwned>(name: &'static str, args: &GetArgs<String>) -> Result<Vec<T>, String> {
    ask::<GetResponse<T>>(name, args).await.map(|got| got.list)
}

/// A set call in which every object must pass.
pub async fn set<C: Serialize, U: Serialize>(name: &'static str, args: &SetArgs<C, U>) -> Result<SetResponse, String> {
    let response: SetResponse = ask(name, args).await?;
    match response.first_error() {
        Some(error) => Err(set_words(error)),
        None => Ok(response),
    }
}
