//! `kinpost serve`: the household opened, its workers started, its door open, until it is told to stop.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

use anyhow::{Context, Result, bail};
use store::household;
use tokio::{net::TcpListener, task::JoinHandle, time::timeout};
use web::Door;

use crate::{
    args::Serve,
    config::Config,
    control::server as control,
    house::House,
    lock::{self, Lock},
    place::Place,
    stop, upkeep,
};

/// A stop takes no longer than this, whatever still runs.
const STOP_TIME: Duration = Duration::from_secs(8);
/// Nor does closing the database.
const CLOSE_TIME: Duration = Duration::from_secs(1);

/// Everything that listens, opened before anything else starts.
pub struct Opened {
    /// Held until the end.
    pub lock: Lock,
    /// The household.
    pub house: House,
    /// The door's socket.
    pub listener: TcpListener,
    /// Where it really listens.
    pub address: SocketAddr,
    /// The configuration.
    pub config: Config,
}

/// Runs the command.
pub async fn run(place: &Place, options: Serve) -> Result<ExitCode> {
    let data = place.data()?;
    lock::make_folder(&data)?;
    let config = Config::load(place.config.as_deref(), &data, &options.overrides)?;
    let opened = open(&data, config).await?;
    let door = Door::new(opened.house.store.clone(), opened.house.mail.clone(), opened.config.surroundings()?, None);
    let url = url(&opened);
    let (plain_http, store) = (opened.config.plain_http, opened.house.store.clone());
    let running = Running::start(&data, opened, door.clone()).await?;
    println!("Kinpost is at {url}");
    if plain_http && !url.starts_with("https://") {
        println!(
            "Warning: log-in over unencrypted HTTP is allowed (plain_http). Whoever shares the network can read passwords and mail."
        );
    }
    if household::is_empty(&mut store.read().await?).await? {
        println!("Nobody lives here yet: open it in a browser to begin.");
        if let Some(code) = door.setup_code.shown() {
            println!("From any other computer the first page asks for this code: {code}");
        }
    }
    if let Some(path) = &options.print_env {
        write_env(path, &[("KINPOST_URL", &url)])?;
    }
    running.until_stopped().await
}

/// Takes the lock, opens the household and the socket.
pub async fn open(data: &Path, config: Config) -> Result<Opened> {
    let Some(lock) = lock::take(data)? else {
        bail!("a kinpost is already running on {}: stop it first, or give another --data", data.display());
    };
    let asked = config.listen_at()?;
    let listener = TcpListener::bind(asked).await.with_context(|| {
        format!("cannot listen at {asked}: is another program there? Try --listen with another port")
    })?;
    let address = listener.local_addr().context("the socket has no address")?;
    let house = House::open(data, &config).await?;
    Ok(Opened { lock, house, listener, address, config })
}

/// Where people go.
pub fn url(opened: &Opened) -> String {
    if !opened.config.public_url.is_empty() {
        return opened.config.public_url.trim_end_matches('/').to_owned();
    }
    let at = opened.address;
    if at.ip().is_loopback() || at.ip().is_unspecified() {
        format!("http://localhost:{}", at.port())
    } else {
        format!("http://{at}")
    }
}

/// `NAME=value` lines, put in place at once so that a reader never sees half of them.
pub fn write_env(path: &Path, lines: &[(&str, &str)]) -> Result<()> {
    let text: String = lines.iter().map(|(name, value)| format!("{name}={value}\n")).collect();
    let part = path.with_extension("part");
    let written = std::fs::write(&part, text).and_then(|()| std::fs::rename(&part, path));
    written.with_context(|| format!("cannot write {}", path.display()))
}

/// A server that answers.
pub struct Running {
    data: PathBuf,
    house: House,
    door: Door,
    lock: Lock,
    served: JoinHandle<()>,
    control: JoinHandle<()>,
    upkeep: JoinHandle<()>,
}

impl Running {
    /// Starts workers, control socket and door.
    pub async fn start(data: &Path, opened: Opened, door: Door) -> Result<Self> {
        let Opened { lock, house, listener, .. } = opened;
        let stop = door.stop.clone();
        stop::on_signal(stop.clone())?;
        house.mail.start().await.context("the mail client cannot start")?;
        Ok(Self {
            control: tokio::spawn(control::run(control::open(data)?, house.clone(), stop.clone())),
            upkeep: tokio::spawn(upkeep::run(house.store.clone(), stop)),
            served: tokio::spawn(web::serve(listener, door.clone())),
            data: data.to_owned(),
            house,
            door,
            lock,
        })
    }

    /// Waits for a signal, then stops in order: no new requests, those under way, workers, notes, store.
    pub async fn until_stopped(self) -> Result<ExitCode> {
        let Self { data, house, door, lock, served, control, upkeep } = self;
        door.stop.cancelled().await;
        let end = async {
            let _ = served.await;
            house.mail.shutdown().await;
            let _ = control.await;
            let _ = upkeep.await;
            door.notes.close();
            door.notes.wait().await;
        };
        if timeout(STOP_TIME, end).await.is_err() {
            tracing::warn!("something did not stop in time and is cut off");
        }
        let _ = std::fs::remove_file(crate::control::path(&data));
        let _ = timeout(CLOSE_TIME, house.store.close()).await;
        drop(lock);
        Ok(ExitCode::SUCCESS)
    }
}
