//! A server of files on a free port of this machine.
//!
//! It has a thread for each connection and one request on each: a browser keeps idle connections
//! open, and a pool of workers would wait on them.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    path::{Component, Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use crate::Outcome;

/// What a page of course notes on a strict host may do.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; \
    style-src 'self'; connect-src 'self'; img-src 'self' data:";

/// Where the first script of every page is: a file, as a strict policy wants it.
const SCRIPT: &str = "/first-script.js";

/// More than any request of a browser.
const LONGEST_REQUEST: u64 = 1 << 16;

/// A folder that is served.
pub struct Mount {
    /// The start of its addresses, with a slash at both ends.
    pub prefix: &'static str,
    /// Where it is.
    pub folder: PathBuf,
    /// Whether its files come with a strict Content-Security-Policy.
    pub strict: bool,
}

struct Site {
    mounts: Vec<Mount>,
    script: Option<&'static str>,
    refused: Mutex<Vec<String>>,
    ended: AtomicBool,
}

/// Serves until dropped.
pub struct Server {
    address: SocketAddr,
    site: Arc<Site>,
    listening: Option<JoinHandle<()>>,
}

impl Server {
    /// Serves some folders. Where prefixes overlap the first that fits is taken. A script, if
    /// there is one, is the first that runs on every page.
    ///
    /// # Errors
    /// Where no port can be had.
    pub fn start(mounts: Vec<Mount>, script: Option<&'static str>) -> Outcome<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let site = Arc::new(Site {
            mounts,
            script,
            refused: Mutex::default(),
            ended: AtomicBool::new(false),
        });
        let shared = Arc::clone(&site);
        let listening = thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                if shared.ended.load(Ordering::Acquire) {
                    return;
                }
                let site = Arc::clone(&shared);
                // A browser may hang up as it goes on to another page.
                thread::spawn(move || site.answer(connection).ok());
            }
        });
        Ok(Self {
            address,
            site,
            listening: Some(listening),
        })
    }

    /// The address of a path that starts with a slash.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The paths that were asked for in vain since the last time.
    pub fn take_refused(&self) -> Vec<String> {
        std::mem::take(&mut self.site.refused())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.site.ended.store(true, Ordering::Release);
        // The listener sees it at the next connection.
        let woken = TcpStream::connect(self.address).is_ok();
        if let Some(listening) = self.listening.take().filter(|_| woken) {
            let _ = listening.join();
        }
    }
}

impl Site {
    fn refused(&self) -> std::sync::MutexGuard<'_, Vec<String>> {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Answers the one request of a connection.
    fn answer(&self, mut connection: TcpStream) -> std::io::Result<()> {
        connection.set_read_timeout(Some(Duration::from_secs(60)))?;
        let mut lines = BufReader::new(connection.try_clone()?.take(LONGEST_REQUEST)).lines();
        let request = lines.next().transpose()?.unwrap_or_default();
        for header in lines {
            if header?.is_empty() {
                break;
            }
        }
        let Some(url) = request
            .strip_prefix("GET ")
            .and_then(|rest| rest.split(' ').next())
        else {
            return Ok(());
        };
        let found = self.find(url);
        if found.is_none() {
            self.refused().push(url.to_owned());
        }
        let (status, kind, policy, body) = found.map_or_else(
            || ("404 Not Found", "text/plain", "", b"not found".to_vec()),
            |file| ("200 OK", file.kind, file.policy, file.body),
        );
        let mut head = format!(
            "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\
            Cache-Control: no-cache\r\nConnection: close\r\n",
            body.len()
        );
        if !policy.is_empty() {
            head = format!("{head}Content-Security-Policy: {policy}\r\n");
        }
        connection.write_all(format!("{head}\r\n").as_bytes())?;
        connection.write_all(&body)
    }

    /// What is at an address.
    fn find(&self, url: &str) -> Option<File> {
        let path = url.split(['?', '#']).next()?;
        if let Some(script) = self.script.filter(|_| path == SCRIPT) {
            return Some(File {
                kind: mime(Path::new(SCRIPT)),
                policy: "",
                body: script.into(),
            });
        }
        let mount = self
            .mounts
            .iter()
            .find(|mount| path.starts_with(mount.prefix))?;
        let relative = Path::new(&path[mount.prefix.len()..]);
        let inside = |part: Component| matches!(part, Component::Normal(_));
        if !relative.components().all(inside) {
            return None;
        }
        let mut name = mount.folder.join(relative);
        if name.is_dir() {
            name.push("index.html");
        }
        let body = fs::read(&name).ok()?;
        let kind = mime(&name);
        let is_page = kind.starts_with("text/html");
        Some(File {
            kind,
            policy: if mount.strict { POLICY } else { "" },
            body: if is_page && self.script.is_some() {
                with_script(&body)
            } else {
                body
            },
        })
    }
}

/// What is sent for an address.
struct File {
    kind: &'static str,
    policy: &'static str,
    body: Vec<u8>,
}

/// A page that runs the first script, at the head of what a policy in the page is about too.
fn with_script(page: &[u8]) -> Vec<u8> {
    let page = String::from_utf8_lossy(page);
    let head = format!("<head><script src=\"{SCRIPT}\"></script>");
    page.replacen("<head>", &head, 1).into_bytes()
}

/// Browsers run modules and compile WebAssembly as it comes in only under their right types.
fn mime(name: &Path) -> &'static str {
    match name.extension().and_then(|extension| extension.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        Some("woff2") => "font/woff2",
        _ => "application/octet-stream",
    }
}
