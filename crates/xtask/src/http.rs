//! A small server for the files of one folder, on this machine alone.

use std::{
    fs,
    io::{self, BufRead, BufReader, Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    path::{Component, Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use crate::step::Outcome;

/// More than any request of a browser.
const LONGEST_REQUEST: u64 = 1 << 16;

/// Takes a port of this machine.
pub fn listen(port: u16) -> Outcome<TcpListener> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => format!(
            "port {port} is taken by another program: try cargo xtask serve --port {}",
            if port < u16::MAX { port + 1 } else { 8080 }
        ),
        _ => format!("cannot listen on port {port}: {error}"),
    })
}

/// The port that was taken.
pub fn port_of(listener: &TcpListener) -> Outcome<u16> {
    let address = listener.local_addr();
    let describe = |error| format!("cannot tell the port of the page: {error}");
    Ok(address.map_err(describe)?.port())
}

/// A folder being served. Dropping it frees the port.
pub struct Served {
    address: SocketAddr,
    stop: Arc<AtomicBool>,
    listening: Option<JoinHandle<()>>,
}

impl Served {
    /// Serves a folder: a thread for each connection and one request on each, so
    /// that no request waits behind a connection that a browser keeps idle.
    pub fn folder(root: &Path, listener: TcpListener) -> Outcome<Self> {
        let address = listener
            .local_addr()
            .map_err(|error| format!("cannot serve the page: {error}"))?;
        let stop = Arc::new(AtomicBool::new(false));
        let (stopped, root) = (Arc::clone(&stop), root.to_owned());
        let listening = thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                if stopped.load(Ordering::Relaxed) {
                    return;
                }
                let root = root.clone();
                // A reader that has gone away is no concern of ours.
                thread::spawn(move || answer(&root, &connection).ok());
            }
        });
        Ok(Self {
            address,
            stop,
            listening: Some(listening),
        })
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        // The listener sees it at the next connection.
        let woken = TcpStream::connect(self.address).is_ok();
        if let Some(listening) = self.listening.take().filter(|_| woken) {
            let _ = listening.join();
        }
    }
}

/// Answers the one request of a connection.
fn answer(root: &Path, mut connection: &TcpStream) -> io::Result<()> {
    connection.set_read_timeout(Some(Duration::from_secs(60)))?;
    let mut lines = BufReader::new(connection.take(LONGEST_REQUEST)).lines();
    let request = lines.next().transpose()?.unwrap_or_default();
    for header in lines {
        if header?.is_empty() {
            break;
        }
    }
    let mut words = request.split(' ');
    let (method, url) = (words.next(), words.next().unwrap_or_default());
    let head = method == Some("HEAD");
    let (status, kind, body) = if head || method == Some("GET") {
        let file = locate(root, url).and_then(|path| Some((fs::read(&path).ok()?, mime(&path))));
        match file {
            Some((body, kind)) => ("200 OK", kind, body),
            None => ("404 Not Found", "text/plain", b"Not found".to_vec()),
        }
    } else {
        (
            "405 Method Not Allowed",
            "text/plain",
            b"Read only".to_vec(),
        )
    };
    write!(
        connection,
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\
         Cache-Control: no-cache\r\nConnection: close\r\n\r\n",
        body.len()
    )?;
    if head {
        return Ok(());
    }
    connection.write_all(&body)
}

/// The file that a URL names, if it is in the folder.
fn locate(root: &Path, url: &str) -> Option<PathBuf> {
    let relative = relative(url)?;
    let mut path = root.join(relative).canonicalize().ok()?;
    if path.is_dir() {
        path.push("index.html");
    }
    // A symbolic link may lead out although the URL does not.
    (path.starts_with(root.canonicalize().ok()?) && path.is_file()).then_some(path)
}

/// The path in a URL, decoded, unless it could lead out of the folder.
fn relative(url: &str) -> Option<PathBuf> {
    let path = url.split(['?', '#']).next().unwrap_or_default();
    let path = decode(path.strip_prefix('/')?)?;
    if path.contains(['\\', '\0', ':']) {
        return None;
    }
    let path = PathBuf::from(path);
    path.components()
        .all(|part| matches!(part, Component::Normal(_)))
        .then_some(path)
}

/// Undoes percent-encoding.
fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(if byte == b'%' {
            let digit = |byte: u8| char::from(byte).to_digit(16);
            (digit(rest.next()?)? * 16 + digit(rest.next()?)?) as u8
        } else {
            byte
        });
    }
    String::from_utf8(bytes).ok()
}

/// Media type of a file, by its ending. Browsers refuse modules, styles and
/// streamed WebAssembly of another type.
fn mime(path: &Path) -> &'static str {
    match path
        .extension()
        .and_then(|ending| ending.to_str())
        .unwrap_or_default()
    {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "json" | "map" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" | "ts" | "md" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_names_a_file_below_the_folder() {
        let path = |url| relative(url).map(|path| path.to_string_lossy().into_owned());
        assert_eq!(path("/"), Some(String::new()));
        assert_eq!(path("/web/a.js?v=1#top"), Some("web/a.js".to_owned()));
        assert_eq!(path("/a%20b.txt"), Some("a b.txt".to_owned()));
        assert_eq!(path("/%c3%a9"), Some("é".to_owned()));
    }

    #[test]
    fn a_url_cannot_lead_out_of_the_folder() {
        for url in [
            "/../Cargo.toml",
            "/web/../../x",
            "/%2e%2e/x",
            "/..%2fx",
            "//etc/passwd",
            "/%2fetc/passwd",
            "/a\\..\\b",
            "/C:/x",
            "/%00",
            "/%zz",
            "/%2",
            "/%ff",
            "x",
        ] {
            assert_eq!(relative(url), None, "{url}");
        }
    }

    #[test]
    fn modules_and_wasm_have_the_types_that_browsers_insist_on() {
        assert_eq!(mime(Path::new("a/b.wasm")), "application/wasm");
        assert_eq!(mime(Path::new("page.js")), "text/javascript; charset=utf-8");
        assert_eq!(mime(Path::new("page.css")), "text/css; charset=utf-8");
        assert_eq!(mime(Path::new("LICENSE")), "application/octet-stream");
    }

    #[test]
    fn a_folder_is_served_and_its_port_is_free_afterwards() -> Result<(), Box<dyn std::error::Error>>
    {
        let base = std::env::temp_dir().join(format!("backflow-xtask-{}", std::process::id()));
        let root = base.join("dist");
        fs::create_dir_all(&root)?;
        fs::write(root.join("index.html"), "<p>here")?;
        fs::write(base.join("secret"), "secret")?;
        #[cfg(unix)]
        std::os::unix::fs::symlink(base.join("secret"), root.join("link"))?;

        let listener = listen(0)?;
        let port = listener.local_addr()?.port();
        let served = Served::folder(&root, listener)?;
        assert!(listen(port).is_err_and(|error| error.contains("is taken")));
        let get = |request: &str| -> io::Result<String> {
            let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
            write!(
                stream,
                "{request} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
            )?;
            let mut response = String::new();
            stream.read_to_string(&mut response)?;
            Ok(response)
        };
        let page = get("GET /")?;
        assert!(
            page.starts_with("HTTP/1.1 200") && page.ends_with("<p>here"),
            "{page}"
        );
        assert!(page.contains("text/html; charset=utf-8"), "{page}");
        assert!(get("GET /nothing")?.starts_with("HTTP/1.1 404"));
        assert!(get("GET /../secret")?.starts_with("HTTP/1.1 404"));
        assert!(get("GET /link")?.starts_with("HTTP/1.1 404"));
        assert!(get("POST /")?.starts_with("HTTP/1.1 405"));

        drop(served);
        // A child that another test starts holds it until it is another program.
        let is_free = || {
            thread::sleep(Duration::from_millis(20));
            listen(port).is_ok()
        };
        assert!((0..500).any(|_| is_free()));
        fs::remove_dir_all(base)?;
        Ok(())
    }
}
