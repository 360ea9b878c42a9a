//! Dates, numbers and plurals in the person's own language, by the browser's `Intl`.

use js_sys::{Array, Date, Function, Intl, Object, Reflect};
use wasm_bindgen::JsValue;

use super::clock::{at_local, today_start};

const DAY_MS: f64 = 86_400_000.0;

fn options(pairs: &[(&str, &str)]) -> Object {
    let object = Object::new();
    for (key, value) in pairs {
        let _ = Reflect::set(&object, &(*key).into(), &(*value).into());
    }
    object
}

fn call(function: &Function, value: &JsValue) -> String {
    function.call1(&JsValue::UNDEFINED, value).ok().and_then(|text| text.as_string()).unwrap_or_default()
}

thread_local! {
    // Making a formatter costs some 50 µs, using it 1 µs: make each once.
    static FORMATS: [Function; 7] = [
        dates(&[("hour", "2-digit"), ("minute", "2-digit")]),
        dates(&[("weekday", "short")]),
        dates(&[("day", "numeric"), ("month", "short")]),
        dates(&[("day", "numeric"), ("month", "short"), ("year", "numeric")]),
        dates(&[("dateStyle", "full"), ("timeStyle", "short")]),
        dates(&[("month", "long"), ("year", "numeric")]),
        Intl::NumberFormat::new(&Array::new(), &Object::new()).format(),
    ];
}

fn dates(pairs: &[(&str, &str)]) -> Function {
    Intl::DateTimeFormat::new(&Array::new(), &options(pairs)).format()
}

fn show(format: usize, value: f64) -> String {
    let value = if format == 6 { JsValue::from_f64(value) } else { Date::new(&JsValue::from_f64(value)).into() };
    FORMATS.with(|all| all.get(format).map(|function| call(function, &value)).unwrap_or_default())
}

/// `14:05`.
pub fn time_of_day(ms: f64) -> String {
    if ms.is_nan() { String::new() } else { show(0, ms) }
}

/// `14:05` today, else the given word for yesterday, `Mon` within six days, `3 Mar` this year, `3 Mar 2019`.
pub fn date_short(ms: f64, yesterday: &str) -> String {
    if ms.is_nan() {
        return String::new();
    }
    let today = today_start();
    let day = at_local(ms);
    if day >= today && day < today + DAY_MS {
        show(0, ms)
    } else if day >= today - 1.5 * DAY_MS && day < today {
        yesterday.to_owned()
    } else if day > today - 6.5 * DAY_MS && day < today {
        show(1, ms)
    } else if Date::new(&ms.into()).get_full_year() == Date::new(&today.into()).get_full_year() {
        show(2, ms)
    } else {
        show(3, ms)
    }
}

/// The whole date with weekday and time.
pub fn date_long(ms: f64) -> String {
    if ms.is_nan() { String::new() } else { show(4, ms) }
}

/// `March 2017`.
pub fn date_month(ms: f64) -> String {
    if ms.is_nan() { String::new() } else { show(5, ms) }
}

/// `48,213`.
pub fn number(value: u64) -> String {
    show(6, value as f64)
}

/// `2.4 MB`, in decimal units as file managers show them.
pub fn size(octets: u64) -> String {
    let (value, unit) = match octets {
        0..1_000 => return format!("{octets} B"),
        1_000..1_000_000 => return format!("{} kB", octets.div_ceil(1_000)),
        1_000_000..1_000_000_000 => (octets / 100_000, "MB"),
        _ => (octets / 100_000_000, "GB"),
    };
    format!("{} {unit}", show(6, value as f64 / 10.0))
}

/// Does this number take the form for one, in the language of the texts?
pub fn plural_one(value: u64) -> bool {
    thread_local! {
        static RULES: Intl::PluralRules = Intl::PluralRules::new(&Array::of1(&"en".into()), &Object::new());
    }
    RULES.with(|rules| rules.select(value as f64) == "one")
}

#[cfg(test)]
mod tests {
    use super::size;

    #[test]
    fn small_sizes_are_whole() {
        assert_eq!(size(0), "0 B");
        assert_eq!(size(999), "999 B");
        assert_eq!(size(1_000), "1 kB");
        assert_eq!(size(180_400), "181 kB");
    }
}
